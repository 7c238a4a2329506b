package httpbackend_test

import (
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/restrict"
)

// narrowed is the two services with a root and rules, as an account has them.
func narrowed(t *testing.T, root storage.Path, rules ...restrict.Rule) storage.Backend {
	t.Helper()
	inner, _, _ := mountedServices(t)
	put(t, inner, "/crm/a.txt", "a", storage.PutOptions{})
	if err := inner.MakeDir(t.Context(), "/crm/d"); err != nil {
		t.Fatal(err)
	}
	put(t, inner, "/crm/d/b.txt", "b", storage.PutOptions{})
	put(t, inner, "/data/files/a.txt", "f", storage.PutOptions{})
	b, err := restrict.New(inner, restrict.Options{Root: root, Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func allow(t *testing.T, pattern string, words ...string) restrict.Rule {
	t.Helper()
	actions, err := restrict.ParseActions(words)
	if err != nil {
		t.Fatal(err)
	}
	return restrict.Rule{Pattern: pattern, Allow: actions}
}

// A root inside a mount, at one, and above some: nothing beyond it is reached, and the
// folders of mounts stay where they are.
func TestRootsAndMounts(t *testing.T) {
	for root, want := range map[storage.Path]string{
		"/": "README.txt crm data", "/crm": "a.txt d", "/crm/d": "b.txt", "/data": "files", "/data/files": "a.txt",
	} {
		b := narrowed(t, root)
		if got := strings.Join(names(t, b, "/"), " "); got != want {
			t.Errorf("at %s: %s, want %s", root, got, want)
		}
		e, err := b.Stat(t.Context(), "/")
		if err != nil || e.Name != "/" || !e.IsDir() {
			t.Errorf("at %s: %+v %v", root, e, err)
		}
		wantKind(t, b.Delete(t.Context(), "/"), storage.IsDir)
		wantKind(t, b.RemoveDir(t.Context(), "/"), storage.Denied)
	}
	b := narrowed(t, "/data")
	wantKind(t, b.RemoveDir(t.Context(), "/files"), storage.Denied)
	wantKind(t, b.Rename(t.Context(), "/files", "/moved"), storage.Denied)
	wantKind(t, b.Rename(t.Context(), "/files/a.txt", "/files"), storage.Denied)
	put(t, b, "/files/new.txt", "x", storage.PutOptions{})
	if err := b.Rename(t.Context(), "/files/new.txt", "/files/old.txt"); err != nil {
		t.Error(err)
	}
	if can := storage.AbilitiesOf(b).Permitted("/files"); can&(storage.Move|storage.Rmdir) != 0 || !can.Has(storage.ListDir|storage.Write|storage.Mkdir) {
		t.Errorf("a mount permits %b", can)
	}
	if can := storage.AbilitiesOf(b).Permitted("/"); can != storage.ListDir {
		t.Errorf("the way to a mount permits %b", can)
	}
	wantKind(t, narrowed(t, "/").Rename(t.Context(), "/crm/a.txt", "/data/files/b.txt"), storage.InvalidName)
}

// Rules count for both names of a rename, and reach into mounts.
func TestRulesAndMounts(t *testing.T) {
	b := narrowed(t, "/", allow(t, "/crm/d/**", "list", "read"), allow(t, "/crm/**", "list", "read", "write", "rename", "overwrite"), allow(t, "/data/**", "list"))
	for what, c := range map[string]struct {
		from, to storage.Path
		want     storage.Kind
	}{
		"out of what may be read only":  {"/crm/d/b.txt", "/crm/b.txt", storage.Denied},
		"into it":                       {"/crm/a.txt", "/crm/d/a.txt", storage.Denied},
		"a folder with rules inside":    {"/crm/d", "/crm/e", storage.Denied},
		"into a mount that is not ours": {"/crm/a.txt", "/data/files/x", storage.Denied},
	} {
		if err := b.Rename(t.Context(), c.from, c.to); storage.KindOf(err) != c.want || err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.Rename(t.Context(), "/crm/a.txt", "/crm/c.txt"); err != nil {
		t.Error(err)
	}
	permitted := storage.AbilitiesOf(b).Permitted
	for name, want := range map[storage.Path]storage.Actions{
		"/crm/d/b.txt":      storage.ListDir | storage.Read,
		"/data/files/a.txt": storage.ListDir,
		"/README.txt":       0,
	} {
		if got := permitted(name); got != want {
			t.Errorf("%s permits %b, want %b", name, got, want)
		}
	}
	if got := strings.Join(names(t, b, "/data/files"), " "); got != "a.txt" {
		t.Errorf("listed %q", got)
	}
	_, err := b.Open(t.Context(), "/data/files/a.txt", 0)
	wantKind(t, err, storage.Denied)
}
