package httpbackend

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// maxRedirects is how many redirects of a call are followed.
const maxRedirects = 5

var (
	errRedirects = errors.New("too many redirects")
	errLoop      = errors.New("a redirect leads back to where it came from")
	errLocation  = errors.New("a redirect does not say where to")
	errDowngrade = fmt.Errorf("%w: a redirect leads from https to http", errForbidden)
)

// follows reports whether an answer is a redirect that the call wants followed. A
// request with a body is not sent to another place.
func (x *exchange) follows(s *sending, resp *http.Response) bool {
	return len(x.call.Redirects) > 0 && x.upload == nil && s.Content == nil &&
		isRedirect(resp.StatusCode) && !x.call.OK.Has(resp.StatusCode)
}

// isRedirect knows the statuses that lead elsewhere (RFC 9110, section 15.4).
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// follow goes where redirects lead and returns the first answer that is none.
func (b *Backend) follow(ctx context.Context, x *exchange, s *sending, resp *http.Response) (*http.Response, error) {
	seen := map[string]bool{s.Method + s.url: true}
	for n := 1; x.follows(s, resp); n++ {
		next, err := b.redirected(x, s, resp)
		discard(resp)
		switch {
		case err == nil && seen[next.Method+next.url]:
			err = errLoop
		case err == nil && n > maxRedirects:
			err = errRedirects
		}
		if err != nil {
			return nil, x.fail(storage.Internal, err)
		}
		s, seen[next.Method+next.url] = next, true
		if resp, err = b.attempt(ctx, x, s); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// redirected is the request that a redirect asks for. Credentials, and headers that
// may hold some, go to the server only, and not even there once the way has led past
// another place, which could choose what they are used for.
func (b *Backend) redirected(x *exchange, s *sending, resp *http.Response) (*sending, error) {
	to, err := resp.Location()
	if err != nil {
		return nil, errLocation
	}
	to.Fragment, to.RawFragment = "", ""
	if !b.up.allowed.allowsRedirect(to, x.call.Redirects) {
		return nil, fmt.Errorf("%w: a redirect leads to %s", errForbidden, oneLine(cutQuery(to.Redacted())))
	}
	if resp.Request.URL.Scheme == "https" && to.Scheme == "http" {
		return nil, errDowngrade
	}
	next := &sending{Request: s.Request, url: to.String(), own: b.up.allowed.isOwn(to), creds: s.creds}
	if next.bare = s.bare || !s.own || !next.own; next.bare {
		next.creds = nil
	}
	if method := methodAfter(resp.StatusCode, s.Method); method != s.Method {
		r := *s.Request
		r.Method = method
		next.Request = &r
	}
	return next, nil
}

// methodAfter is the method with which a redirect is followed: 303 asks for GET, and
// after a POST everyone takes 301 and 302 for it (RFC 9110, section 15.4).
func methodAfter(status int, method string) string {
	switch {
	case method == http.MethodHead:
		return method
	case status == http.StatusSeeOther,
		method == http.MethodPost && (status == http.StatusMovedPermanently || status == http.StatusFound):
		return http.MethodGet
	}
	return method
}

// harmless reports whether a header may go to a place that an answer has named: it
// says what is asked for, and not by whom.
func harmless(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Accept", "Accept-Encoding", "Accept-Language", "Range":
		return true
	}
	return strings.HasPrefix(http.CanonicalHeaderKey(name), "If-")
}
