package ftpfront

import (
	"bytes"
	"compress/zlib"
	"crypto/tls"
	"io"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// zlibbed is content as a client of MODE Z sends it.
func zlibbed(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unzlibbed reads a data connection as a client of MODE Z does.
func (c *testClient) unzlibbed(t *testing.T) string {
	t.Helper()
	z, err := zlib.NewReader(c.dataReader)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(c.dataReader); err != nil || len(rest) > 0 {
		t.Fatalf("%q, %v behind the stream", rest, err)
	}
	if err := c.closeData(); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDeflateBothWays(t *testing.T) {
	files := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}, TLS: serverTLS(), Deflate: true})
	for name, c := range map[string]*testClient{"plain": logIn(t, addr), "tls": logInTLS(t, addr, tls.VersionTLS13)} {
		content := generated(300000)
		c.ask(t, "MODE Z", "200 *", "OPTS MODE Z LEVEL 1", "200 *")
		c.upload(t, "STOR "+name+".txt", string(zlibbed(t, content)))
		if err := c.closeData(); err != nil {
			t.Fatal(err)
		}
		c.want(t, "226 *")
		if got, err := stored(t.Context(), files, storage.Path("/"+name+".txt")); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: stored %d bytes, %v, want %d", name, len(got), err, len(content))
		}
		c.begin(t, "RETR "+name+".txt")
		if got := c.unzlibbed(t); got != string(content) {
			t.Errorf("%s: RETR gives %d bytes, want %d", name, len(got), len(content))
		}
		c.want(t, "226 *")
		c.ask(t, "REST 299990", "350 *")
		c.begin(t, "RETR "+name+".txt")
		if got, want := c.unzlibbed(t), string(content[299990:]); got != want {
			t.Errorf("%s: RETR behind REST gives %q, want %q", name, got, want)
		}
		c.want(t, "226 *")
		c.ask(t, "TYPE A", "200 *")
		c.begin(t, "RETR "+name+".txt")
		if got, want := c.unzlibbed(t), strings.ReplaceAll(string(content), "\n", "\r\n"); got != want {
			t.Errorf("%s: RETR in TYPE A gives %d bytes, want %d", name, len(got), len(want))
		}
		c.want(t, "226 *")
		c.begin(t, "NLST "+name+"*")
		if got, want := c.unzlibbed(t), name+".txt\r\n"; got != want {
			t.Errorf("%s: NLST gives %q, want %q", name, got, want)
		}
		c.want(t, "226 *")
		c.begin(t, "NLST none*")
		if got := c.unzlibbed(t); got != "" {
			t.Errorf("%s: an empty NLST gives %q", name, got)
		}
		c.want(t, "226 *")
	}
}

// TestDeflateBomb holds that the limit of an upload counts what is stored, and
// ends a stream that holds more without reading it to its end.
func TestDeflateBomb(t *testing.T) {
	files := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: files}, Deflate: true, Limits: Limits{MaxFileBytes: 256 << 10},
	})
	c := logIn(t, addr)
	c.ask(t, "MODE Z", "200 *")
	bomb := zlibbed(t, make([]byte, 4<<20))
	c.begin(t, "STOR bomb")
	c.data.Write(bomb) // the server may break it off
	c.want(t, "552 *")
	c.resetData()
	if _, err := files.Stat(t.Context(), "/bomb"); storage.KindOf(err) != storage.NotFound || err == nil {
		t.Errorf("the bomb is stored: %v", err)
	}

	noise := generatedNoise(256 << 10) // what does not compress is longer in MODE Z
	stream := zlibbed(t, noise)
	if len(stream) <= len(noise) {
		t.Fatal("the content compresses")
	}
	c.upload(t, "STOR noise", string(stream))
	if err := c.closeData(); err != nil {
		t.Fatal(err)
	}
	c.want(t, "226 *")
}

// generatedNoise is content that no compression makes smaller.
func generatedNoise(size int) []byte {
	b, x := make([]byte, size), uint64(1)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return b
}
