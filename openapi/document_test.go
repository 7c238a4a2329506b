package openapi_test

import (
	"errors"
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
