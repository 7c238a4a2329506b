package preset_test

import (
	"errors"
	"net/url"
	"path"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

// names are of bytes that mean something to URLs, to servers or to people.
func names() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"a", "B", "7", ".", "..", "%", "%2e", "%2F", "%00", " ", "+", "&", "=", ";", ":", "@", "?", "#", "\\", "~", "ä", "日", "'", "\"", "{x}", "=1",
	})
	return rapid.Map(rapid.SliceOfN(pieces, 1, 4), func(parts []string) string { return strings.Join(parts, "") }).
		Filter(func(name string) bool { return name != "." && name != ".." })
}

func paths() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(names(), 1, 3), func(parts []string) string { return "/" + strings.Join(parts, "/") })
}

// requestFor is the URL of the first request that a preset makes for verb at a path.
func requestFor(t *rapid.T, m *mapping.Mapping, verb mapping.Verb, p string) (string, bool) {
	at, ok := m.Resolve(p, verb)
	if !ok {
		return "", false
	}
	call := at.Calls[0]
	if len(call.Steps) > 0 {
		call = call.Steps[0]
	}
	scope := mapping.Scope(at.Vars)
	file := map[string]any{"path": p, "name": path.Base(p), "dir": path.Dir(p), "offset": int64(0)}
	scope["ftp"], scope["from"] = file, file
	scope["to"] = map[string]any{"path": "/moved"}
	scope["session"], scope["transfer"] = map[string]any{"id": "s"}, map[string]any{"seq": int64(1), "sha256": ""}
	scope["server"] = map[string]any{"bucket": "b", "url": "https://x", "path": ""}
	r, err := call.Request(scope)
	if errors.Is(err, mapping.ErrValue) {
		return "", false // refused
	}
	if err != nil {
		t.Fatalf("%s %s: %v", verb, p, err)
	}
	return r.Method + " " + r.Path + "?" + r.Query.Encode(), true
}

// No path of a user leaves the place that the mapping gives it, whatever bytes are in
// its names, and two paths never ask for one thing.
func TestPathsKeepToTheirPlace(t *testing.T) {
	for _, name := range preset.Names() {
		m, err := mapping.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			one, other := paths().Draw(t, "one"), paths().Draw(t, "other")
			for _, verb := range []mapping.Verb{mapping.Read, mapping.Write, mapping.Delete, mapping.MakeDir, mapping.List} {
				a, ok := requestFor(t, m, verb, one)
				if !ok {
					continue
				}
				checkPlace(t, a)
				if b, ok := requestFor(t, m, verb, other); ok && one != other && a == b {
					t.Fatalf("%s at %q and at %q both ask for %s", verb, one, other, a)
				}
			}
		}))
	}
}

// checkPlace fails for a URL that a server could read as another place.
func checkPlace(t *rapid.T, request string) {
	_, target, _ := strings.Cut(request, " ")
	u, err := url.Parse(target)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	for seg := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(seg)
		if err != nil || plain == "." || plain == ".." {
			t.Fatalf("%s has the segment %q", request, seg)
		}
	}
	if strings.Contains(u.EscapedPath(), "//") || strings.ContainsAny(u.EscapedPath(), "\\;?#") {
		t.Fatalf("%s is not one place", request)
	}
}
