package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	// secretPrefix marks a secret in base64 (Standard Webhooks).
	secretPrefix = "whsec_"
	// minSecret is the shortest secret, in bytes: what 128 bits need.
	minSecret = 16
)

// signer signs what is sent to a webhook after Standard Webhooks. It signs with
// every secret, so that a receiver may change to a new one at any time.
type signer struct {
	secrets [][]byte
}

func newSigner(secrets []string) (signer, error) {
	if len(secrets) == 0 {
		return signer{}, errors.New("none given")
	}
	var s signer
	for _, text := range secrets {
		secret := []byte(text)
		if b64, ok := strings.CutPrefix(text, secretPrefix); ok {
			var err error
			if secret, err = base64.StdEncoding.DecodeString(b64); err != nil {
				// The cause would say where in the secret the fault is.
				return signer{}, errors.New("not base64 after whsec_")
			}
		}
		if len(secret) < minSecret {
			return signer{}, errors.New("shorter than 16 bytes")
		}
		s.secrets = append(s.secrets, secret)
	}
	return s, nil
}

// headers returns the signature headers of one attempt to send body.
func (s signer) headers(now time.Time, body []byte) map[string]string {
	id, timestamp := "msg_"+rand.Text(), strconv.FormatInt(now.Unix(), 10)
	sigs := make([]string, len(s.secrets))
	for i, secret := range s.secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(body)
		sigs[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return map[string]string{
		"webhook-id":        id,
		"webhook-timestamp": timestamp,
		"webhook-signature": strings.Join(sigs, " "),
	}
}
