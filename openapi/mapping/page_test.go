package mapping_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(ftpmap: 1.*?)```")

// TestMappingsInDocs loads every mapping of docs/mapping.md, beside the files that
// they name. Those of the examples are run by the tests of the examples.
func TestMappingsInDocs(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, source := range map[string]string{
		"files.openapi.yaml":   "testdata/docs/files.openapi.yaml",
		"billing.openapi.yaml": "../../examples/invoices/billing.openapi.yaml",
		"crm.map.yaml":         "../../examples/dropbox/dropbox.map.yaml",
	} {
		data, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	blocks := yamlBlock.FindAllSubmatch(text, -1)
	if len(blocks) < 4 {
		t.Fatalf("%d mappings in %s", len(blocks), page)
	}
	for _, b := range blocks {
		m, err := mapping.Parse(filepath.Join(dir, "x.map.yaml"), b[1])
		if err != nil {
			t.Errorf("%v in\n%s", err, b[1])
			continue
		}
		for _, w := range m.Warnings {
			t.Errorf("warning: %v", w)
		}
	}
}
