package httpbackend

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// itemsIn returns the items of a body that lie at the places.
func itemsIn(t *testing.T, format mapping.Format, body io.Reader, places ...string) (items []string, end pageEnd, err error) {
	call := &mapping.Call{Format: format}
	for _, place := range places {
		p, err := mapping.ParsePointer(place)
		if err != nil {
			t.Fatal(err)
		}
		call.Listings = append(call.Listings, &mapping.Listing{Items: p})
	}
	if format != mapping.NDJSON {
		call.Page = &mapping.Page{Style: mapping.PageCursor, Param: "c", From: mapping.Pointer{"next"}}
	}
	x := &exchange{call: call, plan: newCallPlan(call, nil)}
	l := &listing{x: x, doc: newDocTree(x), pages: pager{page: call.Page}, maxItems: 1 << 30}
	l.use = func(_ *mapping.Listing, raw []byte) error {
		if len(raw) == 0 || !json.Valid(raw) {
			t.Errorf("item %q", raw)
		}
		items = append(items, string(raw))
		return nil
	}
	err = l.read(&http.Response{StatusCode: 200, Body: io.NopCloser(body)})
	return items, l.end, err
}

// The items of a document are the same in whatever pieces it comes, and wherever
// the cursor stands.
func TestItemsOfADocument(t *testing.T) {
	for _, body := range []string{
		`{"a":{"b":[{"x":1},[],null,"s"]},"next":"c"}`,
		`{"next":"c","a":{"z":{"b":[0]},"b":[{"x":1},[],null,"s"],"c":{}}}`,
		` { "a" : { "b" : [ {"x":1} , [] , null , "s" ] } , "next" : "c" } `,
	} {
		for _, r := range []io.Reader{strings.NewReader(body), iotest.OneByteReader(strings.NewReader(body))} {
			items, end, err := itemsIn(t, mapping.JSON, r, "/a/b")
			if want := []string{`{"x":1}`, "[]", "null", `"s"`}; err != nil || !slices.Equal(items, want) || end.next != "c" || end.items != 4 {
				t.Errorf("%s: %q, %+v, %v", body, items, end, err)
			}
		}
	}
}

// FuzzItemsOfXML holds that an element is the same item wherever it stands as it is
// when it is the whole document.
func FuzzItemsOfXML(f *testing.F) {
	for _, s := range []string{
		"text", "<a>1</a><a>2</a><b/>", `<a x="1" y:z="2">t<c/>u</a>`, "<![CDATA[<x>]]>", "<!-- c --><a/><?p i?>", "&amp;&#65;", "</x><x>", "<a>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		element := "<x>" + content + "</x>"
		alone, err := xmlToJSON(strings.NewReader(element))
		if err != nil {
			_, _, _ = itemsIn(t, mapping.XML, strings.NewReader("<r><l>"+element+"</l></r>"), "/l/x") // must not panic
			return
		}
		body := "<r><next> c </next><l>" + element + "<y>" + content + "</y>" + element + "</l></r>"
		items, end, err := itemsIn(t, mapping.XML, strings.NewReader(body), "/l/x")
		if err != nil || len(items) != 2 || end.next != "c" {
			t.Fatalf("%q: %d items, %+v, %v", body, len(items), end, err)
		}
		for _, item := range items {
			if !reflect.DeepEqual(decode([]byte(item)), decode(alone)) {
				t.Errorf("%q: item %s, alone %s", body, item, alone)
			}
		}
	})
}

// FuzzLines holds that lines of JSON, a sequence of the same texts and an array of
// them have the same items.
func FuzzLines(f *testing.F) {
	for _, s := range []string{
		"{\"a\":1}\n{\"a\":2}\n", "\n\n1\n", "{}{}", "\x1e{\"a\":\"\\u001e\"}\n", "[1,2]\nnull\n\"x\"", "{\"a\":\n", "{}x",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, _, err := itemsIn(t, mapping.NDJSON, bytes.NewReader(data), "")
		if err != nil {
			return
		}
		var sequence strings.Builder
		for _, item := range items {
			sequence.WriteString("\x1e" + item + "\n")
		}
		again, _, err := itemsIn(t, mapping.NDJSON, iotest.HalfReader(strings.NewReader(sequence.String())), "")
		if err != nil || !slices.Equal(items, again) {
			t.Errorf("%q: %q, as a sequence %q, %v", data, items, again, err)
		}
		listed, _, err := itemsIn(t, mapping.JSON, strings.NewReader(`{"l":[`+strings.Join(items, ",")+`]}`), "/l")
		if err != nil || !slices.Equal(items, listed) {
			t.Errorf("%q: %q, as a list %q, %v", data, items, listed, err)
		}
		members := make([]string, len(items))
		for i, item := range items {
			members[i] = `"k":` + item
		}
		keyed, _, err := itemsIn(t, mapping.JSON, strings.NewReader(`{"l":{`+strings.Join(members, ",")+`}}`), "/l")
		if err != nil || len(keyed) != len(items) {
			t.Fatalf("%q: %q, as members %q, %v", data, items, keyed, err)
		}
		for i, item := range items {
			if keyed[i] != `{"key":"k","value":`+item+`}` {
				t.Errorf("member %s of %s", keyed[i], item)
			}
		}
	})
}

// The set of names forgets none of those that it promises to keep.
func TestNameSet(t *testing.T) {
	var s nameSet
	name := func(i int) string {
		return string(rune('a'+i%26)) + strings.Repeat("x", i%7) + string(rune(0x4e00+i%20000)) + string(rune(0x4e00+i/20000))
	}
	for i := range maxNames + 1000 {
		if !s.add(name(i)) {
			t.Fatalf("%d is taken for doubled", i)
		}
	}
	for i := range maxNames {
		if s.add(name(i)) {
			t.Fatalf("%d is forgotten", i)
		}
	}
	if len(s.slots) > 4*maxNames {
		t.Errorf("%d slots", len(s.slots))
	}
	if !s.add("new") || s.add("new") {
		t.Error("a neighbour that is doubled is not found")
	}
}
