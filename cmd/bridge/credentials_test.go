package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/config"
)

// buildCredentials reads settings below backend.credentials, and others.
func buildCredentials(t *testing.T, settings map[string]string) (*credentials, error) {
	t.Helper()
	all := map[string]string{
		"ftp.tls.mode": "off", "auth.0.static.file": "users.yaml", "backend.mapping": "m.yaml",
	}
	for key, value := range settings {
		if !strings.Contains(key, "listen") {
			key = "backend.credentials." + key
		}
		all[key] = value
	}
	cfg, err := config.Load("", nil, all)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := newSigner(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCredentials(cfg, signer)
	if err == nil {
		t.Cleanup(c.close)
	}
	return c, err
}

// exchange is a token endpoint that gives out the name of who asks.
func exchange(t *testing.T) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := "client"
		for _, name := range []string{"subject_token", "assertion"} {
			claims := jwt.MapClaims{}
			if _, _, err := jwt.NewParser().ParseUnverified(r.FormValue(name), claims); err == nil {
				who = fmt.Sprintf("%v %v", claims["sub"], claims["iss"])
			}
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"access_token": who, "token_type": "Bearer"})
	}))
	t.Cleanup(srv.Close)
	return srv
}

// googleKey writes a key file for a service account.
func googleKey(t *testing.T, tokenURL string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	data, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "robot", "private_key": string(der), "token_uri": tokenURL,
	})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

var (
	ann      = &auth.Principal{ID: "u-17", Name: "ann", Token: &auth.Token{Type: "Bearer", Value: "of-the-login"}}
	annLogin = ftpfront.Login{Session: "s_1", User: "ann", Password: "right"}
)

// shown binds the credential of that name and applies it.
func shown(t *testing.T, c *credentials, name string) *http.Request {
	t.Helper()
	bound, err := c.bind(ann, annLogin)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://files.example/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if bound[name] == nil {
		t.Fatalf("no credential %s", name)
	}
	if err := bound[name].Apply(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestKindsOfCredentials holds that each kind of the configuration becomes what it
// says. The values of signatures are tested where they are made.
func TestKindsOfCredentials(t *testing.T) {
	srv := exchange(t)
	for _, c := range []struct {
		settings map[string]string
		name     string
		header   string
		want     string // prefix of the header
		query    string
	}{
		{map[string]string{"a": "none"}, "a", "Authorization", "", ""},
		{map[string]string{"a": "session-token"}, "a", "Authorization", "Bearer of-the-login", ""},
		{map[string]string{"a": "session-jwt"}, "a", "Authorization", "Bearer ey", ""},
		{map[string]string{"a": "login-password"}, "a", "Authorization", "Basic YW5uOnJpZ2h0", ""},
		{map[string]string{"a.login_password.as": "basic"}, "a", "Authorization", "Basic YW5uOnJpZ2h0", ""},
		{map[string]string{"a.login_password.as": "bearer"}, "a", "Authorization", "Bearer right", ""},
		{map[string]string{"a.static.value": "k"}, "a", "Authorization", "Bearer k", ""},
		{map[string]string{"a.static.value": "k", "a.static.header": "X-Api-Key"}, "a", "X-Api-Key", "k", ""},
		{map[string]string{"a.static.value": "k", "a.static.query": "key"}, "a", "Authorization", "", "key=k"},
		{map[string]string{"a.basic.user": "u", "a.basic.password": "p"}, "a", "Authorization", "Basic dTpw", ""},
		{map[string]string{"a.azure_sas.token": "sig=x"}, "a", "Authorization", "", "sig=x"},
		{map[string]string{"a.azure_shared_key.account": "acc", "a.azure_shared_key.key": "aw=="}, "a", "Authorization", "SharedKey acc:", ""},
		{
			map[string]string{"a.sigv4.access_key": "AK", "a.sigv4.secret_key": "SK", "a.sigv4.region": "r-1"}, "a",
			"Authorization", "AWS4-HMAC-SHA256 Credential=AK/", "",
		},
		{
			map[string]string{"a.sigv4.access_key": "AK", "a.sigv4.secret_key": "SK", "a.sigv4.session_token": "ST"}, "a",
			"X-Amz-Security-Token", "ST", "",
		},
		{
			map[string]string{"a.client_credentials.token_url": srv.URL, "a.client_credentials.client_id": "c", "a.client_credentials.client_secret": "s"}, "a",
			"Authorization", "Bearer client", "",
		},
		{map[string]string{"a.token_exchange.token_url": srv.URL}, "a", "Authorization", "Bearer u-17 http://127.0.0.1:8080", ""},
		{map[string]string{"a.google_service_account.key_file": googleKey(t, srv.URL)}, "a", "Authorization", "Bearer <nil> robot", ""},
		// What a mapping may name without any configuration.
		{nil, "none", "Authorization", "", ""},
		{nil, "session-token", "Authorization", "Bearer of-the-login", ""},
		{nil, "session-jwt", "Authorization", "Bearer ey", ""},
		{map[string]string{"session-jwt.static.value": "k"}, "session-jwt", "Authorization", "Bearer k", ""},
	} {
		creds, err := buildCredentials(t, c.settings)
		if err != nil {
			t.Errorf("%v: %v", c.settings, err)
			continue
		}
		r := shown(t, creds, c.name)
		got := r.Header.Get(c.header)
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" || r.URL.RawQuery != c.query {
			t.Errorf("%s of %v: got %q and the query %q, want %q and %q", c.name, c.settings, got, r.URL.RawQuery, c.want, c.query)
		}
	}
}

