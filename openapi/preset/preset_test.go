package preset_test

import (
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

func TestPresetsLoad(t *testing.T) {
	for _, name := range preset.Names() {
		if _, err := mapping.Preset(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := mapping.Preset("no-such"); err == nil {
		t.Error("an unknown preset loads")
	}
}

func TestFilesHasEveryVerbAtEveryPath(t *testing.T) {
	m, err := mapping.Preset("files")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []mapping.Verb{
		mapping.List, mapping.Stat, mapping.Read, mapping.Write, mapping.Append, mapping.Create, mapping.Delete,
		mapping.MakeDir, mapping.RemoveDir, mapping.Rename, mapping.SetTime,
	} {
		for _, path := range []string{"/", "/a", "/a/b c"} {
			if at, ok := m.Resolve(path, verb); !ok || at.Vars["path"] != path[1:] {
				t.Errorf("%s at %s: %v %v", verb, path, ok, at)
			}
		}
	}
}
