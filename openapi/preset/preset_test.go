package preset_test

import (
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

func TestPresetsLoad(t *testing.T) {
	for _, name := range preset.Names() {
		if _, err := preset.Load(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := preset.Load("no-such"); err == nil {
		t.Error("an unknown preset loads")
	}
}

func TestFilesHasEveryVerbAtEveryPath(t *testing.T) {
	m, err := preset.Load("files")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/a", "/a/b c"} {
		if got := m.Verbs(path); len(got) != 11 {
			t.Errorf("%s has the verbs %v", path, got)
		}
		c, vars, ok := m.Resolve(path, mapping.Read)
		if !ok || c.Operation.ID != "readFile" || vars["path"] != path[1:] {
			t.Errorf("read %s: %v %v", path, c, vars)
		}
	}
}
