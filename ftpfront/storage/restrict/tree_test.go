package restrict

import (
	"context"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// tree is an inner backend: a set of entries, and a record of every name it was
// asked for and every upload it took.
type tree struct {
	entries map[storage.Path]storage.Entry
	asked   []storage.Path
	puts    []storage.PutOptions
	text    string // of receipts and errors
}

// newTree holds the given names; those that end in a slash are directories,
// others files of 10 bytes.
func newTree(names ...string) *tree {
	t := &tree{entries: map[storage.Path]storage.Entry{}}
	for _, name := range names {
		e := storage.Entry{Size: 10}
		p := storage.Path(strings.TrimSuffix(name, "/"))
		if string(p) != name {
			e = storage.Entry{Type: storage.Dir, Size: storage.UnknownSize}
		}
		e.Name = p.Base()
		t.entries[p] = e
	}
	return t
}

func (t *tree) ask(op storage.Op, name storage.Path) (storage.Entry, error) {
	t.asked = append(t.asked, name)
	e, ok := t.entries[name]
	if name == storage.Root {
		e, ok = storage.Entry{Name: "/", Type: storage.Dir}, true
	}
	if !ok {
		return e, &storage.Error{Kind: storage.NotFound, Op: op, Path: name, Text: t.text}
	}
	return e, nil
}

func (t *tree) Stat(_ context.Context, name storage.Path) (storage.Entry, error) {
	return t.ask(storage.OpStat, name)
}

func (t *tree) List(_ context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		if _, err := t.ask(storage.OpList, name); err != nil {
			yield(storage.Entry{}, err)
			return
		}
		for p, e := range t.entries {
			if p.Dir() == name && !yield(e, nil) {
				return
			}
		}
	}
}

func (t *tree) Open(_ context.Context, name storage.Path, _ int64) (io.ReadCloser, error) {
	if _, err := t.ask(storage.OpRead, name); err != nil {
		return nil, err
	}
	return io.NopCloser(strings.NewReader("0123456789")), nil
}

func (t *tree) Put(_ context.Context, name storage.Path, _ io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	_, err := t.ask(storage.OpWrite, name)
	if err == nil && opt.Mode == storage.Create {
		return storage.Receipt{}, storage.Fail(storage.Exists, storage.OpWrite, name)
	}
	t.puts = append(t.puts, opt)
	return storage.Receipt{Text: t.text}, nil
}

func (t *tree) Rename(_ context.Context, from, to storage.Path) error {
	t.asked = append(t.asked, to)
	_, err := t.ask(storage.OpRename, from)
	return err
}

func (t *tree) Delete(_ context.Context, name storage.Path) error {
	_, err := t.ask(storage.OpDelete, name)
	return err
}

func (t *tree) MakeDir(_ context.Context, name storage.Path) error {
	t.asked = append(t.asked, name)
	return nil
}

func (t *tree) RemoveDir(_ context.Context, name storage.Path) error {
	_, err := t.ask(storage.OpRemoveDir, name)
	return err
}

// settable is a tree with every ability.
type settable struct{ *tree }

func (s settable) Abilities() storage.Abilities {
	return storage.Abilities{
		SetModTime: func(_ context.Context, name storage.Path, _ time.Time) error {
			_, err := s.ask(storage.OpSetModTime, name)
			return err
		},
		Permitted: func(name storage.Path) storage.Actions {
			s.asked = append(s.asked, name)
			return storage.Read | storage.ListDir
		},
	}
}
