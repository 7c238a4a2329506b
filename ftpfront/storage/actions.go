package storage

// Actions is a set of things that an account may do at a path.
type Actions uint16

// The actions, named as in permission rules.
const (
	ListDir Actions = 1 << iota
	Read
	Write
	AppendTo
	Overwrite
	DeleteFile
	Mkdir
	Rmdir
	Move
	SetTime

	// AllActions holds every action.
	AllActions Actions = 1<<iota - 1
)

// Has reports whether every action in b is in a.
func (a Actions) Has(b Actions) bool { return a&b == b }

// ActionNamed returns the action with a name of permission rules and of the
// storage contract: list, read, write, append, overwrite, delete, mkdir, rmdir,
// rename, mtime. It is 0 for any other name.
func ActionNamed(name string) Actions {
	switch name {
	case "list":
		return ListDir
	case "read":
		return Read
	case "write":
		return Write
	case "append":
		return AppendTo
	case "overwrite":
		return Overwrite
	case "delete":
		return DeleteFile
	case "mkdir":
		return Mkdir
	case "rmdir":
		return Rmdir
	case "rename":
		return Move
	case "mtime":
		return SetTime
	}
	return 0
}
