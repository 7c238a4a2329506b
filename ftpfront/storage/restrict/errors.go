package restrict

import (
	"errors"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// foreign turns an error of the inner backend into one that speaks of the
// account's own paths; name stands for a path outside the root. Only the cause,
// which is for the log, may still speak of the root. Errors that are no
// *storage.Error, such as those of a context, stay as they are.
func (b *backend) foreign(err error, name storage.Path) error {
	inner, ok := errors.AsType[*storage.Error](err)
	if !ok || b.root == storage.Root {
		return err
	}
	own := *inner
	own.Path = name
	if inner.Path.Under(b.root) {
		own.Path = cutRoot(inner.Path, b.root)
	}
	if err != error(inner) {
		own.Err = err // keep what wrapped it, for the log
	}
	own.Text = b.hideRoot(own.Text)
	return &own
}

// cutRoot is the reverse of storage.Path.Within.
func cutRoot(p, root storage.Path) storage.Path {
	if p == root {
		return storage.Root
	}
	return p[len(root):]
}

// hideRoot drops a text for the user that would tell him of the root.
func (b *backend) hideRoot(text string) string {
	if b.root != storage.Root && strings.Contains(text, string(b.root)) {
		return ""
	}
	return text
}
