package mapping_test

import (
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// A parameter that the API requires may get its value from the paging alone.
func TestRequiredParameterOfPages(t *testing.T) {
	const document = `
-- api.yaml --
openapi: 3.0.3
info: {title: x, version: "1"}
paths:
  /items:
    get:
      operationId: listItems
      parameters:
        - {name: page, in: query, required: true, schema: {type: integer}}
        - {name: size, in: query, required: true, schema: {type: integer}}
      responses: {'200': {description: x, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}}}}}}}}
-- x.map.yaml --
ftpmap: 1
openapi: api.yaml
routes:
  - path: /
    list: {op: listItems, items: "", page: {page: {param: page, size_param: size, size: 50}}, each: [{name: =item.id}]}
`
	if _, err := loadIn(t, document); err != nil {
		t.Error(err)
	}
}

// Nobody knows the size of a file before it is made, so its listing is not at fault.
func TestNoSizeOfRenderedFiles(t *testing.T) {
	m, err := mapping.Load("../../examples/invoices/invoices.map.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Warnings {
		t.Errorf("warning: %v", w)
	}
}
