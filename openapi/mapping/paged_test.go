package mapping_test

import "testing"

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
