package ftpfront

import "github.com/ftpbridge/bridge/ftpfront/storage"

// permitted is what the account may do with an entry of dir, as far as is known
// without asking.
func permitted(able storage.Abilities, dir storage.Path, e storage.Entry) storage.Actions {
	a := storage.AllActions
	if able.Permitted != nil {
		name := storage.Root
		if e.Name != string(storage.Root) {
			name = dir.Join(e.Name)
		}
		a = able.Permitted(name)
	}
	if e.Permitted != 0 {
		a &= e.Permitted
	}
	return a
}

// permLetter says which actions a letter of the perm fact stands for (RFC 3659,
// section 7.5.5), for files or for directories.
type permLetter struct {
	letter byte
	needs  storage.Actions
}

var (
	filePerm = []permLetter{
		{'a', storage.AppendTo}, {'d', storage.DeleteFile}, {'f', storage.Move},
		{'r', storage.Read}, {'w', storage.Overwrite},
	}
	dirPerm = []permLetter{
		{'c', storage.Write}, {'d', storage.Rmdir}, {'e', storage.ListDir}, {'f', storage.Move},
		{'l', storage.ListDir}, {'m', storage.Mkdir}, {'p', storage.DeleteFile},
	}
)

// permFact writes the perm fact of an entry.
func permFact(a storage.Actions, dir bool) string {
	letters := filePerm
	if dir {
		letters = dirPerm
	}
	b := make([]byte, 0, 8)
	for _, l := range letters {
		if a.Has(l.needs) {
			b = append(b, l.letter)
		}
	}
	return string(b)
}

// unixPerm writes the nine letters of `ls -l`; group and others see what the
// account sees, without writing.
func unixPerm(a storage.Actions, dir bool) string {
	writable := a.Has(storage.Overwrite)
	if dir {
		writable = a.Has(storage.Write) || a.Has(storage.Mkdir)
	}
	switch {
	case dir && writable:
		return "rwxr-xr-x"
	case dir:
		return "r-xr-xr-x"
	case writable:
		return "rw-r--r--"
	}
	return "r--r--r--"
}
