package config

import (
	"slices"
	"strings"
)

// credentials takes keys of the user's choosing: a credential's name is the
// security scheme of the API document that it satisfies, or what the mapping's
// auth: says. Each is a word or one of the groups.
func (s schema) credentials(all *map[string]*Credential) *node {
	n := group("credentials", "What is shown to the service, by security scheme of its API document, or as the mapping's auth: says.")
	n.placeholder = "<name>"
	n.entry = func(name string) *node {
		var c Credential
		e := group(name, "session-jwt: a token signed by the bridge; session-token: the one that came with the login; "+
			"login-password: the login's user and password; none. A mapping's auth: may name session-jwt, session-token and none without an entry here.",
			s.credentialForms(&c)...)
		e.value = credentialWord(&c)
		e.use = func() {
			if *all == nil {
				*all = make(map[string]*Credential)
			}
			(*all)[name] = &c
		}
		return e
	}
	return n
}

func credentialWord(c *Credential) *value {
	words := []string{string(CredentialSessionJWT), string(CredentialSessionToken), string(CredentialLoginPassword), string(CredentialNone)}
	v := parsed(strings.Join(words, " | "), &c.Kind, "", func(word string) (CredentialKind, error) {
		if !slices.Contains(words, word) {
			return "", unknownWord(word, append(words, "{static: {value: …}}"))
		}
		return CredentialKind(word), nil
	})
	v.words = words
	v.private = true // the credential itself may stand there
	return v
}

func (s schema) credentialForms(c *Credential) []*node {
	forms := []*node{
		group(string(CredentialStatic), "The same credential for all sessions.",
			key("header", "The header that carries the value. Without it and query, Authorization: Bearer and the value.", headerName(&c.Static.Header)),
			key("query", "The query parameter that carries the value, in place of a header.", text(&c.Static.Query, "")),
			key("value", "The credential.", must(secret(&c.Static.Value, s.dir)))),
		group(string(CredentialBasic), "One user for all sessions, by HTTP Basic.",
			key("user", "The user.", must(text(&c.Basic.User, ""))),
			key("password", "The password.", must(secret(&c.Basic.Password, s.dir)))),
		group("login_password", "What the user has logged in with.",
			key("as", "basic: HTTP Basic, with the user's name; bearer: Authorization: Bearer and the password, where users log in with tokens.",
				oneOf(&c.LoginPassword.As, LoginAsBasic, LoginAsBasic, LoginAsBearer))),
		group(string(CredentialSigV4), "AWS Signature Version 4, for S3 and the like.", s.sigV4(&c.SigV4)...),
		group(string(CredentialAzureSharedKey), "The key of an Azure Storage account, or of Azurite.",
			key("account", "The name of the account.", must(text(&c.AzureSharedKey.Account, ""))),
			key("key", "The key, in base64.", must(base64Secret(&c.AzureSharedKey.Key, s.dir)))),
		group(string(CredentialAzureSAS), "A shared access signature of Azure Storage.",
			key("token", "Its parameters, such as sv=…&sp=…&sig=…; they are added to every URL.", must(secret(&c.AzureSAS.Token, s.dir)))),
		group(string(CredentialClientCredentials), "A token of an OAuth 2.0 server for the bridge itself, shared by all sessions and renewed in time (RFC 6749, section 4.4).",
			s.oauth(&c.OAuth, must)...),
		group(string(CredentialTokenExchange), "A token of an OAuth 2.0 server for each session, in exchange for its session-jwt (RFC 8693).",
			s.oauth(&c.OAuth, func(v *value) *value { return v })...),
		group(string(CredentialGoogle), "A token of a service account of Google Cloud, shared by all sessions and renewed in time.",
			key("key_file", "The JSON file with the account's key.", must(fileName(&c.Google.KeyFile, s.dir))),
			key("scopes", "What the token is for. Without it, reading and writing objects of Cloud Storage.", scopes(&c.Google.Scopes))),
	}
	for _, f := range forms {
		f.use = func() { c.Kind = CredentialKind(f.name) }
	}
	forms[2].use = func() { c.Kind = CredentialLoginPassword } // which is a word too
	return forms
}

func (s schema) sigV4(v *SigV4) []*node {
	return []*node{
		key("access_key", "The access key id.", must(secret(&v.AccessKey, s.dir))),
		key("secret_key", "The secret access key.", must(secret(&v.SecretKey, s.dir))),
		key("session_token", "The session token of temporary keys.", secret(&v.SessionToken, s.dir)),
		key("region", "The region of the service.", text(&v.Region, "us-east-1")),
		key("service", "The service that the signatures are for.", text(&v.Service, "s3")),
	}
}

// oauth lists what both grants need. A client is needed by one of them only.
func (s schema) oauth(o *OAuth, client func(*value) *value) []*node {
	return []*node{
		key("token_url", "The token endpoint: https, or http on this machine.", must(endpointURL(&o.TokenURL))),
		key("client_id", "The client that the bridge is to the server.", client(text(&o.ClientID, ""))),
		key("client_secret", "The client's secret.", client(secret(&o.ClientSecret, s.dir))),
		key("scopes", "What the token is for; without it, the server's default.", scopes(&o.Scopes)),
		key("audience", "The service that the token is for, where the server wants to know.", text(&o.Audience, "")),
		key("ca", "PEM file with the authorities that vouch for the server, in place of the system's.", fileName(&o.CA, s.dir)),
		key("insecure_http", "Allow http to other machines: secrets cross the network in the clear.", boolean(&o.InsecureHTTP, "false")),
	}
}
