package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// zeros gives zeros, as many as it holds.
type zeros int64

func (z *zeros) Read(p []byte) (int, error) {
	if *z == 0 {
		return 0, io.EOF
	}
	n := min(int64(*z), int64(len(p)))
	*z -= zeros(n)
	return int(n), nil
}

// serveContent is an upstream that has every file, of the size in its name, and
// takes every upload.
func serveContent() {
	mux := http.NewServeMux()
	buf := make([]byte, 256<<10)
	mux.HandleFunc("GET /v1/files/{size}", func(w http.ResponseWriter, r *http.Request) {
		size, err := strconv.ParseInt(r.PathValue("size"), 10, 64)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		for size > 0 {
			n, err := w.Write(buf[:min(size, int64(len(buf)))])
			if err != nil {
				return
			}
			size -= int64(n)
		}
	})
	mux.HandleFunc("PUT /v1/files/{name}", func(w http.ResponseWriter, r *http.Request) {
		own := make([]byte, 256<<10)
		for {
			if _, err := r.Body.Read(own); err == io.EOF {
				w.WriteHeader(http.StatusCreated)
				return
			} else if err != nil {
				return
			}
		}
	})
	mux.HandleFunc("GET /v1/list/{n}", serveListing)
	mux.HandleFunc("GET /v1/stat/{n}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"type":"dir"}`)
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(ln.Addr())
	go http.Serve(ln, mux)
	waitForEnd()
}

// noCredential satisfies the contract's security scheme.
type noCredential struct{}

func (noCredential) Apply(context.Context, *http.Request) error { return nil }

// newUpstream is the storage of the bridge under test, by the preset of the native
// contract or by a mapping of its own.
func newUpstream(addr, text string) storage.Backend {
	m, err := mapping.Preset("files")
	if text != "" {
		m, err = mapping.Parse("bench", []byte(text))
	}
	if err != nil {
		panic(err)
	}
	u, err := httpbackend.New(httpbackend.Options{Mapping: m, Server: "http://" + addr})
	if err != nil {
		panic(err)
	}
	return u.Backend(httpbackend.Caller{Session: "s_bench", Credentials: map[string]httpbackend.Credential{"bearer": noCredential{}}})
}
