package httpbackend_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// justReader hides everything but Read.
type justReader struct{ io.Reader }

func BenchmarkUpload(b *testing.B) {
	for _, size := range []int64{1 << 10, 256 << 20} {
		b.Run(strconv.FormatInt(size, 10), func(b *testing.B) {
			backend := serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.CopyBuffer(justWriter{io.Discard}, r.Body, make([]byte, min(size, 256<<10)))
				w.WriteHeader(http.StatusNoContent)
			}))
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := backend.Put(b.Context(), "/f", justReader{io.LimitReader(endless{}, size)}, storage.PutOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// justWriter hides everything but Write.
type justWriter struct{ io.Writer }

func BenchmarkDownload(b *testing.B) {
	block := make([]byte, 256<<10)
	for _, size := range []int64{1 << 10, 256 << 20} {
		b.Run(strconv.FormatInt(size, 10), func(b *testing.B) {
			backend := serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
				for left := size; left > 0; left -= min(left, int64(len(block))) {
					_, _ = w.Write(block[:min(left, int64(len(block)))])
				}
			}))
			b.SetBytes(size)
			b.ReportAllocs()
			buf := make([]byte, 256<<10)
			for b.Loop() {
				r, err := backend.Open(b.Context(), "/f", 0)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.CopyBuffer(justWriter{io.Discard}, justReader{r}, buf); n != size || err != nil {
					b.Fatal(n, err)
				}
				r.Close()
			}
		})
	}
}

func BenchmarkStat(b *testing.B) {
	entry := bytes.Clone([]byte(`{"name":"f","type":"file","size":7,"modified":"2026-03-31T22:00:00Z"}`))
	backend := serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(entry) }))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := backend.Stat(b.Context(), "/f"); err != nil {
			b.Fatal(err)
		}
	}
}
