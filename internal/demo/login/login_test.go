package login

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

var testSecret = []byte("0123456789abcdef0123456789abcdef")

func options() Options {
	return Options{Secret: "whsec_" + base64.StdEncoding.EncodeToString(testSecret), User: "demo", Password: "demo"}
}

var testNow = time.Unix(1_800_000_000, 0)

func newServer(t *testing.T, o Options) *httptest.Server {
	t.Helper()
	h, err := build(o, func() time.Time { return testNow })
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

func sign(secret []byte, id string, at time.Time, body string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func post(t *testing.T, srv *httptest.Server, at time.Time, signature, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequest("POST", srv.URL+"/login", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func ask(method, user, password string) string {
	return `{"type":"ftp.login","timestamp":"2026-11-22T14:51:14Z","data":{"session":"s_1","attempt":1,"method":"` + method +
		`","user":"` + user + `","password":"` + password + `","account":null,"client":{"ip":"203.0.113.7","port":51234}}}`
}

func TestTheOneUserIsLetIn(t *testing.T) {
	srv := newServer(t, options())
	body := ask("password", "demo", "demo")
	status, text := post(t, srv, testNow, sign(testSecret, "msg_1", testNow, body), body)
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil || status != http.StatusOK {
		t.Fatalf("got %d %s", status, text)
	}
	user, _ := got["user"].(map[string]any)
	if got["decision"] != "allow" || user["id"] != "demo" || user["name"] != "demo" || got["home"] != "/" || got["root"] != "/" {
		t.Errorf("got %s", text)
	}
}

func TestAnyOtherIsDenied(t *testing.T) {
	srv := newServer(t, options())
	for _, body := range []string{
		ask("password", "demo", "wrong"), ask("password", "Demo", "demo"), ask("password", "demo", ""),
		ask("anonymous", "demo", "demo"), ask("certificate", "demo", ""),
	} {
		status, text := post(t, srv, testNow, sign(testSecret, "msg_1", testNow, body), body)
		if status != http.StatusOK || strings.TrimSpace(text) != `{"decision":"deny"}` {
			t.Errorf("%s: got %d %s", body, status, text)
		}
	}
}

func TestSignatures(t *testing.T) {
	srv := newServer(t, options())
	body := ask("password", "demo", "demo")
	good := sign(testSecret, "msg_1", testNow, body)
	other := sign([]byte("another secret of thirty-two byte"), "msg_1", testNow, body)
	early, late := testNow.Add(tolerance+time.Second), testNow.Add(-tolerance-time.Second)
	for _, tc := range []struct {
		name      string
		at        time.Time
		signature string
		want      int
	}{
		{"one of several", testNow, "v1a,AAAA " + other + " " + good, http.StatusOK},
		{"at the edge", testNow.Add(-tolerance), sign(testSecret, "msg_1", testNow.Add(-tolerance), body), http.StatusOK},
		{"none", testNow, "", http.StatusBadRequest},
		{"another secret", testNow, other, http.StatusBadRequest},
		{"another id", testNow, sign(testSecret, "msg_2", testNow, body), http.StatusBadRequest},
		{"another body", testNow, sign(testSecret, "msg_1", testNow, body+" "), http.StatusBadRequest},
		{"another version", testNow, "v2" + good[2:], http.StatusBadRequest},
		{"not base64", testNow, "v1,???", http.StatusBadRequest},
		{"too early", early, sign(testSecret, "msg_1", early, body), http.StatusBadRequest},
		{"too late", late, sign(testSecret, "msg_1", late, body), http.StatusBadRequest},
	} {
		if status, text := post(t, srv, tc.at, tc.signature, body); status != tc.want {
			t.Errorf("%s: got %d %s", tc.name, status, text)
		}
	}
}

func TestBrokenRequestsAreProblems(t *testing.T) {
	srv := newServer(t, options())
	for body, want := range map[string]int{
		"":    http.StatusBadRequest,
		"{":   http.StatusBadRequest,
		"{}":  http.StatusBadRequest,
		"[1]": http.StatusBadRequest,
		`{"type":"ftp.authorize","data":{"user":"demo"}}`: http.StatusBadRequest,
		ask("password", "", "demo"):                       http.StatusBadRequest,
		strings.Repeat(" ", maxBody+1):                    http.StatusRequestEntityTooLarge,
	} {
		status, text := post(t, srv, testNow, sign(testSecret, "msg_1", testNow, body), body)
		if status != want || !strings.Contains(text, `"status":`) {
			t.Errorf("%.40q: got %d %s", body, status, text)
		}
	}
}

func TestThePasswordIsNotLogged(t *testing.T) {
	var log strings.Builder
	o := options()
	o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	srv := newServer(t, o)
	body := ask("password", "demo", "hunter2")
	post(t, srv, testNow, sign(testSecret, "msg_1", testNow, body), body)
	if srv.Close(); !strings.Contains(log.String(), "decision=deny") || strings.Contains(log.String(), "hunter2") {
		t.Error(log.String())
	}
}

func TestNewRefusesBadOptions(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no secret":    func(o *Options) { o.Secret = "" },
		"no prefix":    func(o *Options) { o.Secret = strings.TrimPrefix(o.Secret, "whsec_") },
		"not base64":   func(o *Options) { o.Secret = "whsec_?" },
		"short secret": func(o *Options) { o.Secret = "whsec_AAAA" },
		"no user":      func(o *Options) { o.User = "" },
		"no password":  func(o *Options) { o.Password = "" },
	} {
		o := options()
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(options()); err != nil {
		t.Error(err)
	}
}
