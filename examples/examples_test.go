// Package examples_test checks the files of the examples that no compiler reads:
// settings, documents, mappings and recorded answers.
package examples_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/openapi"
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

func TestSettingsLoad(t *testing.T) {
	env := []string{
		"LOGIN_SECRET=whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxl", "BILLING_TOKEN=t", "DROPBOX_TOKEN=t", "GITHUB_TOKEN=t",
	}
	for _, file := range glob(t, "*/bridge.yaml") {
		c, err := config.Load(file, env, nil)
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

// mappingFile is the part of a mapping that names things outside of it.
type mappingFile struct {
	Version int               `yaml:"ftpmap"`
	OpenAPI string            `yaml:"openapi"`
	Auth    map[string]string `yaml:"auth"`
	Routes  []map[string]any  `yaml:"routes"`
}

func TestMappingsNameWhatThereIs(t *testing.T) {
	for _, file := range glob(t, "*/*.map.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var m mappingFile
		if err := yaml.Unmarshal(data, &m); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if m.Version != 1 || len(m.Routes) == 0 {
			t.Errorf("%s: got version %d and %d routes", file, m.Version, len(m.Routes))
		}
		checkCredentials(t, file, m)
		if m.OpenAPI == "" {
			continue
		}
		d, err := openapi.Open(filepath.Dir(file), m.OpenAPI)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, r := range m.Routes {
			checkOperations(t, file, d, r)
		}
	}
}

// checkCredentials looks for the credentials of a mapping in the bridge.yaml beside it.
func checkCredentials(t *testing.T, file string, m mappingFile) {
	t.Helper()
	var settings struct {
		Backend struct {
			Credentials map[string]any `yaml:"credentials"`
		} `yaml:"backend"`
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(file), "bridge.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &settings); err != nil {
		t.Fatal(err)
	}
	for scheme, name := range m.Auth {
		if _, ok := settings.Backend.Credentials[name]; !ok {
			t.Errorf("%s: %s is %q, which bridge.yaml does not have", file, scheme, name)
		}
	}
}

// checkOperations looks up every op, at whatever depth.
func checkOperations(t *testing.T, file string, d *openapi.Document, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			checkOperations(t, file, d, item)
		}
	case map[string]any:
		if op, ok := v["op"].(string); ok {
			if _, ok := d.Operation(op); !ok {
				t.Errorf("%s: the document has no operation %q", file, op)
			}
		}
		for _, member := range v {
			checkOperations(t, file, d, member)
		}
	}
}

func TestRecordedAnswersAreAnswers(t *testing.T) {
	for _, file := range glob(t, "*/testdata/*.txtar") {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		answers := 0
		for _, f := range a.Files {
			if number, ok := strings.CutPrefix(f.Name, "answer "); ok {
				answers++
				if number != strconv.Itoa(answers) {
					t.Errorf("%s: answer %s comes as number %d", file, number, answers)
				}
				checkAnswer(t, file+" "+f.Name, string(f.Data))
			}
		}
		if answers == 0 || a.Files[0].Name != "do" {
			t.Errorf("%s: got %d answers after %q, want some after do", file, answers, a.Files[0].Name)
		}
	}
}

func checkAnswer(t *testing.T, name, text string) {
	t.Helper()
	head, body, _ := strings.Cut(strings.TrimRight(text, "\n"), "\n\n")
	wire := strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(wire)), nil)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") && !json.Valid(content) {
		t.Errorf("%s: no JSON: %s", name, content)
	}
}
