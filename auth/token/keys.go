package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
)

var (
	errNoPEM = errors.New("no key in PEM")
	errCurve = errors.New("not an ECDSA key on P-256")
)

// keyBlock finds the first PEM block that can hold a key. Tools put the
// parameters of the curve, or comments, before it.
func keyBlock(text []byte) (*pem.Block, error) {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return nil, errNoPEM
		}
		if block.Type != "EC PARAMETERS" {
			return block, nil
		}
	}
}

// parsePrivate reads a private key. No error of it repeats anything of the key.
func parsePrivate(text []byte) (*ecdsa.PrivateKey, error) {
	block, err := keyBlock(text)
	if err != nil {
		return nil, err
	}
	return privateKey(block)
}

func privateKey(block *pem.Block) (*ecdsa.PrivateKey, error) {
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return nil, errors.New("not a PKCS #8 or SEC 1 private key in clear")
	}
	if err != nil {
		return nil, errors.New("damaged private key")
	}
	if ec, ok := key.(*ecdsa.PrivateKey); ok && ec.Curve == elliptic.P256() {
		return ec, nil
	}
	return nil, errCurve
}

// parsePublic reads a public key, or the public half of a private one, so that
// the file of the next key can be named before it is used.
func parsePublic(text []byte) (*ecdsa.PublicKey, error) {
	block, err := keyBlock(text)
	if err != nil {
		return nil, err
	}
	if block.Type != "PUBLIC KEY" {
		key, err := privateKey(block)
		if err != nil {
			return nil, err
		}
		return &key.PublicKey, nil
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("damaged public key")
	}
	if ec, ok := key.(*ecdsa.PublicKey); ok && ec.Curve == elliptic.P256() {
		return ec, nil
	}
	return nil, errCurve
}

// jwk is a public key in JSON (RFC 7517; RFC 7518, section 6.2).
type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	Y         string `json:"y"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
}

func newJWK(key *ecdsa.PublicKey) (jwk, error) {
	point, err := key.Bytes() // 4, X, Y: SEC 1, section 2.3.3
	if err != nil {
		return jwk{}, fmt.Errorf("encode public key: %w", err)
	}
	const size = 32 // bytes of a coordinate on P-256
	b64 := base64.RawURLEncoding
	k := jwk{
		KeyType: "EC", Curve: "P-256", Use: "sig", Algorithm: "ES256",
		X: b64.EncodeToString(point[1 : 1+size]), Y: b64.EncodeToString(point[1+size:]),
	}
	// RFC 7638, section 3: the required members in the order of their names.
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, k.X, k.Y))
	k.KeyID = b64.EncodeToString(sum[:])
	return k, nil
}

// publish writes the documents that services read, keys[0] being the one that
// signs.
func (s *Signer) publish(keys []*ecdsa.PublicKey) error {
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	seen := make(map[string]bool)
	for i, key := range keys {
		k, err := newJWK(key)
		if err != nil {
			return err
		}
		if i == 0 {
			s.keyID = k.KeyID
		}
		if !seen[k.KeyID] {
			set.Keys = append(set.Keys, k)
		}
		seen[k.KeyID] = true
	}
	var err error
	if s.keySet, err = json.Marshal(set); err != nil {
		return fmt.Errorf("encode key set: %w", err)
	}
	if s.config, err = json.Marshal(s.configuration()); err != nil {
		return fmt.Errorf("encode configuration: %w", err)
	}
	return nil
}
