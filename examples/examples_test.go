// Package examples_test checks the files of the examples that no compiler reads:
// settings, documents, mappings, and what is
// done with them.
package examples_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// glob returns the files of pattern, of which there is one at least.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files: %v", pattern, err)
	}
	return files
}

// environment has the secrets that the examples take from it.
var environment = []string{
	"LOGIN_SECRET=whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxl", "BILLING_TOKEN=t", "DROPBOX_TOKEN=t", "GITHUB_TOKEN=t",
}

func TestSettingsLoad(t *testing.T) {
	for _, file := range glob(t, "*/bridge.yaml") {
		c, err := config.Load(file, environment, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, source := range c.Auth {
			if source.Static == nil {
				continue
			}
			if _, err := auth.LoadStatic(source.Static.File); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		if _, err := os.Stat(c.Backend.Mapping); c.Backend.Mapping != "" && err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestMappingsLoad loads every mapping, and looks for the credentials that it names in
// the bridge.yaml beside it.
func TestMappingsLoad(t *testing.T) {
	for _, file := range glob(t, "*/*.map.yaml") {
		m, err := mapping.Load(file)
		if err != nil {
			t.Error(err)
			continue
		}
		c, err := config.Load(filepath.Join(filepath.Dir(file), "bridge.yaml"), environment, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		for scheme, name := range m.Auth {
			if c.Backend.Credentials[name] == nil {
				t.Errorf("%s: %s is %q, which bridge.yaml does not have", file, scheme, name)
			}
		}
	}
}
