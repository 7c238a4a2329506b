package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
)

func TestInspect(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{ // an empty want: it is taken
		{"a.csv", "id,amount", ""},
		{"a.csv", "id,amount\r\n1,\"a\r\nb\"\r\n", ""},
		{"a.csv", "\ufeffid\n1\n", ""},
		{"a.csv", "", "line 1: the document is empty"},
		{"a.csv", "\ufeff", "line 1: the document is empty"},
		{"a.csv", "id,\n1,2\n", "line 1: column 2"},
		{"a.csv", "id,amount, id\n", "line 1: column 3"},
		{"a.csv", "id,amount\n1,2\n1,2,3\n", "line 3: want 2 columns"},
		{"a.csv", "id,amount\n1,\"2\n", "line 2: extraneous or missing"},
		{"a.xml", "<a/>", ""},
		{"a.xml", "\ufeff<?xml version='1.0' encoding='utf-8'?>\n<!-- b --><a>c<d/></a>\n<!-- e -->", ""},
		{"a.xml", "", "line 1: there is no element"},
		{"a.xml", "\n\n<a>\n</b>", "line 4: element <a> closed by </b>"},
		{"a.xml", "<a>\n<b>\n", "line 3: unexpected EOF"},
		{"a.xml", "<a/>\n<b/>", "line 2: a second root element <b>"},
		{"a.xml", "<a/>\nb", "line 2: text outside"},
		{"a.xml", "<a>&nbsp;</a>", "line 1: invalid character entity"},
		{"a.xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "ISO-8859-1"},
		{"a.xml", "id,amount\n", "line 2: text outside"},
	} {
		inspect, err := inspectorOf(c.name)
		if err != nil {
			t.Fatal(err)
		}
		err = inspect(strings.NewReader(c.content))
		p, ok := errors.AsType[*Problem](err)
		switch {
		case c.want == "" && err != nil, c.want != "" && !ok:
			t.Errorf("%s %q: got %v, want %q", c.name, c.content, err, c.want)
		case ok && (p.Status != 422 || !strings.Contains(p.Detail, c.want)):
			t.Errorf("%s %q: got %v, want %q", c.name, c.content, p, c.want)
		}
	}
}

// What is taken has columns with names, and as many fields in every row.
func FuzzInspectCSV(f *testing.F) {
	f.Add([]byte(orders))
	f.Add([]byte("\ufeffa,b\n\"1\n\",2"))
	f.Add([]byte("a\n\n\n1,2"))
	f.Fuzz(func(t *testing.T, content []byte) {
		err := inspectCSV(bytes.NewReader(content))
		rows, readErr := csv.NewReader(withoutMark(bytes.NewReader(content))).ReadAll()
		if err != nil {
			if _, ok := errors.AsType[*Problem](err); !ok {
				t.Fatalf("got %v, want a problem", err)
			}
			return
		}
		if readErr != nil || len(rows) == 0 {
			t.Fatalf("taken, but it has %d rows: %v", len(rows), readErr)
		}
		for _, name := range rows[0] {
			if strings.TrimSpace(name) == "" {
				t.Errorf("taken, but a column has no name: %q", rows[0])
			}
		}
	})
}

// What is taken can be put into a larger document: it is one element.
func FuzzInspectXML(f *testing.F) {
	f.Add("<a><b c='d'>e</b></a>")
	f.Add("<a/><!-- b -->\n")
	f.Add("<a/><b/>")
	f.Fuzz(func(t *testing.T, content string) {
		err := inspectXML(strings.NewReader(content))
		if err != nil {
			if _, ok := errors.AsType[*Problem](err); !ok {
				t.Fatalf("got %v, want a problem", err)
			}
			return
		}
		if strings.HasPrefix(content, "\ufeff") || strings.Contains(content, "<?") || strings.Contains(content, "<!") {
			return // what may stand at the beginning only
		}
		if err := inspectXML(strings.NewReader("<outer>" + content + "</outer>")); err != nil {
			t.Errorf("%q is taken, but not within an element: %v", content, err)
		}
	})
}
