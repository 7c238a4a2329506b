package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const smallest = `
ftp: {tls: {mode: off}}
auth: [{static: {file: users.yaml}}]
backend: {mapping: m.yaml}
`

func load(t *testing.T, text string, env []string, overrides map[string]string) *Config {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bridge.yaml")
	write(t, name, text)
	c, err := Load(name, env, overrides)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := load(t, smallest, nil, nil)
	if want := []string{"0.0.0.0:2121"}; !slices.Equal(c.FTP.Listen, want) {
		t.Errorf("ftp.listen: got %q, want %q", c.FTP.Listen, want)
	}
	if want := (PortRange{50000, 50099}); c.FTP.Passive.Ports != want {
		t.Errorf("ftp.passive.ports: got %v, want %v", c.FTP.Passive.Ports, want)
	}
	if c.FTP.UploadEnd != UploadEndTLS || c.FTP.Limits.Idle != 5*time.Minute || c.FTP.Limits.MaxFile != 0 {
		t.Errorf("got %q, %v, %v", c.FTP.UploadEnd, c.FTP.Limits.Idle, c.FTP.Limits.MaxFile)
	}
	if want := "http://127.0.0.1:8080"; c.Token.Issuer != want {
		t.Errorf("token.issuer: got %q, want %q", c.Token.Issuer, want)
	}
}

func TestLaterLayersWin(t *testing.T) {
	text := smallest + "admin: {listen: \"127.0.0.1:1\"}\nlog: {level: warn}\ntoken: {audience: file}\n"
	env := []string{"BRIDGE_ADMIN_LISTEN=127.0.0.1:2", "BRIDGE_LOG_LEVEL=error", "BRIDGE_FTP_LISTEN=0.0.0.0:21, [::]:21"}
	c := load(t, text, env, map[string]string{"admin.listen": "127.0.0.1:3"})
	if c.Admin.Listen != "127.0.0.1:3" || c.Log.Level != "error" || c.Token.Audience != "file" {
		t.Errorf("got %q, %q, %q; want the flag, the variable and the file", c.Admin.Listen, c.Log.Level, c.Token.Audience)
	}
	if want := []string{"0.0.0.0:21", "[::]:21"}; !slices.Equal(c.FTP.Listen, want) {
		t.Errorf("ftp.listen: got %q, want %q", c.FTP.Listen, want)
	}
}

