package httpbackend_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// answer writes one raw answer to each request of a connection.
func answer(text string) func(*rawConn) {
	return func(c *rawConn) {
		for c.request() != nil {
			c.write(text)
		}
	}
}

func TestOpenFaults(t *testing.T) {
	for what, c := range map[string]struct {
		answer string
		offset int64
		want   storage.Kind
	}{
		"redirect":               {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n", 0, storage.Internal},
		"part for the whole":     {"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/10\r\nContent-Length: 4\r\n\r\n0123", 0, storage.Internal},
		"another part":           {"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 3-9/10\r\nContent-Length: 7\r\n\r\n3456789", 4, storage.BadRestart},
		"part without its range": {"HTTP/1.1 206 Partial Content\r\nContent-Length: 7\r\n\r\n3456789", 4, storage.BadRestart},
		"part that ends early":   {"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4-5/10\r\nContent-Length: 2\r\n\r\n45", 4, storage.Internal},
		"length is not range's":  {"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 5\r\n\r\n45678", 4, storage.Internal},
		"multipart ranges":       {"HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=x\r\nContent-Length: 0\r\n\r\n", 4, storage.BadRestart},
		"whole shorter":          {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n012", 4, storage.BadRestart},
		"whole shorter, chunked": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n012\r\n0\r\n\r\n", 4, storage.BadRestart},
		"not satisfiable":        {"HTTP/1.1 416 X\r\nContent-Range: bytes */3\r\nContent-Length: 0\r\n\r\n", 4, storage.BadRestart},
		"compressed":             {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n012", 0, storage.Internal},
		"no HTTP":                {"220 ftp.example.com ready\r\n", 0, storage.Unavailable},
	} {
		t.Run(what, func(t *testing.T) {
			b := serveRaw(t, answer(c.answer))
			r, err := b.Open(t.Context(), "/f", c.offset)
			if err == nil {
				r.Close()
			}
			wantKind(t, err, c.want)
		})
	}
}

func TestOpenAtOffsetOfOtherServers(t *testing.T) {
	for what, c := range map[string]struct{ answer, want string }{
		"ignores ranges":          {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n012345", "45"},
		"ignores ranges, chunked": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n012\r\n3\r\n345\r\n0\r\n\r\n", "45"},
		"ignores ranges, at size": {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n0123", ""},
		"416 at the size":         {"HTTP/1.1 416 X\r\nContent-Range: bytes */4\r\nContent-Length: 0\r\n\r\n", ""},
		"range of unknown size":   {"HTTP/1.1 206 P\r\nContent-Range: bytes 4-5/*\r\nContent-Length: 2\r\n\r\n45", "45"},
	} {
		t.Run(what, func(t *testing.T) {
			b := serveRaw(t, answer(c.answer))
			if got := read(t, b, "/f", 4); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A 416 that does not tell the size leads to a stat.
func TestNotSatisfiableWithoutSize(t *testing.T) {
	for offset, want := range map[int64]storage.Kind{4: 0, 5: storage.BadRestart} {
		b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/v1/stat/") {
				_, _ = io.WriteString(w, `{"name":"f","type":"file","size":4}`)
				return
			}
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		}))
		r, err := b.Open(t.Context(), "/f", offset)
		if err == nil {
			r.Close()
		}
		if offset == 4 && err != nil {
			t.Errorf("at the size: %v", err)
		}
		if offset == 5 {
			wantKind(t, err, want)
		}
	}
}

func TestContentThatBreaksOff(t *testing.T) {
	for what, head := range map[string]string{
		"with a length": "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123",
		"in chunks":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n",
		"in a chunk":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n0123",
	} {
		for how, end := range map[string]func(*rawConn){"closed": func(*rawConn) {}, "reset": (*rawConn).reset} {
			t.Run(what+", "+how, func(t *testing.T) {
				got := make(chan bool)
				b := serveRaw(t, func(c *rawConn) {
					if c.request() != nil {
						c.write(head)
						<-got
						end(c)
					}
				})
				r, err := b.Open(t.Context(), "/f", 0)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				close(got)
				_, err = io.ReadAll(r)
				wantKind(t, err, storage.CutShort)
			})
		}
	}
}

// A part in chunks has its length in Content-Range only.
func TestPartOfAnotherLength(t *testing.T) {
	for what, chunks := range map[string]string{"shorter": "2\r\n45\r\n0\r\n\r\n", "longer": "8\r\n456789ab\r\n0\r\n\r\n"} {
		t.Run(what, func(t *testing.T) {
			b := serveRaw(t, answer("HTTP/1.1 206 P\r\nContent-Range: bytes 4-9/10\r\nTransfer-Encoding: chunked\r\n\r\n"+chunks))
			r, err := b.Open(t.Context(), "/f", 4)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			wantKind(t, err, storage.CutShort)
			if len(data) > 6 {
				t.Errorf("content %q", data)
			}
		})
	}
}

func TestHangs(t *testing.T) {
	for what, head := range map[string]string{
		"before the headers": "", "within the headers": "HTTP/1.1 200 OK\r\nContent-", "after the headers": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
		"in the content": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n0123",
	} {
		t.Run(what, func(t *testing.T) {
			asked := make(chan struct{})
			b := serveRaw(t, func(c *rawConn) {
				c.request()
				c.write(head)
				close(asked)
				c.hang()
			})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				<-asked
				cancel()
			}()
			r, err := b.Open(ctx, "/f", 0)
			if err == nil {
				defer r.Close()
				_, err = io.ReadAll(r)
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestNoAnswerInTime(t *testing.T) {
	b := serveRaw(t, (*rawConn).hang, func(o *httpbackend.Options) { o.AnswerTimeout = 20 * time.Millisecond })
	_, err := b.Stat(t.Context(), "/f")
	wantKind(t, err, storage.Unavailable)
}

func TestNobodyListens(t *testing.T) {
	b := serveRaw(t, nil, func(o *httpbackend.Options) { o.Server = "http://127.0.0.1:1" })
	_, err := b.Stat(t.Context(), "/f")
	wantKind(t, err, storage.Unavailable)
}

// A connection that the upstream has closed while it was idle costs no request.
func TestStaleConnection(t *testing.T) {
	closed := make(chan struct{}, 1)
	b := serveRaw(t, func(c *rawConn) {
		if c.request() != nil {
			c.write("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n" + `{"name":"f","type":"file"} `[:26])
		}
		c.Close()
		closed <- struct{}{}
	})
	for range 5 {
		if _, err := b.Stat(t.Context(), "/f"); err != nil {
			t.Fatal(err)
		}
		<-closed
	}
}

// An upload on a kept connection that the upstream closes just then is sent again.
func TestUploadOnAStaleConnection(t *testing.T) {
	b := serveRaw(t, func(c *rawConn) {
		if r := c.request(); r != nil {
			_, _ = io.Copy(io.Discard, r.Body)
			c.write("HTTP/1.1 204 No Content\r\n\r\n")
		}
		c.read(1) // the next request begins, and gets no answer
	})
	for range 3 {
		put(t, b, "/f", "content", storage.PutOptions{})
	}
}

// An answer that goes on for ever does not hold up what its status says.
func TestEndlessAnswers(t *testing.T) {
	t.Parallel() // it waits for a second
	for status, want := range map[string]storage.Kind{"403 Forbidden": storage.Denied, "200 OK": 0} {
		b := serveRaw(t, func(c *rawConn) {
			for c.request() != nil {
				c.write("HTTP/1.1 " + status + "\r\nContent-Type: application/problem+json\r\nContent-Length: 100\r\n\r\n{")
			}
		})
		err := b.Delete(t.Context(), "/f")
		if want != 0 {
			wantKind(t, err, want)
		} else if err != nil {
			t.Error(err)
		}
	}
}
