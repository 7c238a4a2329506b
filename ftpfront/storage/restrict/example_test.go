package restrict_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
	"github.com/ftpbridge/bridge/ftpfront/storage/restrict"
)

// Files may be put into /in, and nowhere else; none is replaced.
func ExampleNew() {
	allow, err := restrict.ParseActions([]string{"list", "write"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	inner := memstore.New()
	if err := inner.MakeDir(ctx, "/in"); err != nil {
		fmt.Println(err)
		return
	}
	files, err := restrict.New(inner, restrict.Options{Rules: []restrict.Rule{{Pattern: "/in/**", Allow: allow}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []storage.Path{"/in/a.csv", "/in/a.csv", "/b.csv"} {
		_, err := files.Put(ctx, name, strings.NewReader("1;2"), storage.PutOptions{})
		fmt.Println(name, err)
	}
	// Output:
	// /in/a.csv <nil>
	// /in/a.csv write /in/a.csv: already exists
	// /b.csv write /b.csv: denied
}