func TestEnvironmentAlone(t *testing.T) {
	c, err := Load("", []string{
		"BRIDGE_FTP_TLS_MODE=required",
		"BRIDGE_FTP_TLS_CERT=/tls/tls.crt",
		"BRIDGE_FTP_TLS_KEY=tls.key",
		"BRIDGE_FTP_PASSIVE_ADDRESS=203.0.113.7",
		"BRIDGE_AUTH_1_STATIC_FILE=users.yaml",
		"BRIDGE_AUTH_0_WEBHOOK_URL=unix:///run/login.sock:/v1/login",
		"BRIDGE_AUTH_0_WEBHOOK_SECRET=pa$$word,${x}file:",
		"BRIDGE_BACKEND_PRESET=files",
		"BRIDGE_BACKEND_SERVER_URL=https://files.example",
		"BRIDGE_BACKEND_CREDENTIALS_BEARER=session-token",
		"BRIDGE_BACKEND_CREDENTIALS_API_KEY_STATIC_VALUE=k",
		"BRIDGE_SERVICE_HOST=10.0.0.1",
		"BRIDGE_SERVICE_PORT_FTP=21",
		"BRIDGE_ADMIN_PORT=tcp://10.0.0.1:8080",
		"BRIDGE_PORT_21_TCP_ADDR=10.0.0.1",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.FTP.TLS.Cert != "/tls/tls.crt" || c.FTP.TLS.Key != "tls.key" {
		t.Errorf("got certificate %q and key %q", c.FTP.TLS.Cert, c.FTP.TLS.Key)
	}
	if want := "203.0.113.7"; c.FTP.Passive.Address != want {
		t.Errorf("ftp.passive.address: got %v, want %v", c.FTP.Passive.Address, want)
	}
	if len(c.Auth) != 2 || c.Auth[0].Webhook == nil || c.Auth[1].Static == nil {
		t.Fatalf("auth: got %+v, want a webhook, then a file", c.Auth)
	}
	if got := c.Auth[0].Webhook.Secret.Reveal(); got != "pa$$word,${x}file:" {
		t.Errorf("secret: got %q; values of variables are not expanded", got)
	}
	bearer, key := c.Backend.Credentials["bearer"], c.Backend.Credentials["api_key"]
	if bearer == nil || bearer.Kind != CredentialSessionToken || key == nil || key.Kind != CredentialStatic || key.Static.Value.Reveal() != "k" {
		t.Errorf("credentials: got %+v and %+v", bearer, key)
	}
}

// TestFormsOfCredentials gives one of each kind, by file and by environment.
func TestFormsOfCredentials(t *testing.T) {
	text := `
ftp: {tls: {mode: off}}
auth: [{static: {file: users.yaml}}]
backend:
  mapping: m.yaml
  tls: {ca: ca.pem, cert: c.pem, key: k.pem, server_name: files.internal}
  credentials:
    word: login-password
    password: {login_password: {}}
    token: {login_password: {as: bearer}}
    aws: {sigv4: {access_key: AK, secret_key: SK, session_token: ST, service: execute-api}}
    oauth: {client_credentials: {token_url: "https://login.example/t?x=y", client_id: c, client_secret: s, scopes: [a, b], audience: files}}
    exchange: {token_exchange: {token_url: "http://login.example/t", insecure_http: true, ca: ca.pem}}
    gcs: {google_service_account: {key_file: robot.json, scopes: a}}
`
	c := load(t, text, []string{
		"BRIDGE_BACKEND_CREDENTIALS_BLOB_AZURE_SHARED_KEY_ACCOUNT=acc",
		"BRIDGE_BACKEND_CREDENTIALS_BLOB_AZURE_SHARED_KEY_KEY=aw==",
		"BRIDGE_BACKEND_CREDENTIALS_MY_SAS_AZURE_SAS_TOKEN=sig=x",
		"BRIDGE_BACKEND_CREDENTIALS_OAUTH_CLIENT_CREDENTIALS_SCOPES=c,d",
		"BRIDGE_BACKEND_CREDENTIALS_API_KEY_STATIC_QUERY=key",
		"BRIDGE_BACKEND_CREDENTIALS_API_KEY_STATIC_VALUE=k",
	}, nil)
	all := c.Backend.Credentials
	for name, want := range map[string]CredentialKind{
		"word": CredentialLoginPassword, "password": CredentialLoginPassword, "token": CredentialLoginPassword,
		"aws": CredentialSigV4, "oauth": CredentialClientCredentials, "exchange": CredentialTokenExchange, "gcs": CredentialGoogle,
		"blob": CredentialAzureSharedKey, "my_sas": CredentialAzureSAS, "api_key": CredentialStatic,
	} {
		if all[name] == nil || all[name].Kind != want {
			t.Fatalf("%s: got %+v, want %s", name, all[name], want)
		}
	}
	if p, b := all["password"].LoginPassword.As, all["token"].LoginPassword.As; p != LoginAsBasic || b != LoginAsBearer {
		t.Errorf("login_password: got %q and %q", p, b)
	}
	if v := all["aws"].SigV4; v.SecretKey.Reveal() != "SK" || v.SessionToken.Reveal() != "ST" || v.Region != "us-east-1" || v.Service != "execute-api" {
		t.Errorf("sigv4: got %+v", v)
	}
	if o := all["oauth"].OAuth; o.TokenURL != "https://login.example/t?x=y" || !slices.Equal(o.Scopes, []string{"c", "d"}) || o.ClientSecret.Reveal() != "s" {
		t.Errorf("client_credentials: got %+v", o)
	}
	if o := all["exchange"].OAuth; !o.InsecureHTTP || filepath.Base(o.CA) != "ca.pem" || !filepath.IsAbs(o.CA) {
		t.Errorf("token_exchange: got %+v", o)
	}
	if s := all["api_key"].Static; s.Query != "key" || s.Header != "" || s.Value.Reveal() != "k" {
		t.Errorf("static: got %+v", s)
	}
	if got := c.Backend.TLS; filepath.Base(got.Cert) != "c.pem" || got.ServerName != "files.internal" {
		t.Errorf("backend.tls: got %+v", got)
	}
	if !c.usesTokens() {
		t.Error("token_exchange needs tokens of the bridge")
	}
}

func TestFileNamesAreRelativeToTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bridge.yaml")
	write(t, name, smallest)
	c, err := Load(name, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(name), "users.yaml"); c.Auth[0].Static.File != want {
		t.Errorf("got %q, want %q", c.Auth[0].Static.File, want)
	}
}

func TestSecretFromFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret"), " two words\r\n")
	name := filepath.Join(dir, "bridge.yaml")
	write(t, name, smallest)
	c, err := Load(name, []string{"BRIDGE_BACKEND_CREDENTIALS_KEY_STATIC_VALUE=file:secret"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Backend.Credentials["key"].Static.Value.Reveal(); got != " two words" {
		t.Errorf("got %q, want the file's text without its line end", got)
	}
}

func TestFileMayReferToVariablesOfOurPrefix(t *testing.T) {
	text := smallest + "token: {audience: \"${BRIDGE_TENANT}-$$1\"}\n"
	c := load(t, text, []string{"BRIDGE_TENANT=acme"}, nil)
	if c.Token.Audience != "acme-$1" {
		t.Errorf("got %q, want %q", c.Token.Audience, "acme-$1")
	}
}

func TestExampleLoads(t *testing.T) {
	name := filepath.Join("..", "..", "examples", "quickstart", "bridge.yaml")
	c, err := Load(name, []string{"LOGIN_SECRET=whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxl"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Auth[0].Webhook.Secret.Reveal() != "whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxl" || c.Backend.Preset != "files" {
		t.Errorf("got %+v", c)
	}
	if w := c.Warnings(); len(w) != 1 {
		t.Errorf("warnings: got %q, want only that the key of the tokens is new at each start", w)
	}
}

func TestWarnings(t *testing.T) {
	text := smallest + "admin: {listen: \"0.0.0.0:8080\"}\n"
	c := load(t, text, []string{
		"BRIDGE_BACKEND_SERVER_URL=http://files.example",
		"BRIDGE_TOKEN_ISSUER=https://bridge.example",
		"BRIDGE_BACKEND_CREDENTIALS_BEARER=session-jwt",
	}, nil)
	if w := c.Warnings(); len(w) != 4 {
		t.Errorf("got %d warnings, want 4: %q", len(w), w)
	}
	c = load(t, smallest, []string{"BRIDGE_FTP_LISTEN=127.0.0.1:2121,localhost:2122"}, nil)
	if w := c.Warnings(); len(w) != 0 {
		t.Errorf("on this machine alone: got %q, want none", w)
	}
}

func TestDefaultIssuer(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", "[::1]:8080": "http://[::1]:8080", "bridge:80": "http://bridge:80",
		"": "", ":8080": "", "0.0.0.0:8080": "", "[::]:8080": "", "127.0.0.1:0": "",
	} {
		if got := defaultIssuer(listen); got != want {
			t.Errorf("defaultIssuer(%q): got %q, want %q", listen, got, want)
		}
	}
}

// A container has no file in which a mount's server could be changed.
func TestMountsOfTheEnvironment(t *testing.T) {
	file := strings.Replace(smallest, "{mapping: m.yaml}", "{mapping: m.yaml, server: {mounts: {/data/old-files: \"http://a\"}}}", 1)
	env := []string{"BRIDGE_BACKEND_SERVER_MOUNTS_CRM=http://b", "BRIDGE_BACKEND_SERVER_MOUNTS_DATA_OLD_FILES=http://c"}
	want := map[string]string{"/crm": "http://b", "/data/old-files": "http://c"}
	if got := load(t, file, env, nil).Backend.Server.Mounts; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
