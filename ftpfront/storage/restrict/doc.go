// Package restrict narrows a storage.Backend to what one account may see and
// do: the tree below a root that the account never learns of, and in it what
// permission rules allow.
//
//	files, err := restrict.New(inner, restrict.Options{
//		Root: "/tenants/acme",
//		Rules: []restrict.Rule{
//			{Pattern: "/in/**", Allow: storage.ListDir | storage.Write},
//			{Pattern: "/**", Allow: storage.ListDir | storage.Read},
//		},
//	})
//
// Rules speak of the account's own paths, the root left out. The first rule
// whose pattern matches decides; what none matches is forbidden. Without rules
// (nil) everything is allowed.
//
// In a pattern "*" stands for any text within a segment and "**", as a segment
// of its own, for any number of segments, none included: "/in/**" is /in and
// all below it. Nothing else is special.
//
// What each action permits:
//
//   - list: to list the directory.
//   - read: to read the file.
//   - list or read: to stat. A directory can also be seen if anything else is
//     allowed in it, or somewhere below it by a rule, so that clients can walk
//     to it; only its listing is then forbidden. What cannot be seen is left
//     out of listings and fails with Denied, whether it exists or not.
//   - write: to store a file that is not there yet. Without overwrite, an
//     upload that would replace becomes one that only creates.
//   - overwrite: to replace the content of a file. Without write, the file
//     must be there already; this is asked of the storage just before, and a
//     file that vanishes in between is made anew.
//   - append: to add to the end of a file, by append or by a resumed upload. A
//     new file needs write as well. Resuming before the end of the file, which
//     replaces what follows, needs overwrite as well.
//   - delete, mkdir, rmdir, mtime: what they say. The account's root can be
//     neither removed nor renamed nor replaced.
//   - rename: to move a file or directory; needed at both names, with write at
//     the new one. Without overwrite there, the new name must be free. A
//     directory moves only if one rule decides for the whole tree at its old
//     name, and one at its new name, so that nothing in it slips from under a
//     rule of its own.
package restrict
