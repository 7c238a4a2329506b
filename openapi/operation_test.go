package openapi_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/openapi"
)

const store = `openapi: 3.0.3
info: {title: t, version: "1"}
servers:
  - url: https://{region}.example.com/v1
    variables:
      region: {default: eu, enum: [eu, us]}
  - url: /v2
security: [{key: []}]
paths:
  /items/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
      - {name: lang, in: query, schema: {type: string, enum: [de, en]}}
    get:
      operationId: getItem
      summary: Get one
      deprecated: true
      tags: [items]
      parameters:
        - {name: lang, in: query, required: true, schema: {type: string}}
        - {name: tags, in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: string}}}
      responses:
        default: {description: d, content: {application/problem+json: {schema: {type: object}}}}
        '204': {description: d}
        2XX:
          description: d
          headers: {X-B: {schema: {type: string}}, ETag: {schema: {type: string}}}
          content:
            text/csv: {}
            application/hal+json; charset=utf-8: {schema: {type: object, properties: {id: {type: integer}}}}
        '404': {description: d, content: {application/json: {schema: {type: boolean}}}}
    put:
      security: []
      requestBody:
        required: true
        content:
          application/octet-stream: {}
          application/json: {schema: {type: object, properties: {name: {type: string}}}}
      responses:
        default: {description: d, content: {'*/*': {schema: {type: string}}}}
    delete:
      operationId: deleteItem
      responses: {'204': {description: d}}
components:
  securitySchemes:
    login: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
x-ftp: {ftpmap: 1}
`

