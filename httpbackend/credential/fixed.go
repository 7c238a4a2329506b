package credential

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/ftpbridge/bridge/httpbackend"
)

var (
	_ httpbackend.Credential = (*Basic)(nil)
	_ httpbackend.Credential = (*Header)(nil)
	_ httpbackend.Credential = (*Query)(nil)
)

// errControl is the error of a value that no header can carry.
var errControl = errors.New("holds a control character")

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Basic shows a user and a password (RFC 7617).
type Basic struct {
	masked
	user     string
	password *string
}

// NewBasic fails if the user or the password is one that Basic cannot carry: a
// colon in the user, or control characters.
func NewBasic(user, password string) (*Basic, error) {
	switch {
	case strings.Contains(user, ":"):
		return nil, errors.New("basic: user: holds a colon")
	case hasControl(user):
		return nil, errors.New("basic: user: " + errControl.Error())
	case hasControl(password):
		return nil, errors.New("basic: password: " + errControl.Error())
	}
	return &Basic{user: user, password: &password}, nil
}

// Apply implements httpbackend.Credential.
func (b *Basic) Apply(_ context.Context, r *http.Request) error {
	r.SetBasicAuth(b.user, *b.password)
	return nil
}

// Header shows a fixed value in a header, such as an API key.
type Header struct {
	masked
	name  string
	value *string
}

// NewHeader fails if there is no name, or if no header can carry the value.
func NewHeader(name, value string) (*Header, error) {
	switch {
	case name == "":
		return nil, errors.New("header: no name")
	case hasControl(value):
		return nil, errors.New("header " + name + ": value: " + errControl.Error())
	}
	return &Header{name: name, value: &value}, nil
}

// NewBearer is NewHeader for a bearer token (RFC 6750, section 2.1).
func NewBearer(token string) (*Header, error) { return NewHeader("Authorization", "Bearer "+token) }

// Apply implements httpbackend.Credential.
func (h *Header) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set(h.name, *h.value)
	return nil
}

// Query shows fixed parameters in the query of the URL.
type Query struct {
	masked
	parameters *string // encoded
}

// NewQuery shows value in the parameter of that name, such as an API key.
func NewQuery(name, value string) (*Query, error) {
	if name == "" {
		return nil, errors.New("query: no name of a parameter")
	}
	return &Query{parameters: new(url.Values{name: {value}}.Encode())}, nil
}

// NewSAS shows a shared access signature of Azure Storage: several parameters,
// written as a query, with or without the question mark before it.
func NewSAS(token string) (*Query, error) {
	token = strings.TrimPrefix(token, "?")
	// Nothing in one is a space: a "+" is one of base64 that was not encoded.
	parameters, err := url.ParseQuery(strings.ReplaceAll(token, "+", "%2B"))
	if err != nil || !parameters.Has("sig") {
		return nil, errors.New("shared access signature: not a query with the parameter sig")
	}
	return &Query{parameters: new(parameters.Encode())}, nil
}

// Apply implements httpbackend.Credential.
func (q *Query) Apply(_ context.Context, r *http.Request) error {
	if r.URL.RawQuery != "" {
		r.URL.RawQuery += "&"
	}
	r.URL.RawQuery += *q.parameters
	return nil
}
