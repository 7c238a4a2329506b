package restrict

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"pgregory.net/rapid"
)

// narrowTo makes a backend of rules written as "pattern action action".
func narrowTo(t *testing.T, inner storage.Backend, root storage.Path, lines ...string) storage.Backend {
	t.Helper()
	opt := Options{Root: root}
	for _, line := range lines {
		words := strings.Fields(line)
		allow, err := ParseActions(words[1:])
		if err != nil {
			t.Fatal(err)
		}
		opt.Rules = append(opt.Rules, Rule{Pattern: words[0], Allow: allow})
	}
	b, err := New(inner, opt)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outcome is "ok" or the kind of err, which must be about the path want.
func outcome(t *testing.T, err error, want storage.Path) string {
	t.Helper()
	if err == nil {
		return "ok"
	}
	e, ok := err.(*storage.Error)
	if !ok || e.Path != want {
		t.Errorf("error %v is not a *storage.Error about %s", err, want)
	}
	return storage.KindOf(err).String()
}

func list(t *testing.T, b storage.Backend, name storage.Path) string {
	t.Helper()
	names := map[string]bool{}
	for e, err := range b.List(t.Context(), name) {
		if err != nil {
			return outcome(t, err, name)
		}
		names[e.Name] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

func TestStatNeedsListOrRead(t *testing.T) {
	inner := newTree("/t/", "/t/drop/", "/t/drop/f", "/t/pub/", "/t/pub/f", "/t/a/", "/t/a/b/", "/t/a/b/f", "/t/a/f", "/t/no/", "/t/no/in/")
	b := narrowTo(t, inner, "/t", "/drop/** write", "/pub/** read", "/a/b/** list", "/no/in list", "/no/**", "/none/**")
	for name, want := range map[storage.Path]string{
		"/":        "ok",
		"/drop":    "ok", // a directory in which something is allowed
		"/drop/f":  "denied",
		"/drop/g":  "denied", // and not: not found
		"/pub/f":   "ok",
		"/pub/g":   "not found",
		"/a":       "ok", // leads to /a/b
		"/a/f":     "denied",
		"/a/b":     "ok",
		"/a/b/f":   "ok",
		"/no":      "ok", // leads to /no/in, though nothing is allowed in it
		"/no/x":    "denied",
		"/none":    "denied",
		"/elsew/x": "denied",
	} {
		e, err := b.Stat(t.Context(), name)
		if got := outcome(t, err, name); got != want {
			t.Errorf("stat %s: %s, want %s", name, got, want)
		}
		if err == nil && e.Name != name.Base() {
			t.Errorf("stat %s: name %q", name, e.Name)
		}
	}
}

func TestRootAlwaysExists(t *testing.T) {
	b := narrowTo(t, newTree(), "/tenants/acme", "/x/** list")
	e, err := b.Stat(t.Context(), "/")
	if err != nil || e.Name != "/" || !e.IsDir() {
		t.Errorf("stat / = %+v, %v; want a directory", e, err)
	}
}

func TestListShowsWhatMayBeSeen(t *testing.T) {
	inner := newTree("/t/", "/t/in/", "/t/in/a", "/t/out/", "/t/readme", "/t/x.csv", "/t/way/")
	b := narrowTo(t, inner, "/t", "/ list", "/in/** write", "/*.csv read", "/way/to/** read")
	if got, want := list(t, b, "/"), "in way x.csv"; got != want {
		t.Errorf("list /: %q, want %q", got, want)
	}
	if got, want := list(t, b, "/in"), "denied"; got != want {
		t.Errorf("list /in: %q, want %q", got, want)
	}
	if got, want := list(t, narrowTo(t, inner, "/t"), "/"), "in out readme way x.csv"; got != want {
		t.Errorf("list / without rules: %q, want %q", got, want)
	}
	if got, want := list(t, narrowTo(t, inner, "/t"), "/gone"), "not found"; got != want {
		t.Errorf("list /gone: %q, want %q", got, want)
	}
}

func TestListNarrowsPermitted(t *testing.T) {
	inner := newTree("/a", "/b")
	inner.entries["/b"] = storage.Entry{Name: "b", Permitted: storage.Read | storage.DeleteFile}
	b := narrowTo(t, inner, "/", "/** list read write")
	for e, err := range b.List(t.Context(), "/") {
		want := storage.ListDir | storage.Read | storage.Write
		if e.Name == "b" {
			want = storage.Read
		}
		if err != nil || e.Permitted != want {
			t.Errorf("%s may %b, want %b (%v)", e.Name, e.Permitted, want, err)
		}
	}
}

func TestEmptyRulesForbidEverything(t *testing.T) {
	b, err := New(newTree("/a"), Options{Rules: []Rule{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "/a"); storage.KindOf(err) != storage.Denied {
		t.Errorf("stat: %v, want denied", err)
	}
	if got := list(t, b, "/"); got != "denied" {
		t.Errorf("list: %s, want denied", got)
	}
}

func TestAbilitiesSurvive(t *testing.T) {
	inner := settable{newTree("/t/", "/t/a")}
	a := storage.AbilitiesOf(narrowTo(t, inner, "/t", "/a read write mtime", "/** list"))
	if err := a.SetModTime(t.Context(), "/a", time.Now()); err != nil {
		t.Errorf("SetModTime(/a): %v", err)
	}
	if err := a.SetModTime(t.Context(), "/b", time.Now()); storage.KindOf(err) != storage.Denied {
		t.Errorf("SetModTime(/b): %v, want denied", err)
	}
	if got := a.Permitted("/a"); got != storage.Read {
		t.Errorf("Permitted(/a) = %b, want read only", got)
	}
	if want := []storage.Path{"/t/a", "/t/a"}; !slices.Equal(inner.asked, want) {
		t.Errorf("inner backend was asked for %v, want %v", inner.asked, want)
	}
	a = storage.AbilitiesOf(narrowTo(t, newTree(), "/t", "/** read"))
	if a.SetModTime != nil || a.Permitted == nil || a.Permitted("/x") != storage.Read {
		t.Error("abilities of a backend without any: want Permitted alone, from the rules")
	}
	if a = storage.AbilitiesOf(narrowTo(t, newTree(), "/t")); a.Permitted != nil {
		t.Error("Permitted without rules: want nil")
	}
}

func TestErrorsHideTheRoot(t *testing.T) {
	inner := newTree("/t/x/")
	inner.text = "no /t/x/gone here"
	b := narrowTo(t, inner, "/t/x")
	_, err := b.Open(t.Context(), "/gone", 0)
	e, ok := err.(*storage.Error)
	if !ok || e.Path != "/gone" || e.Text != "" || e.Kind != storage.NotFound {
		t.Errorf("error %#v, want not found about /gone without a text", err)
	}
	r, err := b.Put(t.Context(), "/new", strings.NewReader(""), storage.PutOptions{})
	if err != nil || r.Text != "" {
		t.Errorf("Put = %q, %v; want a receipt without the root", r.Text, err)
	}
	wrapped := fmt.Errorf("cache: %w", storage.Fail(storage.Busy, storage.OpRead, "/t/x/f"))
	err = b.(*backend).foreign(wrapped, "/f")
	if e, ok := err.(*storage.Error); !ok || e.Path != "/f" || e.Kind != storage.Busy || e.Unwrap() != wrapped {
		t.Errorf("wrapped error became %#v", err)
	}
	if got := b.(*backend).foreign(context.Canceled, "/f"); got != context.Canceled {
		t.Errorf("context's error became %v", got)
	}
}

func TestNewRefusesBadOptions(t *testing.T) {
	for _, opt := range []Options{
		{Root: "a"}, {Root: "/a/"}, {Root: "/a/../b"},
		{Rules: []Rule{{Pattern: "a"}}},
		{Rules: []Rule{{Pattern: "/a", Allow: storage.AllActions + 1}}},
	} {
		if _, err := New(newTree(), opt); err == nil {
			t.Errorf("New(%+v) gives no error", opt)
		}
	}
	if _, err := ParseActions([]string{"list", "fly"}); err == nil {
		t.Error("ParseActions knows how to fly")
	}
}

func TestActionNamesAreComplete(t *testing.T) {
	names := []string{"list", "read", "write", "append", "overwrite", "delete", "mkdir", "rmdir", "rename", "mtime"}
	if got, err := ParseActions(names); err != nil || got != storage.AllActions {
		t.Errorf("all names give %b, %v; want %b", got, err, storage.AllActions)
	}
}

// No path that a client can write leads out of the root, whatever the rules.
func TestNoPathLeavesTheRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx := t.Context()
		root := storage.Path("/tenants/acme")
		inner := settable{newTree("/tenants/acme/", "/tenants/acme/a/", "/tenants/acme/a/b", "/tenants/acmee/", "/secret")}
		opt := Options{Root: root}
		for range rapid.IntRange(0, 3).Draw(t, "rules") {
			text, _ := drawPattern(t)
			allow := storage.Actions(rapid.Uint16Max(uint16(storage.AllActions)).Draw(t, "allow"))
			opt.Rules = append(opt.Rules, Rule{text, allow})
		}
		b, err := New(inner, opt)
		if err != nil {
			t.Fatal(err)
		}
		arg := rapid.OneOf(rapid.StringMatching(`(/|\.\.|\.|a|b|e|\*)*`), rapid.String())
		dir, err := storage.Clean("/", arg.Draw(t, "cwd"))
		if err != nil {
			t.Skip("no path")
		}
		name, err := storage.Clean(dir, arg.Draw(t, "name"))
		if err != nil {
			t.Skip("no path")
		}
		_, err = b.Stat(ctx, name)
		errs := []error{err}
		for _, err := range b.List(ctx, name) {
			errs = append(errs, err)
		}
		_, err = b.Open(ctx, name, 0)
		errs = append(errs, err)
		mode := storage.PutMode(rapid.Uint8Max(4).Draw(t, "mode"))
		_, err = b.Put(ctx, name, strings.NewReader(""), storage.PutOptions{Mode: mode})
		errs = append(errs, err, b.Rename(ctx, name, dir), b.Rename(ctx, dir, name), b.Delete(ctx, name),
			b.MakeDir(ctx, name), b.RemoveDir(ctx, name))
		a := storage.AbilitiesOf(b)
		errs = append(errs, a.SetModTime(ctx, name, time.Time{}))
		a.Permitted(name)
		for _, p := range inner.asked {
			if !p.Under(root) {
				t.Fatalf("inner backend was asked for %s", p)
			}
		}
		for _, err := range errs {
			if e, ok := err.(*storage.Error); ok && e.Path != name && e.Path != dir {
				t.Fatalf("error about %s, want %s or %s", e.Path, name, dir)
			}
		}
	})
}
