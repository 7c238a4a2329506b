package ftpfront

import (
	"context"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// A file of unknown size is there: no reply to SIZE may say that it is not.
func TestSizeNotKnown(t *testing.T) {
	files := faulty{Backend: memstore.New(), stat: func(_ context.Context, name storage.Path) (storage.Entry, error) {
		return storage.Entry{Name: name.Base(), Size: storage.UnknownSize}, nil
	}}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.ask(t, "TYPE I", "200 *", "SIZE report.csv", "504 Size not known.")
}
