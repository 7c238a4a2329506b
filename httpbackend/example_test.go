package httpbackend_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// apiKey is a credential that never changes.
type apiKey string

func (k apiKey) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set("Authorization", "Bearer "+string(k))
	return nil
}

func ExampleNew() {
	service := httptest.NewServer(newNative()) // any service with the native contract
	defer service.Close()

	files, err := mapping.Preset("files")
	if err != nil {
		log.Fatal(err)
	}
	up, err := httpbackend.New(httpbackend.Options{Mapping: files, Server: service.URL, Credentials: []string{"bearer"}})
	if err != nil {
		log.Fatal(err)
	}
	defer up.Close()

	ctx := context.Background()
	b := up.Backend(httpbackend.Caller{
		Session:     "s_1",
		User:        map[string]any{"id": "u-17", "name": "alice"},
		Credentials: map[string]httpbackend.Credential{"bearer": apiKey("…")},
	})
	if _, err := b.Put(ctx, "/hello.txt", strings.NewReader("hello"), storage.PutOptions{}); err != nil {
		log.Fatal(err)
	}
	for e, err := range b.List(ctx, "/") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Name, e.Size)
	}
	// Output: hello.txt 5
}
