package mapping_test

import (
	"fmt"
	"log"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

func ExampleParse() {
	m, err := mapping.Parse("files.map.yaml", []byte(`
ftpmap: 1
openapi: builtin:storage.v1
server: {url: "https://files.internal"}
routes:
  - path: /invoices/{customer}/{name}.csv
    read: {op: readFile, params: {path: "{customer}/csv/{name}"}}
`))
	if err != nil {
		log.Fatal(err)
	}
	at, ok := m.Resolve("/invoices/acme/2026-03.csv", mapping.Read)
	if !ok {
		log.Fatal("no such route")
	}
	r, err := at.Calls[0].Request(mapping.Scope(at.Vars))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Method, m.Server+r.Path)

	_, err = mapping.Parse("bad.map.yaml", []byte("ftpmap: 1\nopenapi: builtin:storage.v1\nrotues: []\n"))
	fmt.Println(err)
	// Output:
	// GET https://files.internal/v1/files/acme/csv/2026-03
	// bad.map.yaml:1:1: "routes" is missing: what do the paths stand for?
	// bad.map.yaml:3:1: unknown key "rotues"; did you mean "routes"?
}
