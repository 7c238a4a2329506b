package intake

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// begun is the answer to the first step.
type begun struct {
	ID     string `json:"id"`
	PutURL string `json:"put_url"`
}

func (c *client) begin(name string) begun {
	c.t.Helper()
	var b begun
	c.do("POST", "/uploads", strings.NewReader(`{"name":"`+name+`","user":"u-17"}`)).into(c.t, 201, &b)
	return b
}

// put sends content to a presigned URL.
func (c *client) put(u, content string) reply {
	c.t.Helper()
	return c.do("PUT", u, strings.NewReader(content), "Authorization", "")
}

func (c *client) complete(id, content string) reply {
	c.t.Helper()
	return c.do("POST", "/uploads/"+id+"/complete",
		strings.NewReader(fmt.Sprintf(`{"sha256":"%x","bytes":%d}`, sha256.Sum256([]byte(content)), len(content))))
}

func TestUploadInThreeSteps(t *testing.T) {
	c := newClient(t)
	b := c.begin("scan.tiff")
	if r := c.put(b.PutURL, "first try"); r.StatusCode != 204 {
		t.Fatalf("got %s %s", r.Status, r.body)
	}
	if r := c.put(b.PutURL, "content"); r.StatusCode != 204 { // takes its place
		t.Fatalf("got %s %s", r.Status, r.body)
	}
	var answer, again taken
	c.complete(b.ID, "content").into(t, 200, &answer)
	c.complete(b.ID, "content").into(t, 200, &again)
	if answer != again {
		t.Errorf("got ticket %v, then %v", answer, again)
	}
	content, err := os.ReadFile(filepath.Join(c.dir, answer.Ticket))
	if err != nil || string(content) != "content" {
		t.Errorf("got %q, %v", content, err)
	}
	var r receipt
	c.do("GET", "/drops/"+answer.Ticket, nil).into(t, 200, &r)
	if r.Name != "scan.tiff" || r.User != "u-17" || r.Bytes != 7 {
		t.Errorf("got %+v", r)
	}
	c.shelf(1)
	c.put(b.PutURL, "more").refused(t, 409, answer.Ticket)
	c.do("DELETE", "/uploads/"+b.ID, nil).refused(t, 409, answer.Ticket)
	c.shelf(1)
}

func TestEmptyUpload(t *testing.T) {
	c := newClient(t)
	b := c.begin("empty")
	if r := c.put(b.PutURL, ""); r.StatusCode != 204 {
		t.Fatalf("got %s %s", r.Status, r.body)
	}
	c.complete(b.ID, "").into(t, 200, &taken{})
}

func TestUploadIsChecked(t *testing.T) {
	c := newClient(t)
	b := c.begin("a")
	c.complete(b.ID, "content").refused(t, 409, "Nothing was put")
	c.put(b.PutURL, "conten")
	c.complete(b.ID, "content").refused(t, 422, "6 bytes")
	c.complete(b.ID, "CONTEN").refused(t, 422, "6 bytes") // the digest is another
	c.put(b.PutURL, "content")                            // so it can be put again
	c.complete(b.ID, "content").into(t, 200, &taken{})
	for _, body := range []string{"", "{", `{"name":"a"}`, `{"name":"","user":"u"}`, `{"name":"a\nb","user":"u"}`, `{"name":"a","user":"u"} x`, `{"nam":"a"}`} {
		if r := c.do("POST", "/uploads", strings.NewReader(body)); r.StatusCode != 400 && r.StatusCode != 422 {
			t.Errorf("%q: got %s, want it refused", body, r.Status)
		}
	}
}

func TestAbortedUpload(t *testing.T) {
	c := newClient(t)
	b := c.begin("a")
	c.put(b.PutURL, "content")
	if r := c.do("DELETE", "/uploads/"+b.ID, nil); r.StatusCode != 204 {
		t.Fatalf("got %s %s", r.Status, r.body)
	}
	c.shelf(0)
	c.do("DELETE", "/uploads/"+b.ID, nil).refused(t, 404, b.ID)
	c.complete(b.ID, "content").refused(t, 404, b.ID)
	c.put(b.PutURL, "content").refused(t, 404, b.ID)
	c.shelf(0)
}

func TestBlobWantsWhatObjectStoresWant(t *testing.T) {
	c := newClient(t)
	b, other := c.begin("a"), c.begin("b")
	c.do("PUT", b.PutURL, strings.NewReader("x")).refused(t, 400, "no other credential")
	c.do("PUT", b.PutURL, io.MultiReader(strings.NewReader("x")), "Authorization", "").refused(t, 411, "Content-Length")
	u, err := url.Parse(b.PutURL)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"signature": "", "expires": "99999999999"} {
		changed := *u
		q := changed.Query()
		q.Set(name, value)
		changed.RawQuery = q.Encode()
		c.put(changed.String(), "x").refused(t, 403, "not signed")
	}
	c.put(strings.Replace(b.PutURL, b.ID, other.ID, 1), "x").refused(t, 403, "not signed")
	c.now = testNow.Add(uploadExpires + 1e9)
	c.put(b.PutURL, "x").refused(t, 403, "expired")
}

func TestExpiredUploadsAreForgotten(t *testing.T) {
	c := newClient(t)
	b := c.begin("a")
	c.put(b.PutURL, "content")
	c.now = testNow.Add(uploadExpires + 1e9)
	c.begin("b")
	c.shelf(0)
	c.complete(b.ID, "content").refused(t, 404, b.ID)
}
