package token

import (
	"net/http"
	"strconv"
)

// Where services look for the documents of an issuer: RFC 8615 and OpenID
// Connect Discovery 1.0, section 4.
const (
	KeysPath          = "/.well-known/jwks.json"
	ConfigurationPath = "/.well-known/openid-configuration"
)

// cacheFor is how long services may keep a document: the time that a next key
// must be published before it signs.
const cacheFor = "public, max-age=300"

// configuration is the least that makes Spring's issuer-uri and Ktor's JWT
// plug-in work. The bridge gives out no tokens on request, so it names no
// endpoint for that.
type configuration struct {
	Issuer        string   `json:"issuer"`
	Keys          string   `json:"jwks_uri"`
	ResponseTypes []string `json:"response_types_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
}

func (s *Signer) configuration() configuration {
	return configuration{
		Issuer: s.issuer, Keys: s.issuer + KeysPath,
		ResponseTypes: []string{"token"}, SubjectTypes: []string{"public"}, Algorithms: []string{"ES256"},
	}
}

// Keys serves the public keys as a JSON Web Key Set (RFC 7517), at KeysPath.
func (s *Signer) Keys() http.Handler { return document("application/jwk-set+json", s.keySet) }

// Configuration serves the issuer's metadata, at ConfigurationPath.
func (s *Signer) Configuration() http.Handler { return document("application/json", s.config) }

func document(mediaType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", mediaType)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		h.Set("Cache-Control", cacheFor)
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // a reader that left is no fault of ours
		}
	})
}
