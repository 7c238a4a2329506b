package openapi_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi"
)

func TestBuiltinStorageContract(t *testing.T) {
	d, err := openapi.Open("", "builtin:storage.v1")
	if err != nil {
		t.Fatal(err)
	}
	want := "deleteFile list makeDirectory patchFile readFile removeDirectory rename space stat writeFile"
	if got := strings.Join(d.OperationNames(), " "); got != want {
		t.Errorf("operations %s, want %s", got, want)
	}
	o, ok := d.Operation("PATCH /v1/files/{path}")
	if !ok || o.ID != "patchFile" {
		t.Fatalf("PATCH /v1/files/{path} is %+v", o)
	}
	if got := strings.Join(o.BodyTypes, " "); got != "application/merge-patch+json application/offset+octet-stream" {
		t.Errorf("body types %s", got)
	}
	if o.Pos.Line == 0 || o.Pos.File != "builtin:storage.v1" {
		t.Errorf("position %v", o.Pos)
	}
	if len(o.Security) != 1 || o.Security[0][0] != "bearer" {
		t.Errorf("security %v", o.Security)
	}
	for _, p := range o.Parameters {
		if p.In == "path" && (!p.MultiSegment || !p.Required || p.Type != "string") {
			t.Errorf("path parameter %+v", p)
		}
	}
}

const minimal = `openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /a: {get: {operationId: same, responses: {'200': {description: d}}}}
  /b: {$ref: %q}
`

func TestReferencesStayInTheFolder(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside.yaml")
	inside := filepath.Join(dir, "api")
	if err := os.Mkdir(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		outside:                             "{}",
		filepath.Join(inside, "b.yaml"):     "get: {operationId: other, responses: {'200': {description: d}}}",
		filepath.Join(inside, "good.yaml"):  strings.Replace(minimal, "%q", "./b.yaml", 1),
		filepath.Join(inside, "leave.yaml"): strings.Replace(minimal, "%q", "../outside.yaml", 1),
		filepath.Join(inside, "net.yaml"):   strings.Replace(minimal, "%q", "http://127.0.0.1:1/x.yaml", 1),
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := openapi.Open(inside, "good.yaml"); err != nil {
		t.Error(err)
	} else if _, ok := d.Operation("other"); !ok {
		t.Errorf("operations %v lack the one of b.yaml", d.OperationNames())
	}
	for _, bad := range []string{"leave.yaml", "net.yaml"} {
		if _, err := openapi.Open(inside, bad); err == nil || !strings.Contains(err.Error(), "reference") {
			t.Errorf("%s: error %v", bad, err)
		}
	}
}

func TestDuplicateOperationIDIsAnError(t *testing.T) {
	doc := strings.Replace(minimal, "{$ref: %q}", "{get: {operationId: same, responses: {'200': {description: d}}}}", 1)
	if _, err := openapi.Parse("x.yaml", []byte(doc)); err == nil || !strings.Contains(err.Error(), "same") {
		t.Errorf("error %v", err)
	}
}

func TestUnknownBuiltin(t *testing.T) {
	if _, err := openapi.Open("", "builtin:nope"); err == nil {
		t.Error("no error")
	}
}

func TestProblemsAreFoundByAs(t *testing.T) {
	var ps openapi.Problems
	if ps.Err() != nil {
		t.Error("no problems are an error")
	}
	ps.Add(openapi.Position{File: "f", Line: 2, Column: 1}, "second")
	ps.Add(openapi.Position{File: "f", Line: 1, Column: 3}, "first")
	err := ps.Err()
	if err.Error() != "f:1:3: first\nf:2:1: second" {
		t.Errorf("error %q", err)
	}
	if p, ok := errors.AsType[*openapi.Problem](err); !ok || p.Pos.Line != 1 {
		t.Errorf("first problem %v", p)
	}
}
