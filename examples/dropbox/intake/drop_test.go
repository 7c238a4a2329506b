package intake

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const orders = "id,amount\n1,10.00\n2,\"7,50\"\n"

func TestTokenIsNeeded(t *testing.T) {
	c := newClient(t)
	for _, authorization := range []string{"", "Bearer", "Bearer other", "Basic " + testToken} {
		for _, path := range []string{"/drops", "/uploads", "/uploads/x/complete"} {
			c.do("POST", path, nil, "Authorization", authorization).refused(t, 401, "bearer token")
		}
	}
	if _, err := New(Options{Dir: t.TempDir()}); err == nil {
		t.Error("a service without a token: got no error")
	}
}

func TestDropIsKept(t *testing.T) {
	c := newClient(t)
	for i, f := range []struct{ name, content string }{
		{"acme_20260331_orders.csv", orders},
		{"acme_20260331_orders.xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<orders><o id='1'/></orders>\n"},
		{"bestellungen_märz.CSV", "\ufeff" + orders},
	} {
		var answer taken
		c.drop("", dropOf(f.name, f.content)).into(t, 202, &answer)
		content, err := os.ReadFile(filepath.Join(c.dir, answer.Ticket))
		if err != nil || string(content) != f.content {
			t.Errorf("%s: got %q, %v", f.name, content, err)
		}
		var got receipt
		c.do("GET", "/drops/"+answer.Ticket, nil).into(t, 200, &got)
		want := receipt{
			Ticket: answer.Ticket, Name: f.name, Partner: "acme", User: "u-17", Bytes: int64(len(f.content)),
			SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(f.content))), Received: testNow,
		}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		c.shelf(i + 1)
	}
	c.do("GET", "/drops/T0", nil).refused(t, 404, "T0")
}

func TestFieldsMayFollowTheDocument(t *testing.T) {
	c := newClient(t)
	fields := dropOf("a.csv", orders)
	slices.Reverse(fields)
	c.drop("", fields).into(t, 202, &taken{})
}

func TestDropIsRefused(t *testing.T) {
	c := newClient(t)
	form := dropOf("a.csv", orders)
	for _, bad := range []struct {
		fields []field
		status int
		detail string
	}{
		{form[:2], 422, `no field "document"`},
		{form[1:], 422, `no field "partner"`},
		{append(form[:3:3], form[0]), 422, "twice"},
		{append(form[:3:3], field{"note", "", "x"}), 422, `unknown field "note"`},
		{append(form[1:3:3], field{"partner", "", ""}), 422, "partner: want"},
		{append(form[1:3:3], field{"partner", "", "a\nb"}), 422, "partner: want"},
		{append(form[1:3:3], field{"partner", "", strings.Repeat("a", maxField+1)}), 422, "partner: want"},
		{dropOf("a.exe", orders), 415, "a.exe"},
		{dropOf("a.csv", "id,amount\n"+strings.Repeat("1,1\n", maxDrop/4)), 413, "at most"},
		{dropOf("a.csv", "id,amount\n1,1\n2\n"), 422, "line 3"},
	} {
		c.drop("", bad.fields).refused(t, bad.status, bad.detail)
	}
	c.do("POST", "/drops", strings.NewReader("{}"), "Content-Type", "application/json").refused(t, 415, "multipart")
	c.drop(strings.Repeat("k", maxKey+1), form).refused(t, 400, "key")
	c.shelf(0)
}

func TestIdempotencyKey(t *testing.T) {
	c := newClient(t)
	var first, again, other, without taken
	c.drop("s1-1", dropOf("a.csv", "no header twice\n1,2\n")).refused(t, 422, "line 2")
	c.drop("s1-1", dropOf("a.csv", orders)).into(t, 202, &first) // what failed does not use the key up
	c.drop("s1-1", dropOf("a.csv", orders)).into(t, 202, &again)
	c.drop("s1-2", dropOf("a.csv", orders)).into(t, 202, &other)
	c.drop("", dropOf("a.csv", orders)).into(t, 202, &without)
	if again != first || other == first || without == first {
		t.Errorf("got tickets %v, %v again, %v for another key, %v for none", first, again, other, without)
	}
	c.drop("s1-1", dropOf("a.csv", orders+"3,1\n")).refused(t, 422, "another document")
	c.drop("s1-1", dropOf("b.csv", orders)).refused(t, 422, "another document")
	c.shelf(3)
}

func TestOneKeyAtOnce(t *testing.T) {
	c := newClient(t)
	body, contentType := encode(t, dropOf("a.csv", orders))
	const n = 8
	answers := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			req, err := http.NewRequest("POST", c.srv.URL+"/drops", strings.NewReader(string(body)))
			if err != nil {
				answers[i] = err.Error()
				return
			}
			req.Header.Set("Authorization", "Bearer "+testToken)
			req.Header.Set("Content-Type", contentType)
			req.Header.Set("Idempotency-Key", "k")
			resp, err := c.srv.Client().Do(req)
			if err != nil {
				answers[i] = err.Error()
				return
			}
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			answers[i] = fmt.Sprint(resp.StatusCode, string(text), err)
		})
	}
	wg.Wait()
	if slices.Sort(answers); answers[0] != answers[n-1] || !strings.HasPrefix(answers[0], "202") {
		t.Errorf("got %v, want one ticket", answers)
	}
	c.shelf(1)
}

// What broke off is no document, wherever it does so.
func TestCutShortDropIsNotKept(t *testing.T) {
	c := newClient(t)
	body, contentType := encode(t, dropOf("a.csv", orders))
	for _, n := range []int{20, len(body) - len("--\r\n") - 40, len(body) - len("--\r\n"), len(body)} {
		conn, err := net.Dial("tcp", c.srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /drops HTTP/1.1\r\nHost: intake\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"+
			"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", testToken, contentType, n, body[:n])
		if n == len(body) { // the control: with the last chunk it is one
			fmt.Fprint(conn, "0\r\n\r\n")
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		conn.Close()
		want := 400
		if n == len(body) {
			want = 202
		}
		if resp.StatusCode != want {
			t.Errorf("%d of %d bytes: got %s, want %d", n, len(body), resp.Status, want)
		}
	}
	c.shelf(1)
}

func TestDeskForgetsTheOldest(t *testing.T) {
	s, err := openShelf(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.root.Close()
	d := newDesk()
	for i := range maxReceipts {
		d.given[fmt.Sprint(i)] = receipt{}
		d.keys[fmt.Sprint(i)] = fmt.Sprint(i)
		d.order = append(d.order, given{fmt.Sprint(i), fmt.Sprint(i)})
	}
	p, err := s.begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.seal(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.take("new", receipt{}, p, testNow); err != nil {
		t.Fatal(err)
	}
	if len(d.given) != maxReceipts || len(d.keys) != maxReceipts || d.keys["0"] != "" {
		t.Errorf("got %d receipts and %d keys, want %d without the first", len(d.given), len(d.keys), maxReceipts)
	}
}

func TestNewRemovesWhatWasLeft(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".part-OLD", "TKEPT"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := New(Options{Dir: dir, Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "TKEPT" {
		t.Errorf("got %v, %v", entries, err)
	}
}
