package auth

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

func loginContract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../openapi/login.v1.yaml")
	if err != nil {
		t.Fatalf("load login.v1.yaml: %v", err)
	}
	return doc
}

func TestContractIsValid(t *testing.T) {
	if err := loginContract(t).Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// The answers that the contract shows mean what their names say.
func TestContractAnswers(t *testing.T) {
	op := loginContract(t).Paths.Value("/").Post
	want := map[string]error{
		"allow": nil, "allow-short": nil, "allow-number": nil, "deny": ErrDenied, "need-account": ErrNeedAccount,
	}
	examples := op.Responses.Value("200").Value.Content["application/json"].Examples
	if len(examples) != len(want) {
		t.Errorf("contract has %d examples of a 200, want %d", len(examples), len(want))
	}
	for name, example := range examples {
		body, err := json.Marshal(example.Value.Value)
		if err != nil {
			t.Fatal(err)
		}
		a, err := parseAnswer(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p, err := a.principal(Credentials{User: "alice", Method: MethodPassword}, time.Now())
		if !errors.Is(err, want[name]) {
			t.Errorf("%s: error %v, want %v", name, err, want[name])
		}
		if err == nil && (p.Name != "alice" || p.ID == "") {
			t.Errorf("%s: principal %+v has no name or id", name, p)
		}
	}
}

// The questions that the bridge asks are as the contract says.
func TestContractQuestions(t *testing.T) {
	op := loginContract(t).Paths.Value("/").Post
	schema := op.RequestBody.Value.Content["application/json"].Schema.Value
	cert := clientCertificate(t)
	for name, c := range map[string]Credentials{
		"clear":       {Method: MethodPassword, User: "a", Password: "b", Attempt: 1},
		"account":     {Method: MethodPassword, User: "a", Password: "b", Account: "123", Attempt: 2, Host: "h", Program: "p"},
		"tls":         {Method: MethodPassword, User: "a", Attempt: 1, TLS: &TLSState{Version: "TLS1.3", Mode: "explicit"}},
		"certificate": {Method: MethodCertificate, User: "a", Attempt: 1, TLS: &TLSState{Mode: "implicit", Certificate: cert}},
	} {
		body, err := newQuestion(c, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var q any
		if err := json.Unmarshal(body, &q); err != nil {
			t.Fatal(err)
		}
		if err := schema.VisitJSON(q, openapi3.EnableJSONSchema2020()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
