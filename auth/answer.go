package auth

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// answer is what a login webhook says. Unknown members are ignored; names are
// matched exactly and must not be repeated, so that no two readers of one
// answer can see different decisions.
type answer struct {
	Decision string       `json:"decision"`
	Reason   string       `json:"reason"`
	User     answerUser   `json:"user"`
	Token    *answerToken `json:"token"`
	Cache    int64        `json:"cache_seconds"`

	Grant grant `json:",embed"`
}

type answerUser struct {
	ID     exactText      `json:"id"`
	Name   string         `json:"name"`
	Tenant exactText      `json:"tenant"`
	Groups []exactText    `json:"groups"`
	Claims map[string]any `json:"claims"`
}

type answerToken struct {
	Type      string `json:"type"`
	Value     string `json:"value"`
	ExpiresIn int64  `json:"expires_in"`
}

const (
	// maxCache bounds how long an answer is believed, whatever it says.
	maxCache = time.Hour
	// maxReason is the longest reason kept for the log, in characters.
	maxReason = 200
)

// parseAnswer decodes the body of a 200. An empty one is a refusal: a service
// that was forgotten, or a proxy in front of it, must let no one in.
//
// No error repeats anything of the body, which may echo the password.
func parseAnswer(body []byte) (*answer, error) {
	if len(body) == 0 {
		return nil, fmt.Errorf("%w: empty answer", ErrDenied)
	}
	var a answer
	err := json.Unmarshal(body, &a, json.WithUnmarshalers(json.UnmarshalFromFunc(exactNumber)))
	if syn, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return nil, fmt.Errorf("answer is not JSON at byte %d", syn.ByteOffset)
	}
	if sem, ok := errors.AsType[*json.SemanticError](err); ok {
		return nil, fmt.Errorf("answer has a member of the wrong type at byte %d", sem.ByteOffset)
	}
	if err != nil {
		return nil, errors.New("answer could not be decoded")
	}
	return &a, nil
}

// principal turns a decision into the result of Authenticate.
func (a *answer) principal(c Credentials, now time.Time) (*Principal, error) {
	switch a.Decision {
	case "allow":
		return a.allowed(c, now)
	case "need_account":
		if c.Account == "" {
			return nil, ErrNeedAccount
		}
		return nil, fmt.Errorf("%w: account not accepted", ErrDenied)
	case "deny":
		if reason := a.reason(c); reason != "" {
			return nil, fmt.Errorf("%w: %s", ErrDenied, reason)
		}
		return nil, ErrDenied
	case "":
		return nil, fmt.Errorf("%w: answer without a decision", ErrDenied)
	}
	return nil, errors.New("answer has an unknown decision")
}

// reason returns why the user was refused, for the log; empty if it repeats a
// secret.
func (a *answer) reason(c Credentials) string {
	for _, secret := range []string{c.Password, c.Account} {
		if secret != "" && strings.Contains(a.Reason, secret) {
			return ""
		}
	}
	return cleanLine(a.Reason, maxReason)
}

func (a *answer) allowed(c Credentials, now time.Time) (*Principal, error) {
	p := &Principal{
		ID: string(a.User.ID), Name: a.User.Name, Tenant: string(a.User.Tenant),
		Claims: a.User.Claims, Methods: c.methods(),
	}
	if p.ID == "" {
		p.ID = c.User
	}
	if p.Name == "" {
		p.Name = c.User
	}
	for _, g := range a.User.Groups {
		p.Groups = append(p.Groups, string(g))
	}
	if err := a.Grant.apply(p); err != nil {
		return nil, fmt.Errorf("answer is not valid: %w", err)
	}
	if a.Cache < 0 {
		return nil, errors.New("answer is not valid: cache_seconds: negative")
	}
	var err error
	if p.Token, err = a.Token.token(now); err != nil {
		return nil, fmt.Errorf("answer is not valid: token: %w", err)
	}
	return p, nil
}

// token checks that t can be sent in an Authorization header (RFC 9110,
// section 11.6.2; RFC 6750, section 2.1).
func (t *answerToken) token(now time.Time) (*Token, error) {
	if t == nil {
		return nil, nil
	}
	kind := t.Type
	if kind == "" {
		kind = "Bearer"
	}
	switch {
	case t.Value == "" || strings.ContainsFunc(t.Value, notVisible):
		return nil, errors.New("value: empty, or not visible ASCII")
	case strings.ContainsFunc(kind, notSchemeChar):
		return nil, errors.New("type: not the name of a scheme")
	case t.ExpiresIn < 0 || t.ExpiresIn > maxSeconds:
		return nil, errors.New("expires_in: out of range")
	}
	tok := &Token{Type: kind, Value: t.Value}
	if t.ExpiresIn > 0 {
		tok.Expires = now.Add(time.Duration(t.ExpiresIn) * time.Second)
	}
	return tok, nil
}

func notVisible(r rune) bool { return r <= ' ' || r > '~' }

func notSchemeChar(r rune) bool {
	return notVisible(r) || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// cacheFor is how long the answer may be used again.
func (a *answer) cacheFor() time.Duration {
	return time.Duration(min(a.Cache, int64(maxCache/time.Second))) * time.Second
}

// exactText is an identifier that services write as a string or as a whole
// number; a number keeps all its digits.
type exactText string

// UnmarshalJSONFrom reads a string, a whole number or null.
func (t *exactText) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case '"', '0', 'n':
	default:
		return errors.New("not a string or a whole number")
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if tok.Kind() == 'n' {
		return nil
	}
	if tok.Kind() == '0' && strings.ContainsAny(tok.String(), ".eE") {
		return errors.New("not a whole number")
	}
	*t = exactText(tok.String())
	return nil
}

// exactNumber decodes a number among values of any type: as int64 where it is
// whole and fits, as json.Number where it is whole and does not, else as float64.
func exactNumber(dec *jsontext.Decoder, v *any) error {
	if dec.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	text := tok.String()
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		*v = n
		return nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, ".eE") {
		*v = f
		return nil
	}
	*v = stdjson.Number(text)
	return nil
}
