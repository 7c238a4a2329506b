package httpbackend

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestDecodeKeepsLargeNumbers(t *testing.T) {
	for text, want := range map[string]any{
		"9007199254740993": int64(9007199254740993), "-1": int64(-1), "1.5": 1.5, "1e3": 1000.0,
		"123456789012345678901234567890": "123456789012345678901234567890",
	} {
		if got := decode([]byte(text)); got != want {
			t.Errorf("%s is %v (%T)", text, got, got)
		}
	}
}

// What the scanner makes of valid JSON is what encoding/json makes of it.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2,{"b":"c\"}"}],"d":null}`, ` [ true , false , "\u00e4\n" , {} , [] , -1.5e3 ] `, `"x"`, `{"a":{"a":{}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		raw, err := jsontext.NewDecoder(bytes.NewReader(data)).ReadValue()
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var want any
		if d.Decode(&want) != nil {
			return
		}
		if got := decode(raw); !reflect.DeepEqual(got, exact(want)) {
			t.Errorf("%s is %#v, want %#v", raw, got, want)
		}
	})
}

// exact turns the numbers of v into int64 where they fit, into float64 where they are
// not whole, and leaves their digits otherwise.
func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(string(v), ".eE") {
			return f
		}
		return string(v)
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = exact(v[k])
		}
	}
	return v
}