func parseStore(t *testing.T) *openapi.Document {
	t.Helper()
	d, err := openapi.Parse("store.yaml", []byte(store))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDocumentTellsServersAndSchemes(t *testing.T) {
	d := parseStore(t)
	if d.Version != "3.0.3" {
		t.Errorf("version %q", d.Version)
	}
	want := "[{https://{region}.example.com/v1 map[region:{eu [eu us]}]} {/v2 map[]}]"
	if got := fmt.Sprint(d.Servers); got != want {
		t.Errorf("servers %s, want %s", got, want)
	}
	if got := strings.Join(d.Schemes, " "); got != "key login" {
		t.Errorf("schemes %s", got)
	}
	if got := fmt.Sprint(d.SecuritySchemes); got != "map[key:{apiKey  header X-Key} login:{http bearer  }]" {
		t.Errorf("security schemes %s", got)
	}
	if string(d.Source()) != store {
		t.Error("the source of a document with x-ftp is lost")
	}
}

func TestSourceIsKeptForExtensionsOnly(t *testing.T) {
	d, err := openapi.Parse("s.yaml", []byte(strings.Split(store, "x-ftp")[0]))
	if err != nil || d.Source() != nil {
		t.Errorf("error %v, source of %d bytes", err, len(d.Source()))
	}
}

func TestOperationsAreListedByPathAndMethod(t *testing.T) {
	var got []string
	for _, o := range parseStore(t).Operations() {
		got = append(got, fmt.Sprintf("%s|%s %s|%s|%v|%t|%s", o.Name(), o.Method, o.Path, o.Summary, o.Tags, o.Deprecated, o.Pos))
	}
	want := `deleteItem|DELETE /items/{id}||[]|false|store.yaml:41:5
getItem|GET /items/{id}|Get one|[items]|true|store.yaml:14:5
PUT /items/{id}|PUT /items/{id}||[]|false|store.yaml:32:5`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOperationHasParametersOfItsPathUnlessItHasItsOwn(t *testing.T) {
	o, ok := parseStore(t).Operation("GET /items/{id}")
	if !ok {
		t.Fatal("not found")
	}
	var got []string
	for _, p := range o.Parameters {
		got = append(got, fmt.Sprintf("%s %s %t %s %s %t", p.In, p.Name, p.Required, describe(p.Schema, 3), p.Style, p.Explode))
	}
	want := `query lang true string form true
query tags false [string] spaceDelimited false
path id true integer simple false`
	if got := strings.Join(got, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAnswersAreTheSuccessfulOnes(t *testing.T) {
	d := parseStore(t)
	for name, want := range map[string]string{
		"getItem":         "204[]() 2XX[ETag X-B](application/hal+json; charset=utf-8={id: integer} text/csv=any) content=true json={id: integer}",
		"PUT /items/{id}": "default[](*/*=string) content=true json=string",
		"deleteItem":      "204[]() content=false json=any",
	} {
		o, ok := d.Operation(name)
		if !ok {
			t.Fatalf("no operation %s", name)
		}
		got := ""
		for _, a := range o.Answers {
			var content []string
			for _, mediaType := range sortedKeys(a.Content) {
				content = append(content, mediaType+"="+describe(a.Content[mediaType], 3))
			}
			got += fmt.Sprintf("%s%v(%s) ", a.Status, a.Headers, strings.Join(content, " "))
		}
		got += fmt.Sprintf("content=%t json=%s", o.HasContent(), describe(o.AnswerSchema(), 3))
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestBodiesHaveTheirSchemas(t *testing.T) {
	o, _ := parseStore(t).Operation("PUT /items/{id}")
	if got := strings.Join(o.BodyTypes, " "); got != "application/json application/octet-stream" || !o.BodyRequired {
		t.Errorf("body types %s, required %t", got, o.BodyRequired)
	}
	json, stream := o.Bodies["application/json"], o.Bodies["application/octet-stream"]
	if describe(json, 3) != "{name: string}" || stream != nil {
		t.Errorf("schemas %s and %s", describe(json, 3), describe(stream, 3))
	}
	if len(o.Security) != 0 {
		t.Errorf("security %v, want none", o.Security)
	}
}

// split is one document in several files, with all kinds of references that there are.
const split = `-- api.yaml --
openapi: VERSION
info: {title: t, version: "1"}
paths:
  /whole: {$ref: paths/whole.yaml}
  /part: {$ref: 'paths/many.yaml#/part'}
  /escaped: {$ref: 'paths/many.yaml#/with~1slash'}
  /here:
    get:
      operationId: here
      parameters: [{$ref: 'common.yaml#/components/parameters/limit'}]
      responses:
        '200': {$ref: 'common.yaml#/components/responses/things'}
components:
  schemas:
    Root: {type: object, properties: {root: {type: boolean}}}
-- paths/whole.yaml --
parameters:
  - $ref: ../common.yaml#/components/parameters/limit
get:
  operationId: whole
  responses:
    '200': {$ref: '../common.yaml#/components/responses/things'}
-- paths/many.yaml --
part:
  post:
    operationId: part
    requestBody:
      content: {application/json: {schema: {$ref: ../schemas/thing.yaml}}}
    responses: {'204': {description: d}}
with/slash:
  put:
    operationId: escaped
    responses: {'200': {description: d, content: {application/json: {schema: {$ref: '../api.yaml#/components/schemas/Root'}}}}}
-- common.yaml --
components:
  parameters:
    limit: {name: limit, in: query, schema: {type: integer}}
  responses:
    things:
      description: d
      content:
        application/json:
          schema: {type: array, items: {$ref: schemas/thing.yaml}}
-- schemas/thing.yaml --
type: object
properties:
  name: {type: string}
  parts: {type: array, items: {$ref: thing.yaml}}
`

func TestPathItemsOfComponentsAreFound(t *testing.T) {
	d, err := openapi.Parse("p.yaml", []byte(`openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a: {$ref: '#/components/pathItems/item'}
components:
  pathItems:
    item:
      get: {operationId: a, responses: {'204': {description: d}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	o, ok := d.Operation("a")
	if !ok || o.Pos.String() != "p.yaml:8:7" {
		t.Errorf("%v %+v", ok, o)
	}
}

func TestDocumentInSeveralFiles(t *testing.T) {
	for _, version := range []string{"3.0.3", "3.1.0"} {
		t.Run(version, func(t *testing.T) {
			text := strings.Replace(split, "VERSION", version, 1)
			dir := unpack(t, txtar.Parse([]byte(text)))
			d, err := openapi.Open(dir, "api.yaml")
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{
				"whole":   "paths/whole.yaml:3:1 limit:integer [{name: string, parts: [{name: ^, parts: ^}]}]",
				"part":    "paths/many.yaml:2:3",
				"escaped": "paths/many.yaml:8:3 {root: boolean}",
				"here":    "api.yaml:8:5 limit:integer [{name: string, parts: [{name: ^, parts: ^}]}]",
			} {
				o, ok := d.Operation(name)
				if !ok {
					t.Fatalf("no operation %s", name)
				}
				got := strings.TrimPrefix(o.Pos.String(), dir+"/")
				for _, p := range o.Parameters {
					got += " " + p.Name + ":" + describe(p.Schema, 3)
				}
				if s := o.AnswerSchema(); s != nil {
					got += " " + describe(s, 4)
				}
				if got != want {
					t.Errorf("%s: got %s, want %s", name, got, want)
				}
			}
			part, _ := d.Operation("part")
			if got := describe(part.Bodies["application/json"], 3); got != "{name: string, parts: [{name: ^, parts: ^}]}" {
				t.Errorf("body of part is %s", got)
			}
		})
	}
}
