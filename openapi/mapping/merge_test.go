package mapping_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// loadIn loads x.map.yaml of an archive whose files lie in one folder.
func loadIn(t *testing.T, archive string) (*mapping.Mapping, error) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return mapping.Load(filepath.Join(dir, "x.map.yaml"))
}

// places lists "path verb operation file:line" of each call, sorted.
func places(m *mapping.Mapping) []string {
	var all []string
	for _, r := range m.Routes {
		for _, verb := range slices.Sorted(maps.Keys(r.Calls)) {
			for _, c := range r.Calls[verb] {
				pos := c.Pos
				pos.File, pos.Column = filepath.Base(pos.File), 0
				name := "static"
				if c.Operation != nil {
					name = c.Operation.Name()
				}
				all = append(all, strings.Join([]string{r.Template.String(), string(verb), name, strings.TrimSuffix(pos.String(), ":0")}, " "))
			}
		}
	}
	slices.Sort(all)
	return all
}

const carriers = `
-- api.yaml --
openapi: 3.1.0
info: {title: x, version: "1"}
servers: [{url: "https://{region}.example/v1", variables: {region: {default: eu}}}]
x-ftp:
  auth: {bearer: session-jwt}
  routes:
    - path: /notes/{id}.txt
      read: {op: getNote}
      delete: {op: deleteNote}
paths:
  /notes:
    get:
      operationId: listNotes
      x-ftp: {path: /notes/, verb: list, items: "", each: [{name: "{item.id}.txt"}]}
      responses: {'200': {description: x, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}}}}}}}}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getNote
      responses: {'200': {description: x, content: {text/plain: {}}}}
    delete:
      operationId: deleteNote
      x-ftp:
        - {path: "/notes/{id}.txt", verb: delete, ok: [2xx, 404]}
        - {path: "/trash/{id}", verb: delete}
      responses: {'204': {description: x}}
    put:
      operationId: putNote
      requestBody: {content: {text/plain: {}}}
      responses: {'204': {description: x}}
components: {securitySchemes: {bearer: {type: http, scheme: bearer}}}
`

func TestDocumentCarriesTheMapping(t *testing.T) {
	m, err := loadIn(t, carriers+`
-- x.map.yaml --
ftpmap: 1
openapi: api.yaml
server: {variables: {region: us}}
routes:
  - path: /notes/{id}.txt
    write: {op: putNote, body: stream}
  - path: /trash/{id}
    delete: null
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/notes/ list listNotes api.yaml:14",
		"/notes/{id}.txt delete deleteNote api.yaml:24",
		"/notes/{id}.txt read getNote api.yaml:8",
		"/notes/{id}.txt write putNote x.map.yaml:6",
	}
	if got := places(m); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if m.Variables["region"] != "us" || m.Credential("bearer") != "session-jwt" {
		t.Errorf("variables %v, auth %v", m.Variables, m.Auth)
	}
	// The parameter of the API is a number, so the variable of the path is one.
	if at, ok := m.Resolve("/notes/7.txt", mapping.Read); !ok || at.Vars["id"] != int64(7) {
		t.Errorf("%+v", at)
	}
	if _, ok := m.Resolve("/notes/seven.txt", mapping.Read); ok {
		t.Error("text is taken for a number")
	}
}

func TestFileOverPreset(t *testing.T) {
	m, err := loadIn(t, `
-- x.map.yaml --
ftpmap: 1
preset: files
server: {url: "https://files.example"}
auth: {bearer: session-jwt}
routes:
  - path: /{path...}
    delete: null
    read: {op: readFile, range: none}
  - path: /README.txt
    read: {static: hello}
`)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Resolve("/a", mapping.Delete); ok {
		t.Error("what is null has not gone")
	}
	at, _ := m.Resolve("/a", mapping.Read)
	if at.Calls[0].Range != mapping.NoRange {
		t.Error("the file does not win")
	}
	if at, ok := m.Resolve("/README.txt", mapping.Read); !ok || at.Calls[0].Static == nil {
		t.Error("the file's own route is not there")
	}
	if _, ok := m.Resolve("/a", mapping.Write); !ok || m.Server != "https://files.example" {
		t.Error("the preset's verbs are not there")
	}
}

func TestMountsAreMappings(t *testing.T) {
	m, err := loadIn(t, `
-- crm.map.yaml --
ftpmap: 1
server: {url: "https://crm.example"}
routes:
  - {path: "/{name}", read: {http: {url: "/items/{name}"}}}
-- x.map.yaml --
ftpmap: 1
mounts:
  - {at: /crm, mapping: crm.map.yaml}
  - at: /crm2
    mapping: crm.map.yaml
    server: {url: "https://crm2.example"}
    routes: [{path: "/{name}", delete: {http: {method: DELETE, url: "/items/{name}"}}}]
  - {at: /bucket, preset: s3, server: {variables: {bucket: b}}, auth: partner-keys}
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Mounts) != 3 {
		t.Fatalf("%d mounts", len(m.Mounts))
	}
	two := m.Mounts[1].Mapping
	_, reads := two.Resolve("/a", mapping.Read)
	_, deletes := two.Resolve("/a", mapping.Delete)
	if two.Server != "https://crm2.example" || !reads || !deletes || m.Mounts[0].Mapping.Server != "https://crm.example" {
		t.Errorf("%+v", two)
	}
	list, _ := m.Mounts[2].Mapping.Resolve("/", mapping.List)
	if got := list.Calls[0].Security; len(got) != 1 || !slices.Equal(got[0], []string{"partner-keys"}) {
		t.Errorf("the credentials of the mount are %v", got)
	}
	if s3 := m.Mounts[2].Mapping; s3.Variables["bucket"] != "b" || s3.Variables["region"] != "us-east-1" {
		t.Errorf("%v", s3.Variables)
	}
}
