package config

// Credential is what the bridge shows to the storage service. Of the groups, only
// that of Kind is filled.
type Credential struct {
	Kind           CredentialKind
	Static         StaticCredential
	Basic          BasicCredential
	LoginPassword  LoginPassword
	SigV4          SigV4
	AzureSharedKey AzureSharedKey
	AzureSAS       AzureSAS
	OAuth          OAuth // CredentialClientCredentials and CredentialTokenExchange
	Google         GoogleServiceAccount
}

// CredentialKind says where a credential comes from.
type CredentialKind string

// The kinds of credentials.
const (
	CredentialNone              CredentialKind = "none"
	CredentialSessionJWT        CredentialKind = "session-jwt"    // signed by the bridge
	CredentialSessionToken      CredentialKind = "session-token"  // came with the login
	CredentialLoginPassword     CredentialKind = "login-password" // what the user typed
	CredentialStatic            CredentialKind = "static"         // the same for all sessions
	CredentialBasic             CredentialKind = "basic"
	CredentialSigV4             CredentialKind = "sigv4"
	CredentialAzureSharedKey    CredentialKind = "azure_shared_key"
	CredentialAzureSAS          CredentialKind = "azure_sas"
	CredentialClientCredentials CredentialKind = "client_credentials"
	CredentialTokenExchange     CredentialKind = "token_exchange"
	CredentialGoogle            CredentialKind = "google_service_account"
)

// StaticCredential is a fixed value. Without a header and a query parameter it is a
// bearer token.
type StaticCredential struct {
	Header string // or
	Query  string
	Value  Secret
}

// BasicCredential is a fixed user of HTTP Basic.
type BasicCredential struct {
	User     string
	Password Secret
}

// LoginPassword says how the password of the login is shown.
type LoginPassword struct {
	As LoginPasswordForm // empty: LoginAsBasic
}

// LoginPasswordForm is a form of the password of the login.
type LoginPasswordForm string

// The forms.
const (
	LoginAsBasic  LoginPasswordForm = "basic"  // with the user's name
	LoginAsBearer LoginPasswordForm = "bearer" // where users log in with tokens
)

// SigV4 has the keys for AWS Signature Version 4.
type SigV4 struct {
	AccessKey, SecretKey Secret
	SessionToken         Secret // may be empty
	Region, Service      string
}

// AzureSharedKey is the key of an Azure Storage account.
type AzureSharedKey struct {
	Account string
	Key     Secret // base64
}

// AzureSAS is a shared access signature of Azure Storage.
type AzureSAS struct {
	Token Secret
}

// OAuth says how an OAuth 2.0 server is asked for tokens.
type OAuth struct {
	TokenURL     string
	ClientID     string // may be empty for CredentialTokenExchange
	ClientSecret Secret // may be empty
	Scopes       []string
	Audience     string // may be empty
	CA           string // name of a PEM file; empty: the system's authorities
	InsecureHTTP bool   // allow plain http beyond this machine
}

// GoogleServiceAccount is the key of a service account of Google Cloud.
type GoogleServiceAccount struct {
	KeyFile string
	Scopes  []string // may be empty
}
