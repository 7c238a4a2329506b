package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// staticFile is the password file.
type staticFile struct {
	Users []staticEntry `yaml:"users"`
}

type staticEntry struct {
	Name string `yaml:"name"`
	// Password is a hash, in the form of HashPassword or of bcrypt.
	Password string         `yaml:"password"`
	ID       string         `yaml:"id"`
	Tenant   string         `yaml:"tenant"`
	Groups   []string       `yaml:"groups"`
	Claims   map[string]any `yaml:"claims"`
	Grant    grant          `yaml:",inline"`
}

// LoadStatic reads a password file. Its errors have the form file:line:column
// and repeat nothing of the file but names of fields.
func LoadStatic(file string) (*Static, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read password file: %w", err)
	}
	return NewStatic(file, data)
}

// NewStatic reads a password file from data; file is its name in errors.
//
//	users:
//	  - name: alice
//	    password: $argon2id$v=19$m=19456,t=2,p=1$…
//	    root: /tenants/acme
//	    permissions: [{path: /in/**, allow: [list, write]}]
//	    limits: {sessions: 3}
//
// The other fields are those of the login webhook's answer: id (the name if
// absent), tenant, groups, claims, home, vars and greeting.
func NewStatic(file string, data []byte) (*Static, error) {
	doc, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(file, err)
	}
	var content staticFile
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&content)
	if err != nil && !errors.Is(err, io.EOF) { // an empty file has no users
		return nil, yamlError(file, err)
	}
	s := &Static{users: make(map[string]staticUser), hashing: newHashing()}
	for i, e := range content.Users {
		u, err := e.user()
		if _, twice := s.users[e.Name]; err == nil && twice {
			err = &memberError{"name", errors.New("used twice")}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: users[%d].%w", position(file, doc, i, err), i, err)
		}
		s.users[e.Name] = u
		if s.absent == nil {
			s.absent = u.hash.dummy()
		}
	}
	if s.absent == nil {
		s.absent = argonHash{
			time: argonTime, memory: argonMemory, threads: argonThreads,
			salt: make([]byte, argonSalt), key: make([]byte, argonKey),
		}.dummy()
	}
	return s, nil
}

// user checks e. The error is a *memberError.
func (e staticEntry) user() (staticUser, error) {
	if e.Name == "" {
		return staticUser{}, &memberError{"name", errors.New("missing")}
	}
	hash, err := parseHash(e.Password)
	if err != nil {
		return staticUser{}, &memberError{"password", err}
	}
	u := staticUser{hash: hash, principal: Principal{
		ID: e.ID, Name: e.Name, Tenant: e.Tenant, Groups: e.Groups, Claims: signedNumbers(e.Claims),
	}}
	if e.ID == "" {
		u.principal.ID = e.Name
	}
	e.Grant.Vars = signedNumbers(e.Grant.Vars)
	return u, e.Grant.apply(&u.principal)
}

// signedNumbers gives whole numbers the type that Principal promises; the YAML
// library makes them unsigned.
func signedNumbers[T any](v T) T {
	switch v := any(v).(type) {
	case map[string]any:
		for k, member := range v {
			v[k] = signedNumber(member)
		}
	case []any:
		for i, item := range v {
			v[i] = signedNumber(item)
		}
	}
	return v
}

func signedNumber(v any) any {
	n, ok := v.(uint64)
	switch {
	case !ok:
		return signedNumbers(v)
	case n > math.MaxInt64:
		return json.Number(strconv.FormatUint(n, 10))
	}
	return int64(n)
}

// position says where the member that err is about stands in the file: that of
// the user if the member is absent.
func position(file string, doc *ast.File, user int, err error) string {
	paths := []string{fmt.Sprintf("$.users[%d]", user)}
	if m, ok := errors.AsType[*memberError](err); ok {
		paths = append([]string{paths[0] + "." + m.member}, paths...)
	}
	for _, text := range paths {
		p, err := yaml.PathString(text)
		if err != nil {
			continue // a member is never of a form that is no path
		}
		if node, err := p.FilterFile(doc); err == nil && node != nil {
			at := node.GetToken().Position
			return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
		}
	}
	return file
}

// yamlError gives err its position and drops the lines of the file that the
// YAML library shows, which may hold hashes. A message that quotes the file is
// kept only where the quote looks like the name of a field.
func yamlError(file string, err error) error {
	y, ok := errors.AsType[yaml.Error](err)
	if !ok || y.GetToken() == nil {
		return fmt.Errorf("%s: not a valid password file", file)
	}
	at, text := y.GetToken().Position, y.GetMessage()
	quoted := y.GetToken().Value
	if strings.Contains(text, quoted) && strings.Trim(quoted, "abcdefghijklmnopqrstuvwxyz_") != "" {
		text = "not valid here"
	}
	return fmt.Errorf("%s:%d:%d: %s", file, at.Line, at.Column, text)
}
