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
	for _, verb := range []mapping.Verb{
		mapping.List, mapping.Stat, mapping.Read, mapping.Write, mapping.Append, mapping.Create, mapping.Delete,
		mapping.MakeDir, mapping.RemoveDir, mapping.Rename, mapping.SetTime,
	} {
		for _, path := range []string{"/", "/a", "/a/b c"} {
			if _, vars, ok := m.Resolve(path, verb); !ok || vars["path"] != path[1:] {
				t.Errorf("%s at %s: %v %v", verb, path, ok, vars)
			}
		}
	}
}
