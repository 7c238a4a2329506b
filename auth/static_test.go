package auth

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// cheapArgon is an argon2id hash of password at the lowest cost.
func cheapArgon(password string) string {
	h := argonHash{time: 1, memory: 8, threads: 1, salt: []byte("saltsaltsalt")}
	h.key = h.derive(password, argonKey)
	return h.String()
}

func cheapBcrypt(t *testing.T, password string) string {
	t.Helper()
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(h)
}

func TestStaticAuthenticates(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.yaml")
	text := "users:\n- {name: ann, password: \"" + cheapArgon("one") + "\"}\n- {name: bob, password: \"" + cheapBcrypt(t, "two") + "\"}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := LoadStatic(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method         Method
		user, password string
		want           string
	}{
		{MethodPassword, "ann", "one", "allow"},
		{MethodPassword, "ann", "two", "deny"},
		{MethodPassword, "ann", "", "deny"},
		{MethodPassword, "bob", "two", "allow"},
		{MethodPassword, "bob", "one", "deny"},
		{MethodPasswordAndCertificate, "bob", "two", "allow"},
		{MethodPassword, "Ann", "one", "not mine"},
		{MethodPassword, "", "", "not mine"},
		{MethodCertificate, "ann", "", "not mine"},
		{MethodAnonymous, "ann", "one", "not mine"},
	} {
		p, err := s.Authenticate(t.Context(), Credentials{Method: c.method, User: c.user, Password: c.password})
		if got := outcome(err); got != c.want {
			t.Errorf("%s %s %q: %s, want %s", c.method, c.user, c.password, got, c.want)
		}
		if err == nil && (p.ID != c.user || p.Name != c.user || p.Home != "/" || p.Root != "/" || p.Methods == nil) {
			t.Errorf("%s: principal %+v", c.user, p)
		}
	}
}

