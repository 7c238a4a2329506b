package billing

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// draftOf is a valid invoice with further members.
func draftOf(members string) string {
	return `{"period":{"year":2026,"month":4},"currency":"EUR",` + members +
		`"lines":[{"text":"Seats","quantity":3,"unit_price":"12.50"}]}`
}

func TestPutMakesAndChanges(t *testing.T) {
	c := newClient(t)
	path := "/customers/initech/invoices/" + unused
	var made, changed, read Invoice
	c.do("PUT", path, draftOf("")).into(t, 201, &made)
	if made.State != Draft || made.Total.String() != "37.50" || !made.Changed.Equal(testNow) {
		t.Errorf("got %+v", made)
	}
	made.Lines[0].Quantity = 4
	text, err := json.Marshal(made) // with all that is read-only
	if err != nil {
		t.Fatal(err)
	}
	c.do("PUT", path, string(text)).into(t, 200, &changed)
	c.do("GET", path, "").into(t, 200, &read)
	if changed.Total.String() != "50.00" || read.Total != changed.Total {
		t.Errorf("changed to %+v, read %+v", changed, read)
	}
	var customer Customer
	c.do("GET", "/customers/initech", "").into(t, 200, &customer)
	if !customer.Changed.Equal(testNow) {
		t.Errorf("customer changed at %v, its invoice at %v", customer.Changed, testNow)
	}
}

func TestIssuedOnceAMonth(t *testing.T) {
	c := newClient(t)
	path := "/customers/initech/invoices/" + unused
	var inv Invoice
	c.do("PUT", path, draftOf(`"state":"final",`)).into(t, 201, &inv)
	if inv.IssuedAt == nil || inv.CSVBytes == 0 {
		t.Errorf("got %+v, want it issued", inv)
	}
	c.do("PUT", path, draftOf("")).refused(t, 409, "final")
	c.do("DELETE", path, "").refused(t, 409, "2026-04-01")
	other := strings.Replace(path, "0000-4000", "0001-4000", 1)
	c.do("PUT", other, draftOf(`"state":"final",`)).refused(t, 409, "2026-04")
	c.do("PUT", other, draftOf("")).into(t, 201, &inv)
}

func TestVoid(t *testing.T) {
	c := newClient(t)
	path := "/customers/globex/invoices/" + globexDraft
	for range 2 { // again changes nothing
		if r := c.do("DELETE", path, ""); r.StatusCode != 204 {
			t.Fatalf("got %s %s, want 204", r.Status, r.body)
		}
	}
	var inv Invoice
	c.do("GET", path, "").into(t, 200, &inv)
	if inv.State != Void {
		t.Errorf("got state %q, want void", inv.State)
	}
	c.do("PUT", path, draftOf("")).refused(t, 409, "void")
	c.do("DELETE", "/customers/globex/invoices/"+unused, "").refused(t, 404, unused)
	c.do("PUT", "/customers/acme/invoices/"+acmeVoid, draftOf("")).refused(t, 409, "void")
}

func TestPutValidates(t *testing.T) {
	c := newClient(t)
	lines := func(line string) string {
		return `{"period":{"year":2026,"month":4},"currency":"EUR","lines":[` + line + `]}`
	}
	for _, bad := range []struct{ body, detail string }{
		{" ", "empty"},
		{"{\n\"period\": {", "line 2: the JSON ends too early"},
		{"{\n\n;}", "line 3: invalid character"},
		{draftOf("") + "\n{}", "line 2: there is more"},
		{draftOf(`"curency":"EUR",`), "curency"},
		{draftOf(`"currency":"euro",`), "currency: want three capital letters"},
		{draftOf(`"state":"void",`), "state: want draft or final"},
		{draftOf(`"id":"` + acmeDraft + `",`), "not the one of this address"},
		{draftOf(`"customer":"acme",`), "not the one of this address"},
		{`{}`, "period.year: want 2000 to 2999, not 0; period.month: want 1 to 12, not 0; currency:"},
		{lines(``), "lines: want 1 to 200, not 0"},
		{lines(`{"text":"a","quantity":1,"unit_price":"1.00"},{"text":"b","quantity":0,"unit_price":"1.00"}`), "lines[1].quantity"},
		{lines(`{"text":"a\nb","quantity":1,"unit_price":"1.00"}`), "lines[0].text"},
		{lines(`{"text":"a","quantity":1,"unit_price":"10000000.00"}`), "lines[0].unit_price"},
		{lines("\n" + `{"text":"a","quantity":1,"unit_price":"1,00"}`), `amount "1,00"`},
		{lines("\n" + `{"text":"a","quantity":"1","unit_price":"1.00"}`), "line 2: cannot unmarshal string"},
	} {
		c.do("PUT", "/customers/initech/invoices/"+unused, bad.body).refused(t, 422, bad.detail)
	}
	c.do("GET", "/customers/initech/invoices/"+unused, "").refused(t, 404, "")
	c.do("PUT", "/customers/initech/invoices/7", draftOf("")).refused(t, 422, "UUID")
	c.do("PUT", "/customers/nobody/invoices/"+unused, draftOf("")).refused(t, 404, "nobody")
	c.do("PUT", "/customers/initech/invoices/"+unused, "a,b", "Content-Type", "text/csv").refused(t, 415, "application/json")
	c.do("PUT", "/customers/initech/invoices/"+unused, strings.Repeat(" ", maxBody+1)).refused(t, 413, "bytes")
}

// What broke off is no invoice, even if all of it has come.
func TestCutShortBodyChangesNothing(t *testing.T) {
	c := newClient(t)
	path := "/customers/acme/invoices/" + acmeDraft
	conn, err := net.Dial("tcp", c.srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := draftOf("")
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: billing\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", path, testToken, len(body), body)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil { // no last chunk
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("got %s, want 400", resp.Status)
	}
	var inv Invoice
	c.do("GET", path, "").into(t, 200, &inv)
	if inv.Period.Month != 3 {
		t.Errorf("the draft was changed: %+v", inv)
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"0.00", "-0.01", "1190.00", "999999999999999.99", "-0.00", "01.00", "1.5", "1e3", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAmount(s)
		if err == nil && a.String() != s {
			t.Errorf("%q is read as %d and written as %q", s, a, a.String())
		}
	})
}

// A body that is taken once is taken again in the form that the service gives it.
func FuzzParseInvoice(f *testing.F) {
	f.Add([]byte(draftOf("")))
	f.Add([]byte(draftOf(`"issued_at":"2026-03-02T09:30:00Z",`)))
	f.Add([]byte(`{"lines":null} x`))
	f.Fuzz(func(t *testing.T, body []byte) {
		inv, err := parseInvoice(body)
		if err != nil || len(inv.faults()) > 0 {
			return
		}
		inv.Total = inv.total()
		text, err := json.Marshal(inv)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseInvoice(text)
		if err != nil || again.total() != inv.total() || again.Period != inv.Period || len(again.Lines) != len(inv.Lines) {
			t.Errorf("%s is read as %+v, %v", text, again, err)
		}
	})
}
