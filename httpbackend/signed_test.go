package httpbackend_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// digesting is a credential that reads the content to sign it, where it can be read again.
type digesting struct{}

func (digesting) Apply(_ context.Context, r *http.Request) error {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return err
	}
	defer body.Close()
	h := sha256.New()
	_, err = io.Copy(h, body)
	r.Header.Set("X-Digest", hex.EncodeToString(h.Sum(nil)))
	return err
}

// Reading the content to sign it is not sending it.
func TestUploadThatIsSigned(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 300<<10)
	for style, call := range stylesOfUpload {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, err := io.ReadAll(r.Body)
			if strings.HasPrefix(r.URL.Path, "/o/") && (err != nil || !bytes.Contains(got, content)) {
				t.Errorf("%s: got %d bytes, %v", style, len(got), err)
			}
		})
		b := signed(t, h, call)
		if _, err := b.Put(t.Context(), "/f", bytes.NewReader(content), storage.PutOptions{}); err != nil {
			t.Errorf("%s: %v", style, err)
		}
	}
}

// Nor does it make whole what the service has had a part of.
func TestSignedUploadThatIsAnsweredEarly(t *testing.T) {
	for _, style := range []string{"chunked", "spool", "form", "form in spool", "steps and spool"} {
		told := make(chan struct{})
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/o/") {
				return
			}
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
			_, _ = io.CopyN(io.Discard, conn, 1000)
			_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			<-told
		})
		b := signed(t, h, stylesOfUpload[style])
		_, err := b.Put(t.Context(), "/f", io.LimitReader(zeros{}, 64<<20), storage.PutOptions{})
		close(told)
		if err == nil {
			t.Errorf("%s: a part passed for the whole", style)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// signed is a service whose caller signs.
func signed(t *testing.T, h http.Handler, call string) storage.Backend {
	t.Helper()
	p := newPlace(t, h.ServeHTTP)
	return connect(t, p.Server, digesting{}, writing(t, call))
}
