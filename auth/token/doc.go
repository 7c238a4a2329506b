// Package token signs the short-lived tokens by which storage services learn
// who is calling, and publishes the keys that verify them.
//
// A [Signer] holds the key. Each session takes a [Source] from it for each
// audience; a Source signs when it is first asked and again when most of its
// token's life has passed, so that a long session never sends an old token.
// [Signer.Keys] and [Signer.Configuration] are handlers for
// /.well-known/jwks.json and /.well-known/openid-configuration.
//
//	signer, err := token.NewSigner(token.Options{
//		Issuer:   "https://bridge.acme.example",
//		Instance: "bridge-1",
//		Key:      pem,
//	})
//	source := signer.Source(token.Claims{Subject: "u-17", Session: "s_1", Audience: "files"})
//	text, err := source.Token()
//
// Tokens are JWT access tokens (RFC 9068), signed with ES256. Keys rotate by
// files: a next key is published (Options.Published) before it signs, and the
// old one for a token's life after.
//
// Verifying tokens is the services' part and left out. Standards: RFC 7515,
// RFC 7517, RFC 7519, RFC 7638, RFC 9068, OpenID Connect Discovery 1.0.
package token
