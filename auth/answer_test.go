package auth

import (
	stdjson "encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

func decide(t *testing.T, body string) (*Principal, error) {
	t.Helper()
	a, err := parseAnswer([]byte(body))
	if err != nil {
		return nil, err
	}
	return a.principal(alice(), time.Now())
}

func TestAnswerBecomesAPrincipal(t *testing.T) {
	p, err := decide(t, `{"decision":"allow",
		"user":{"id":9007199254740993,"name":"Alice","tenant":7,"groups":["ops",12],
			"claims":{"n":9007199254740993,"big":123456789012345678901234567890,"f":1.5,"list":[{"n":2}],"s":"x","z":null}},
		"home":"/in/","root":"/tenants/acme",
		"permissions":[{"path":"/in/**","allow":["list","write"]},{"path":"/","allow":[]}],
		"vars":{"region":"eu"},
		"limits":{"sessions":3,"idle_seconds":300,"bytes_per_second":5000000,"max_file_bytes":1073741824},
		"greeting":"Welcome,\tAlice\r\n\r\n\u001b[31mred\u0007","cache_seconds":null}`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Principal{
		ID: "9007199254740993", Name: "Alice", Tenant: "7", Groups: []string{"ops", "12"},
		Claims: map[string]any{
			"n": int64(9007199254740993), "big": stdjson.Number("123456789012345678901234567890"), "f": 1.5,
			"list": []any{map[string]any{"n": int64(2)}}, "s": "x", "z": nil,
		},
		Home: "/in", Root: "/tenants/acme",
		Permissions: []Rule{{"/in/**", []string{"list", "write"}}, {"/", []string{}}},
		Vars:        map[string]any{"region": "eu"},
		Limits:      Limits{Sessions: 3, Idle: 5 * time.Minute, BytesPerSecond: 5000000, MaxFileBytes: 1 << 30},
		Greeting:    "Welcome, Alice\n[31mred",
		Methods:     []string{"pwd"},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
}

func TestShortAnswerUsesTheNameTyped(t *testing.T) {
	p, err := decide(t, `{"decision":"allow","user":null,"permissions":null,"limits":null,"token":null,"home":null}`)
	if err != nil || p.ID != "alice" || p.Name != "alice" || p.Home != "/" || p.Root != "/" || p.Permissions != nil || p.Token != nil {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestEmptyPermissionsAreKept(t *testing.T) {
	p, err := decide(t, `{"decision":"allow","permissions":[]}`)
	if err != nil || p.Permissions == nil || len(p.Permissions) != 0 {
		t.Errorf("permissions %#v, %v; want an empty list, which forbids everything", p, err)
	}
}

func TestAnswerToken(t *testing.T) {
	a, err := parseAnswer([]byte(`{"decision":"allow","token":{"value":"abc","expires_in":900}}`))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	p, err := a.principal(alice(), now)
	if err != nil || *p.Token != (Token{"Bearer", "abc", now.Add(15 * time.Minute)}) {
		t.Errorf("token %+v, %v", p, err)
	}
}

func TestHostileAnswersAreBroken(t *testing.T) {
	for _, member := range []string{
		`"home":"in"`, `"home":"/../etc"`, `"home":"/a\u0000"`, `"root":"../x"`, `"root":"/a/../../b"`, `"root":"/a\nb"`,
		`"root":7`,
		`"permissions":[{"path":"/a","allow":["fly"]}]`, `"permissions":[{"path":"a","allow":["list"]}]`,
		`"permissions":[{"path":"/a/../b","allow":[]}]`, `"permissions":[{"path":"/a**","allow":[]}]`,
		`"permissions":[{"path":"/a//b","allow":[]}]`, `"permissions":[{"path":"/a\r\n","allow":[]}]`,
		`"permissions":[{"allow":["list"]}]`, `"permissions":{"/":"list"}`,
		`"limits":{"sessions":-1}`, `"limits":{"idle_seconds":-1}`, `"limits":{"idle_seconds":9223372036854775807}`,
		`"limits":{"max_file_bytes":1e99}`, `"limits":{"bytes_per_second":-5}`,
		`"token":{"value":""}`, `"token":{"value":"a\r\nX: y"}`, `"token":{"type":"Be arer","value":"x"}`,
		`"token":{"value":"x","expires_in":-1}`,
		`"cache_seconds":-1`, `"user":{"id":1.5}`, `"user":{"id":{}}`, `"user":{"groups":"ops"}`, `"user":{"id":true}`,
		`"greeting":["x"]`,
	} {
		_, err := decide(t, `{"decision":"allow",`+member+`}`)
		if got := outcome(err); got != "could not ask" {
			t.Errorf("%s: %s, want a broken answer", member, got)
		}
	}
}

func TestGreetingIsBounded(t *testing.T) {
	got := cleanGreeting(strings.Repeat(strings.Repeat("é", 500)+"\n", 100))
	lines := strings.Split(got, "\n")
	if len(lines) != maxGreetingLines || lines[0] != strings.Repeat("é", maxGreetingLine) {
		t.Errorf("%d lines of %d bytes", len(lines), len(lines[0]))
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"decision":"allow","user":{"id":1},"permissions":[{"path":"/**","allow":["list"]}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		p, err := decide(t, body)
		if err != nil {
			return
		}
		if p.ID == "" || p.Home[0] != '/' || p.Root[0] != '/' || p.Limits.Sessions < 0 || !printable(strings.ReplaceAll(p.Greeting, "\n", "")) {
			t.Errorf("%q let in as %+v", body, p)
		}
	})
}
