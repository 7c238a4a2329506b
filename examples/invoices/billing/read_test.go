package billing

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
)

func TestTokenIsNeeded(t *testing.T) {
	c := newClient(t)
	for _, authorization := range []string{"", "Bearer", "Bearer other", "Basic " + testToken, testToken} {
		r := c.do("GET", "/customers", "", "Authorization", authorization)
		r.refused(t, 401, "bearer token")
		if r.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("authorization %q: no challenge (RFC 9110, section 11.6.1)", authorization)
		}
	}
	if _, err := New(Options{Book: Sample()}); err == nil {
		t.Error("a service without a token: got no error")
	}
}

func TestCustomers(t *testing.T) {
	c := newClient(t)
	var all page[Customer]
	c.do("GET", "/customers", "").into(t, 200, &all)
	if len(all.Data) != 3 || all.Total != 3 || all.Data[0].Slug != "acme" {
		t.Errorf("got %+v, want acme and two others", all)
	}
	var one Customer
	c.do("GET", "/customers/acme", "").into(t, 200, &one)
	if one != all.Data[0] {
		t.Errorf("got %+v, listed as %+v", one, all.Data[0])
	}
	c.do("GET", "/customers/nobody", "").refused(t, 404, "nobody")
}

func TestSearchChooses(t *testing.T) {
	c := newClient(t)
	for query, want := range map[string]int{
		"":                                     7,
		"customer=acme":                        5,
		"customer=initech":                     0,
		"year=2025":                            1,
		"month=3":                              3,
		"state=draft":                          2,
		"customer=acme&state=final":            3,
		"customer=acme&year=2026&month=2":      1,
		"customer=acme&year=2026&month=02":     1,
		"customer=globex&year=2025&state=void": 0,
	} {
		var found page[Invoice]
		c.do("GET", "/invoices?"+query, "").into(t, 200, &found)
		if len(found.Data) != want || found.Total != want || found.Data == nil {
			t.Errorf("%q: got %d of %d invoices, want %d", query, len(found.Data), found.Total, want)
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	c := newClient(t)
	for query, word := range map[string]string{
		"year=26": "year", "month=13": "month", "state=paid": "state", "page=0": "page", "page=x": "page", "per_page=201": "per_page",
	} {
		c.do("GET", "/invoices?"+query, "").refused(t, 400, word+":")
	}
	c.do("GET", "/invoices?customer=nobody", "").refused(t, 404, "nobody")
}

func TestPagesFitTogether(t *testing.T) {
	c := newClient(t)
	var whole page[Invoice]
	c.do("GET", "/invoices", "").into(t, 200, &whole)
	for size := 1; size <= 8; size++ {
		var ids []string
		for n := 1; ; n++ {
			var part page[Invoice]
			c.do("GET", fmt.Sprintf("/invoices?page=%d&per_page=%d", n, size), "").into(t, 200, &part)
			if len(part.Data) == 0 {
				break
			}
			for _, inv := range part.Data {
				ids = append(ids, inv.ID)
			}
		}
		if !slices.EqualFunc(ids, whole.Data, func(id string, inv Invoice) bool { return id == inv.ID }) {
			t.Errorf("pages of %d: got %v", size, ids)
		}
	}
	c.do("GET", "/invoices?page=2147483647&per_page=200", "").into(t, 200, &whole)
}

func TestYears(t *testing.T) {
	var years page[year]
	newClient(t).do("GET", "/years", "").into(t, 200, &years)
	if len(years.Data) != 2 || years.Data[0].Year != 2025 || years.Data[1].Invoices != 3 {
		t.Errorf("got %+v, want 1 invoice of 2025 and 3 of 2026", years)
	}
}

func TestInvoiceBelongsToItsCustomer(t *testing.T) {
	c := newClient(t)
	var inv Invoice
	c.do("GET", "/customers/acme/invoices/"+acmeDraft, "").into(t, 200, &inv)
	if inv.State != Draft || inv.Total.String() != "940.00" || inv.CSVBytes != 0 || inv.IssuedAt != nil {
		t.Errorf("got %+v", inv)
	}
	c.do("GET", "/customers/globex/invoices/"+acmeDraft, "").refused(t, 404, acmeDraft)
	c.do("GET", "/customers/globex/invoices/"+acmeFinal+"/document", "").refused(t, 404, acmeFinal)
	c.do("DELETE", "/customers/globex/invoices/"+acmeDraft, "").refused(t, 404, acmeDraft)
	c.do("PUT", "/customers/globex/invoices/"+acmeDraft, draftOf("")).refused(t, 409, acmeDraft)
}

func TestDocument(t *testing.T) {
	c := newClient(t)
	var inv Invoice
	c.do("GET", "/customers/acme/invoices/"+acmeFinal, "").into(t, 200, &inv)
	path := "/customers/acme/invoices/" + acmeFinal + "/document"
	r := c.do("GET", path, "")
	const want = "position,text,quantity,unit_price,price,currency\n" +
		"1,\"Support, one month\",1,490.00,490.00,EUR\n2,Seats,40,12.50,500.00,EUR\n,total,,,990.00,EUR\n"
	if r.StatusCode != 200 || r.body != want || r.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("got %s %q %v", r.Status, r.body, r.Header)
	}
	if len(r.body) != inv.CSVBytes {
		t.Errorf("document has %d bytes, the listing says %d", len(r.body), inv.CSVBytes)
	}
	part := c.do("GET", path, "", "Range", "bytes=9-", "If-Range", r.Header.Get("ETag"))
	if part.StatusCode != 206 || part.body != want[9:] {
		t.Errorf("range: got %s %q", part.Status, part.body)
	}
	past := c.do("GET", path, "", "Range", "bytes="+strconv.Itoa(len(want))+"-")
	if past.StatusCode != 416 {
		t.Errorf("range past the end: got %s", past.Status)
	}
	c.do("GET", "/customers/acme/invoices/"+acmeDraft+"/document", "").refused(t, 409, "draft")
}

func TestUnknownAddress(t *testing.T) {
	c := newClient(t)
	c.do("GET", "/bills", "").refused(t, 404, "")
	c.do("PATCH", "/customers", "{}").refused(t, 405, "")
}
