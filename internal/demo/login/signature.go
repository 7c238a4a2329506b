package login

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// tolerance is how old, or how far ahead, a request may be: what Standard
	// Webhooks advises against replay.
	tolerance = 5 * time.Minute
	// minSecret is the shortest secret in bytes (Standard Webhooks asks for 24 to 64).
	minSecret = 24
)

// parseSecret reads "whsec_" and base64. The error does not repeat the text.
func parseSecret(text string) ([]byte, error) {
	enc, ok := strings.CutPrefix(text, "whsec_")
	if !ok {
		return nil, errors.New(`login: Secret does not begin with "whsec_"`)
	}
	secret, err := base64.StdEncoding.DecodeString(enc)
	if err != nil {
		return nil, errors.New("login: Secret is not base64")
	}
	if len(secret) < minSecret {
		return nil, errors.New("login: Secret is shorter than 24 bytes")
	}
	return secret, nil
}

// verify checks the signature of a request after Standard Webhooks: HMAC-SHA256
// of "id.timestamp.body". During a rotation there are several; one must be right.
func verify(secret []byte, h http.Header, body []byte, now time.Time) error {
	id, stamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	if id == "" || stamp == "" {
		return errors.New("no webhook-id or webhook-timestamp")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp is not a number")
	}
	if now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return errors.New("webhook-timestamp is too far from now")
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for s := range strings.FieldsSeq(h.Get("webhook-signature")) {
		enc, ok := strings.CutPrefix(s, "v1,")
		if !ok { // another version, as v1a for Ed25519
			continue
		}
		if got, err := base64.StdEncoding.DecodeString(enc); err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return errors.New("no signature matches")
}
