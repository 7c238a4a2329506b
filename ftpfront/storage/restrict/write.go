package restrict

import (
	"context"
	"io"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Put implements storage.Backend.
func (b *backend) Put(
	ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions,
) (storage.Receipt, error) {
	at, err := b.within(storage.OpWrite, name)
	if err != nil {
		return storage.Receipt{}, err
	}
	allow := b.rules.at(name).allow
	if !putAllowed(allow, opt.Mode) {
		return storage.Receipt{}, storage.Fail(storage.Denied, storage.OpWrite, name)
	}
	if name == storage.Root {
		return storage.Receipt{}, rootStays(storage.OpWrite)
	}
	if opt.Mode == storage.Replace && !allow.Has(storage.Overwrite) {
		opt.Mode = storage.Create
	}
	if err := b.checkOld(ctx, name, at, allow, opt); err != nil {
		return storage.Receipt{}, err
	}
	r, err := b.inner.Put(ctx, at, body, opt)
	r.Text = b.hideRoot(r.Text)
	return r, b.foreign(err, name)
}

// putAllowed reports whether an upload may be allowed, depending on the file
// that is there.
func putAllowed(allow storage.Actions, mode storage.PutMode) bool {
	switch mode {
	case storage.Replace:
		return allow&(storage.Write|storage.Overwrite) != 0
	case storage.Create:
		return allow.Has(storage.Write)
	case storage.Append, storage.Resume:
		return allow.Has(storage.AppendTo)
	}
	return false
}

// checkOld asks for the old file where the rights depend on it: without write
// it must be there, without overwrite a resumed upload must begin at its end.
func (b *backend) checkOld(ctx context.Context, name, at storage.Path, allow storage.Actions, opt storage.PutOptions) error {
	mustExist := !allow.Has(storage.Write)
	mustEnd := opt.Mode == storage.Resume && !allow.Has(storage.Overwrite)
	if !mustExist && !mustEnd {
		return nil
	}
	old, err := b.inner.Stat(ctx, at)
	if err != nil && storage.KindOf(err) == storage.NotFound {
		if mustExist {
			return storage.Fail(storage.Denied, storage.OpWrite, name)
		}
		return nil // the inner backend refuses an offset past 0 itself
	}
	if err != nil {
		return b.foreign(err, name)
	}
	if mustEnd && !old.IsDir() && (old.Size == storage.UnknownSize || opt.Offset < old.Size) {
		return storage.Fail(storage.Denied, storage.OpWrite, name)
	}
	return nil
}

// Rename implements storage.Backend.
func (b *backend) Rename(ctx context.Context, from, to storage.Path) error {
	const op = storage.OpRename
	innerFrom, err := b.place(op, from, storage.Move)
	if err != nil {
		return err
	}
	innerTo, err := b.place(op, to, storage.Move|storage.Write)
	if err != nil {
		return err
	}
	if from == storage.Root || to == storage.Root {
		return rootStays(op)
	}
	if !b.rules.uniform(from) || !b.rules.uniform(to) {
		e, err := b.inner.Stat(ctx, innerFrom)
		if err != nil {
			return b.foreign(err, from)
		}
		if e.IsDir() {
			return storage.Fail(storage.Denied, op, from)
		}
	}
	if from != to && !b.rules.at(to).allow.Has(storage.Overwrite) {
		if err := b.mustBeFree(ctx, to, innerTo); err != nil {
			return err
		}
	}
	return b.foreign(b.inner.Rename(ctx, innerFrom, innerTo), from)
}

// mustBeFree fails with Exists if something is at name. The storage is asked,
// as a rename replaces or not at its own choice.
func (b *backend) mustBeFree(ctx context.Context, name, at storage.Path) error {
	_, err := b.inner.Stat(ctx, at)
	if err == nil {
		return storage.Fail(storage.Exists, storage.OpRename, name)
	}
	if storage.KindOf(err) == storage.NotFound {
		return nil
	}
	return b.foreign(err, name)
}
