package storagetest

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

var contextTests = []test{
	{"every operation obeys a context that has ended", func(k *kit) {
		k.mkdir("/d")
		k.put("/a", "hello")
		ended, end := context.WithCancel(k.ctx)
		end()
		for name, op := range map[string]func() error{
			"Stat":      func() error { _, err := k.Stat(ended, "/a"); return err },
			"List":      func() error { return k.listWith(ended) },
			"Open":      func() error { _, err := k.Open(ended, "/a", 0); return err },
			"Put":       func() error { return k.putWith(ended, "/new", strings.NewReader("x")) },
			"Rename":    func() error { return k.Rename(ended, "/a", "/b") },
			"Delete":    func() error { return k.Delete(ended, "/a") },
			"MakeDir":   func() error { return k.MakeDir(ended, "/e") },
			"RemoveDir": func() error { return k.RemoveDir(ended, "/d") },
		} {
			if err := op(); err == nil {
				k.Errorf("%s succeeds though its context has ended", name)
			}
		}
		k.lists("/", "a", "d/")
		k.holds("/a", "hello")
	}},
	{"an upload ends with its context", func(k *kit) {
		ctx, end := context.WithCancel(k.ctx)
		body := readerFunc(func(p []byte) (int, error) {
			end()
			<-ctx.Done()
			return 0, context.Cause(ctx) // as a data connection does
		})
		err := k.putWith(ctx, "/upload", io.MultiReader(strings.NewReader("begun"), body))
		if err == nil {
			k.Error("Put succeeds though its context ended while the body was read")
		}
		k.absent("/upload")
	}},
	{"an upload ends with its context before the last byte", func(k *kit) {
		ctx, end := context.WithCancel(k.ctx)
		body := readerFunc(func([]byte) (int, error) {
			end()
			return 0, io.EOF
		})
		// The outcome is open; what is told must be true.
		if err := k.putWith(ctx, "/upload", io.MultiReader(strings.NewReader("hello"), body)); err == nil {
			k.holds("/upload", "hello")
		}
	}},
	{"one operation's context is not another's", func(k *kit) {
		ctx, end := context.WithCancel(k.ctx)
		err := k.putWith(ctx, "/a", strings.NewReader("hello"))
		k.must(err)
		end()
		k.holds("/a", "hello")
	}},
}

// listWith lists the root under a context of its own.
func (k *kit) listWith(ctx context.Context) error {
	for _, err := range k.List(ctx, storage.Root) {
		if err != nil {
			return err
		}
	}
	return nil
}

// putWith uploads under a context of its own.
func (k *kit) putWith(ctx context.Context, name storage.Path, body io.Reader) error {
	_, err := k.Put(ctx, name, body, storage.PutOptions{})
	if err != nil && errors.Is(err, io.EOF) {
		k.Errorf("Put fails with io.EOF, which says nothing: %v", err)
	}
	return err
}
