// Package files is a storage service: the bridge's native storage contract,
// version 1, over the ordinary files and folders of one directory.
//
//	GET    /v1/stat/{path}
//	GET    /v1/list/{path}?limit=&cursor=     JSON pages, or all at once as NDJSON
//	GET    /v1/files/{path}                   Range, If-Range
//	PUT    /v1/files/{path}                   If-Match, If-None-Match, Content-Digest
//	PATCH  /v1/files/{path}                   content at an offset, or {"modified": …}
//	DELETE /v1/files/{path}
//	PUT    /v1/directories/{path}
//	DELETE /v1/directories/{path}
//	POST   /v1/rename                         {"from": …, "to": …}
//	GET    /v1/space/{path}
//
// Four things in it are worth copying:
//
//   - An upload goes to a staging file and is renamed into place when its body
//     has ended well. A body that breaks off leaves nothing, and the old file as
//     it was. See staging.go.
//   - Every name is read segment by segment and used through os.Root, so that
//     neither ".." nor a symbolic link leads out of the directory. See path.go.
//   - Success is said once the bytes are on the disk, never before.
//   - A listing that fails after its first bytes breaks the connection, so that a
//     part cannot pass for the whole. See list.go.
//
// It leaves out what differs from one service to the next: who may do what
// (a Caller is at hand in every request), quotas, versions.
package files