func TestStaticPrincipal(t *testing.T) {
	s, err := NewStatic("users.yaml", []byte(`
users:
  - name: alice
    password: `+cheapArgon("x")+`
    id: u-17
    tenant: acme
    groups: [ops]
    claims: {plan: gold, n: 9007199254740993, list: [1, {m: 2}]}
    home: /in
    root: /tenants/acme
    permissions:
      - {path: /in/**, allow: [list, write]}
    vars: {region: eu}
    limits: {sessions: 3, idle_seconds: 300, bytes_per_second: 5000000, max_file_bytes: 1073741824}
    greeting: |
      Welcome,
      Alice
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Authenticate(t.Context(), Credentials{Method: MethodPassword, User: "alice", Password: "x"})
	want := &Principal{
		ID: "u-17", Name: "alice", Tenant: "acme", Groups: []string{"ops"},
		Claims: map[string]any{"plan": "gold", "n": int64(9007199254740993), "list": []any{int64(1), map[string]any{"m": int64(2)}}},
		Home:   "/in", Root: "/tenants/acme", Permissions: []Rule{{"/in/**", []string{"list", "write"}}},
		Vars:     map[string]any{"region": "eu"},
		Limits:   Limits{Sessions: 3, Idle: 5 * time.Minute, BytesPerSecond: 5000000, MaxFileBytes: 1 << 30},
		Greeting: "Welcome,\nAlice", Methods: []string{"pwd"},
	}
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("got  %+v, %v\nwant %+v", p, err, want)
	}
}

func TestStaticErrorsNameTheirPlace(t *testing.T) {
	good := cheapArgon("x")
	for _, c := range []struct{ text, want string }{
		{"users:\n- name: a\n  password: hunter2-secret\n", "f.yaml:3:13: users[0].password: not an argon2id"},
		{"users:\n- name: a\n  password: " + good + "\n- name: a\n  password: " + good + "\n", "f.yaml:4:9: users[1].name: used twice"},
		{"users:\n- password: " + good + "\n", "f.yaml:2:11: users[0].name: missing"},
		{"users:\n- name: a\n  pasword: hunter2-secret\n", "f.yaml:3:3: unknown field \"pasword\""},
		{"users:\n- name: a\n  password: " + good + "\n  limits: {sessions: -1}\n", "f.yaml:4:22: users[0].limits.sessions: out of range"},
		{"users:\n- name: a\n  password: " + good + "\n  limits: {sessions: hunter2-secret}\n", "f.yaml:4:22:"},
		{"users:\n- name: a\n  password: " + good + "\n  home: in\n", "f.yaml:4:9: users[0].home"},
		{"users:\n- name: a\n  password: " + good + "\n  permissions:\n  - path: /a\n    allow: [fly]\n", "f.yaml:5:9: users[0].permissions[0]: allow: unknown action"},
		{"users:\n- {name: a, password: " + good + "}\n", "f.yaml:2:"},
		{"users: [", "f.yaml:1:8:"},
		{"users: hunter2-secret\n", "f.yaml:1:8:"},
		{"users:\n- name: a\n  name: b\n", "f.yaml:3:3:"},
	} {
		_, err := NewStatic("f.yaml", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", c.text, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "c2FsdHNhbHRzYWx0")) {
			t.Errorf("error repeats a secret: %v", err)
		}
	}
	if _, err := LoadStatic(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
}

func TestStaticWithoutUsers(t *testing.T) {
	for _, text := range []string{"", "users: []\n", "# none yet\n"} {
		s, err := NewStatic("f", []byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, err := s.Authenticate(t.Context(), alice()); outcome(err) != "not mine" {
			t.Errorf("%q: %v, want not mine", text, err)
		}
	}
}

func TestHashingWaitsItsTurn(t *testing.T) {
	h := make(hashing, 1)
	h <- struct{}{} // someone else computes
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.matches(ctx, bcryptHash(""), "x"); outcome(err) != "could not ask" || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestHashPassword(t *testing.T) {
	text, err := HashPassword("correct horse")
	if err != nil || !strings.HasPrefix(text, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("HashPassword = %q, %v", text, err)
	}
	h, err := parseHash(text)
	if err != nil || !h.matches("correct horse") || h.matches("correct hors") || h.dummy().matches("correct horse") {
		t.Errorf("hash %s does not hold: %v", text, err)
	}
	if _, err := HashPassword(""); err == nil {
		t.Error("an empty password was hashed")
	}
}

// Hashes made by others: the reference implementation of Argon2 and the
// crypt_blowfish of Openwall.
func TestForeignHashes(t *testing.T) {
	for _, c := range []struct{ password, hash string }{
		{"password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
		{"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
		{"U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
	} {
		h, err := parseHash(c.hash)
		if err != nil || !h.matches(c.password) || h.matches(c.password+"x") || h.dummy().matches(c.password) {
			t.Errorf("%s does not match %q alone (%v)", c.hash, c.password, err)
		}
	}
}

func TestHashCostsAreBounded(t *testing.T) {
	const tail = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, text := range []string{
		"", "plain", "$1$abc", "$argon2i$v=19$m=64,t=2,p=1" + tail, "$argon2id$m=64,t=2,p=1" + tail,
		"$argon2id$v=16$m=64,t=2,p=1" + tail, "$argon2id$v=19$m=4294967296,t=2,p=1" + tail,
		"$argon2id$v=19$m=262145,t=2,p=1" + tail, "$argon2id$v=19$m=64,t=0,p=1" + tail,
		"$argon2id$v=19$m=64,t=17,p=1" + tail, "$argon2id$v=19$m=64,t=2,p=0" + tail,
		"$argon2id$v=19$m=64,t=2,p=17" + tail, "$argon2id$v=19$m=64,t=2,p=256" + tail,
		"$argon2id$v=19$m=64,t=2,p=9" + tail, "$argon2id$v=19$m=64,t=2,p=1,x=1" + tail,
		"$argon2id$v=19$m=64,t=2,p=1$$", "$argon2id$v=19$m=64,t=2,p=1$c29t$c29t", "$argon2id$v=19$m=64,t=2,p=1" + tail + "=",
		"$2b$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWxx",
		"$2b$05$C",
	} {
		if _, err := parseHash(text); err == nil {
			t.Errorf("%q is taken for a hash", text)
		}
	}
}
