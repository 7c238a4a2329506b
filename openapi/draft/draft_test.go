package draft_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/draft"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var update = flag.Bool("update", false, "rewrite the drafts")

// documents are drafted and compared, by the name of the draft in testdata.
var documents = map[string]string{
	"petstore": "petstore.yaml", "hub": "hub.yaml", "hal": "hal.yaml", "odata": "odata.yaml", "nothing": "nothing.yaml",
	"spring":  "spring.yaml",
	"carried": "carried.yaml", "storage": "../../storage.v1.yaml", "login": "../../login.v1.yaml",
	"billing": "../../../examples/invoices/billing.openapi.yaml",
}

func TestDrafts(t *testing.T) {
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", name+".map.yaml")
			d, err := openapi.Open("testdata", document)
			if err != nil {
				t.Fatal(err)
			}
			got, err := draft.Mapping(file, document, d)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if _, err := mapping.Load(file); err != nil {
				t.Error(err)
			}
			mentions(t, d, string(got))
		})
	}
}

// mentions checks that no operation is passed over in silence.
func mentions(t *testing.T, d *openapi.Document, text string) {
	t.Helper()
	for _, info := range d.Operations() {
		if !strings.Contains(text, info.Name()) {
			t.Errorf("%s is not mentioned", info.Name())
		}
	}
}