func TestCredentialsThatCannotBeBuilt(t *testing.T) {
	for want, settings := range map[string]map[string]string{
		"backend.credentials.a: key_file: open":       {"a.google_service_account.key_file": "/nowhere"},
		"backend.credentials.a: ca: open":             {"a.token_exchange.token_url": "https://x", "a.token_exchange.ca": "/nowhere"},
		"backend.credentials.a: shared access":        {"a.azure_sas.token": "hunter2"},
		"backend.credentials.a: basic: user: holds":   {"a.basic.user": "a:b", "a.basic.password": "hunter2"},
		"backend.credentials.a: token exchange: Clie": {"a.token_exchange.token_url": "https://x", "a.token_exchange.client_secret": "hunter2"},
	} {
		if _, err := buildCredentials(t, settings); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestLoginWithoutWhatACredentialNeeds tells what was configured, where the login
// must have it, from what a mapping may use, where it need not.
func TestLoginWithoutWhatACredentialNeeds(t *testing.T) {
	none := &auth.Principal{ID: "u-17"}
	for _, word := range []string{"session-token", "login-password"} {
		c, err := buildCredentials(t, map[string]string{"a": word})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.bind(none, ftpfront.Login{User: "ann"})
		if err == nil || !strings.Contains(err.Error(), "backend.credentials.a: the login") || errors.Is(err, ftpfront.ErrLoginRefused) {
			t.Errorf("%s: got %v", word, err)
		}
	}
	c, err := buildCredentials(t, map[string]string{"admin.listen": "off"})
	if err != nil {
		t.Fatal(err)
	}
	if names := c.names(); !slices.Equal(names, []string{"none", "session-token"}) {
		t.Errorf("without an issuer of tokens there are %v", names)
	}
	bound, err := c.bind(none, ftpfront.Login{User: "ann"})
	if err != nil || bound["session-token"] != nil || bound["none"] == nil {
		t.Errorf("got %v, %v", bound, err)
	}
}

func TestPasswordThatHTTPCannotCarry(t *testing.T) {
	c, err := buildCredentials(t, map[string]string{"a": "login-password"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.bind(ann, ftpfront.Login{User: "a:b", Password: "hunter2"})
	if !errors.Is(err, ftpfront.ErrLoginRefused) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want a refused login", err)
	}
}

// TestCertificateDoesNotSufficeForThePassword asks at USER, where there is none.
func TestCertificateDoesNotSufficeForThePassword(t *testing.T) {
	c, err := buildCredentials(t, map[string]string{"a": "login-password"})
	if err != nil {
		t.Fatal(err)
	}
	a := &accounts{credentials: c} // and no source that could be asked
	_, err = a.Authenticate(t.Context(), ftpfront.Login{User: "ann", CertificateOnly: true})
	if !errors.Is(err, ftpfront.ErrLoginRefused) {
		t.Errorf("got %v, want to be asked for a password", err)
	}
}

// emptyStorage is a service of which a test wants to see the requests only.
func emptyStorage(see func(*http.Request) (status int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(see(r))
		fmt.Fprint(w, `{"entries":[]}`)
	})
}

func TestPasswordOfTheLoginReachesTheStorage(t *testing.T) {
	var got string
	status := http.StatusOK
	storage := newService(t, emptyStorage(func(r *http.Request) int {
		got = r.Header.Get("Authorization")
		return status
	}))
	w := newWorld(t, map[string]string{
		"backend.server.url": "http://" + storage.addr, "backend.credentials.bearer": "login-password",
	})
	c := w.session()
	if _, err := c.NameList("/"); err != nil {
		t.Fatal(err)
	}
	if want := "Basic YW5uOnJpZ2h0"; got != want {
		t.Errorf("the storage sees %q, want %q", got, want)
	}
	status = http.StatusUnauthorized
	if _, err := c.NameList("/"); code(err) != 530 {
		t.Errorf("when it is no longer taken: got %v, want 530", err)
	}
}

// TestMutualTLSWithTheStorage shows a certificate, and after a change of the file
// the new one.
func TestMutualTLSWithTheStorage(t *testing.T) {
	dir := t.TempDir()
	var got string
	srv := httptest.NewUnstartedServer(emptyStorage(func(r *http.Request) int {
		got = r.TLS.PeerCertificates[0].Subject.CommonName + " to " + r.TLS.ServerName
		return http.StatusOK
	}))
	serverDir := t.TempDir()
	server := newCertificate(t, serverDir, "files.internal")
	srv.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, Certificates: []tls.Certificate{server}}
	srv.StartTLS()
	defer srv.Close()
	newCertificate(t, dir, "bridge-1")
	w := newWorld(t, map[string]string{
		"backend.server.url":      srv.URL,
		"backend.tls.ca":          filepath.Join(serverDir, "tls.crt"),
		"backend.tls.cert":        filepath.Join(dir, "tls.crt"),
		"backend.tls.key":         filepath.Join(dir, "tls.key"),
		"backend.tls.server_name": "files.internal",
	})
	c := w.session()
	for _, name := range []string{"bridge-1", "bridge-2"} {
		newCertificate(t, dir, name)
		srv.CloseClientConnections()
		if _, err := c.NameList("/"); err != nil {
			t.Fatal(err)
		}
		if want := name + " to files.internal"; got != want {
			t.Errorf("the storage sees %s, want %s", got, want)
		}
	}
}

func TestBackendTLSThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	newCertificate(t, dir, "bridge")
	crt, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	for want, o := range map[string]config.BackendTLS{
		"open /nowhere": {CA: "/nowhere"}, "holds no certificate in PEM": {CA: key}, "tls.key with": {Cert: key, Key: crt},
	} {
		if _, err := upstreamTLS(&o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if c, err := upstreamTLS(&config.BackendTLS{ServerName: "x"}); err != nil || c.ServerName != "x" || c.RootCAs != nil {
		t.Errorf("a name alone: %v", err)
	}
}

var _ httpbackend.Refresher = loginPassword{}
