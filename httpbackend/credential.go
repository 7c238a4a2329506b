package httpbackend

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Credential proves to the upstream who is calling. It is used concurrently.
type Credential interface {
	// Apply adds the credential to a request that is about to be sent. Its error
	// says that there is none to be had now, or with ErrLoginExpired that this
	// session will have none any more; the request is then not sent.
	Apply(ctx context.Context, r *http.Request) error
}

// Refresher is a Credential that can be replaced when the upstream refuses it.
type Refresher interface {
	Credential
	// Refresh is called after a 401; the request is repeated once if that loses
	// nothing. ErrLoginExpired says that the credential is the user's own and the
	// session must end; any other error that the bridge has no better one.
	Refresh(ctx context.Context) error
}

// ErrLoginExpired is the error of a Refresher whose credential came with the login
// and is no longer accepted.
var ErrLoginExpired = errors.New("the credential of the login is no longer accepted")

// errNoCredential is the error of a call for which the caller lacks a credential.
var errNoCredential = errors.New("no credential")

// choose returns the first alternative of a security requirement whose schemes
// are all there; none is needed where there is no requirement.
func choose(security [][]string, has func(scheme string) bool) ([]string, bool) {
	if len(security) == 0 {
		return nil, true
	}
	for _, schemes := range security {
		met := true
		for _, s := range schemes {
			met = met && has(s)
		}
		if met {
			return schemes, true
		}
	}
	return nil, false
}

// describe names the schemes of a requirement, as in "bearer or (key and mtls)".
func describe(security [][]string) string {
	var alternatives []string
	for _, schemes := range security {
		s := strings.Join(schemes, " and ")
		if len(schemes) > 1 {
			s = "(" + s + ")"
		}
		alternatives = append(alternatives, s)
	}
	return strings.Join(alternatives, " or ")
}

// credentials returns what the operation needs.
func (c Caller) credentials(security [][]string) ([]Credential, bool) {
	schemes, ok := choose(security, func(s string) bool { return c.Credentials[s] != nil })
	var creds []Credential
	for _, s := range schemes {
		creds = append(creds, c.Credentials[s])
	}
	return creds, ok
}

// refresh replaces the credentials that a 401 has refused. It reports
// ErrLoginExpired, or whether there is anything new to try.
func refresh(ctx context.Context, creds []Credential) (renewed bool, err error) {
	for _, c := range creds {
		r, ok := c.(Refresher)
		if !ok {
			continue
		}
		switch err := r.Refresh(ctx); {
		case errors.Is(err, ErrLoginExpired):
			return false, ErrLoginExpired
		case err == nil:
			renewed = true
		}
	}
	return renewed, nil
}
