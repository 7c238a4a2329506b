package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// question is the body of a call of the login webhook.
type question struct {
	Type      string       `json:"type"`
	Timestamp string       `json:"timestamp"`
	Data      questionData `json:"data"`
}

type questionData struct {
	Session  string         `json:"session"`
	Attempt  int            `json:"attempt"`
	Method   Method         `json:"method"`
	User     string         `json:"user"`
	Password *string        `json:"password"`
	Account  *string        `json:"account"`
	Host     *string        `json:"host"`
	TLS      *questionTLS   `json:"tls"`
	Client   questionClient `json:"client"`
	Listener string         `json:"listener"`
	Instance string         `json:"instance"`
}

type questionTLS struct {
	Version     string               `json:"version"`
	Cipher      string               `json:"cipher"`
	Mode        string               `json:"mode"`
	Certificate *questionCertificate `json:"client_certificate"`
}

type questionCertificate struct {
	SHA256  string   `json:"sha256"`
	Subject string   `json:"subject"`
	SAN     []string `json:"san"`
	PEM     string   `json:"pem"`
}

type questionClient struct {
	IP      string  `json:"ip"`
	Port    uint16  `json:"port"`
	Program *string `json:"program"`
}

// newQuestion writes c down for a webhook. JSON is UTF-8: names and passwords
// in another encoding are refused, as replacing their bytes would make several
// passwords one.
func newQuestion(c Credentials, now time.Time) ([]byte, error) {
	if !utf8.ValidString(c.User) || !utf8.ValidString(c.Password) || !utf8.ValidString(c.Account) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrDenied)
	}
	d := questionData{
		Session: c.Session, Attempt: c.Attempt, Method: c.Method,
		User: c.User, Password: &c.Password,
		Account: optional(c.Account), Host: optional(c.Host), TLS: c.TLS.question(),
		Client: questionClient{
			IP:      c.Client.Addr().Unmap().WithZone("").String(),
			Port:    c.Client.Port(),
			Program: optional(c.Program),
		},
		Listener: c.Listener, Instance: c.Instance,
	}
	if c.Method == MethodCertificate {
		d.Password = nil
	}
	body, err := json.Marshal(question{Type: "ftp.login", Timestamp: now.UTC().Format(time.RFC3339), Data: d})
	if err != nil {
		return nil, fmt.Errorf("encode login: %w", err)
	}
	return body, nil
}

// optional turns what is not known into null.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	return &s
}

func (t *TLSState) question() *questionTLS {
	if t == nil {
		return nil
	}
	q := &questionTLS{Version: t.Version, Cipher: t.Cipher, Mode: t.Mode}
	if cert := t.Certificate; cert != nil {
		sum := sha256.Sum256(cert.Raw)
		q.Certificate = &questionCertificate{
			SHA256:  hex.EncodeToString(sum[:]),
			Subject: cert.Subject.String(),
			SAN:     alternativeNames(cert),
			PEM:     string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})),
		}
	}
	return q
}

func alternativeNames(cert *x509.Certificate) []string {
	names := append([]string{}, cert.DNSNames...)
	names = append(names, cert.EmailAddresses...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	for _, u := range cert.URIs {
		names = append(names, u.String())
	}
	return names
}

// traceparent starts a span of the session's trace (W3C Trace Context, section
// 3.2). The trace id is made from the session's id, so that all calls of one
// session meet in one trace without anything being kept.
func traceparent(session string) string {
	trace := sha256.Sum256([]byte(session))
	var span [8]byte
	_, _ = rand.Read(span[:]) // never fails (crypto/rand)
	span[0] |= 1              // an id of zeros is invalid
	return fmt.Sprintf("00-%x-%x-01", trace[:16], span)
}
