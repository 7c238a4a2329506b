package credential

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenServer is a token endpoint that gives out t1, t2 and so on.
type tokenServer struct {
	*httptest.Server

	mu     sync.Mutex
	asked  []url.Values // forms, with the client of Basic as "basic"
	life   int          // expires_in; 0: not said
	answer http.HandlerFunc
	before func(r *http.Request) // called before an answer
}

func newTokenServer(t *testing.T) *tokenServer {
	t.Helper()
	s := &tokenServer{life: 3600}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.before != nil {
		s.before(r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		http.Error(w, "no form", http.StatusBadRequest)
		return
	}
	form := r.PostForm
	if user, password, ok := r.BasicAuth(); ok {
		form.Set("basic", user+":"+password)
	}
	s.asked = append(s.asked, form)
	if s.answer != nil {
		s.answer(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	life := ""
	if s.life != 0 {
		life = fmt.Sprintf(`,"expires_in":%d`, s.life)
	}
	fmt.Fprintf(w, `{"access_token":"t%d","token_type":"bearer"%s}`, len(s.asked), life)
}

func (s *tokenServer) requests() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *tokenServer) answerBy(f http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// client makes the credential and a clock that the test sets.
func (s *tokenServer) client(t *testing.T) (*ClientCredentials, *clock) {
	t.Helper()
	c := must(NewClientCredentials(OAuthOptions{
		TokenURL: s.URL, ClientID: "bridge", ClientSecret: "hunter2", Scopes: []string{"read", "write"}, Audience: "files",
	}))
	t.Cleanup(c.Close)
	return c, newClock(c.tokens)
}

// clock is the time of some tokens.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(t *tokens) *clock {
	c := &clock{now: time.Now()}
	t.now = func() time.Time {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.now
	}
	return c
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// settle waits until no request for a token is under way.
func (t *tokens) settle() {
	t.mu.Lock()
	f := t.flight
	t.mu.Unlock()
	if f != nil {
		<-f.done
	}
}

// shown applies c to a request and returns the header.
func shown(t *testing.T, c interface {
	Apply(context.Context, *http.Request) error
}) string {
	t.Helper()
	r := newRequest(t, http.MethodGet, "https://files.example/")
	if err := c.Apply(t.Context(), r); err != nil {
		t.Error(err)
	}
	return r.Header.Get("Authorization")
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestClientCredentials(t *testing.T) {
	s := newTokenServer(t)
	c, _ := s.client(t)
	for range 3 {
		want(t, "token", shown(t, c), "Bearer t1")
	}
	asked := s.requests()
	if len(asked) != 1 {
		t.Fatalf("%d requests, want one", len(asked))
	}
	want(t, "form", asked[0].Encode(), url.Values{
		"grant_type": {"client_credentials"}, "scope": {"read write"}, "audience": {"files"}, "basic": {"bridge:hunter2"},
	}.Encode())
}

// TestClientInTheBody asks a server that takes the client in the body only; what
// was found out is kept.
func TestClientInTheBody(t *testing.T) {
	s := newTokenServer(t)
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.PostForm.Get("client_secret") != "hunter2" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"b"}`)
	}
	c, clock := s.client(t)
	want(t, "token", shown(t, c), "Bearer b")
	clock.advance(time.Minute)
	if err := c.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(s.requests()); n != 3 {
		t.Errorf("%d requests, want a refused one and two others", n)
	}
}

func TestConcurrentAskersShareARequest(t *testing.T) {
	s := newTokenServer(t)
	const askers = 20
	c, _ := s.client(t)
	var waiting sync.WaitGroup
	waiting.Add(askers)
	s.before = func(*http.Request) { waiting.Wait() }
	var wg sync.WaitGroup
	for range askers {
		wg.Go(func() {
			waiting.Done()
			want(t, "token", shown(t, c), "Bearer t1")
		})
	}
	wg.Wait()
	if n := len(s.requests()); n != 1 {
		t.Errorf("%d requests, want one", n)
	}
}

func TestRenewalInTime(t *testing.T) {
	s := newTokenServer(t)
	c, clock := s.client(t)
	want(t, "first", shown(t, c), "Bearer t1")
	clock.advance(30 * time.Minute)
	want(t, "half its life", shown(t, c), "Bearer t1")
	c.settle()
	if n := len(s.requests()); n != 1 {
		t.Fatalf("%d requests, want one", n)
	}
	clock.advance(20 * time.Minute)
	want(t, "when it is time, nobody waits", shown(t, c), "Bearer t1")
	c.settle()
	want(t, "then", shown(t, c), "Bearer t2")
	clock.advance(59*time.Minute + 55*time.Second) // the token's end, by the server's clock, is not moved
	want(t, "just before its end", shown(t, c), "Bearer t3")
}

// TestFailedRenewal keeps the old token as long as it is good, and asks again
// after a pause only.
func TestFailedRenewal(t *testing.T) {
	s := newTokenServer(t)
	c, clock := s.client(t)
	want(t, "first", shown(t, c), "Bearer t1")
	s.answerBy(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	clock.advance(50 * time.Minute)
	for range 5 {
		want(t, "while the endpoint is down", shown(t, c), "Bearer t1")
		c.settle()
	}
	if n := len(s.requests()); n > 3 { // each try may be two requests
		t.Errorf("%d requests in no time", n)
	}
	before := len(s.requests())
	clock.advance(retryPause)
	shown(t, c)
	c.settle()
	if len(s.requests()) == before {
		t.Error("it is not asked again")
	}
	clock.advance(10 * time.Minute)
	fails(t, c, "answered 503")
}

func TestRefresh(t *testing.T) {
	s := newTokenServer(t)
	s.life = 0
	c, clock := s.client(t)
	want(t, "first", shown(t, c), "Bearer t1")
	if err := c.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	want(t, "a young one is kept", shown(t, c), "Bearer t1")
	clock.advance(1000 * time.Hour)
	want(t, "without an end", shown(t, c), "Bearer t1")
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := c.Refresh(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want(t, "ten sessions were refused at once", shown(t, c), "Bearer t2")
	clock.advance(time.Minute)
	s.answerBy(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) })
	if err := c.Refresh(t.Context()); err == nil {
		t.Error("Refresh hides that there is no other token")
	}
}

// TestTokenEndpointThatIsNoHelp holds what is said of it, which repeats neither
// what was sent nor what came back.
func TestTokenEndpointThatIsNoHelp(t *testing.T) {
	s := newTokenServer(t)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Error("followed a redirect") }))
	defer other.Close()
	jsonAnswer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	for want, answer := range map[string]http.HandlerFunc{
		"the token endpoint answered 401: invalid_client": jsonAnswer(401, `{"error":"invalid_client","error_description":"hunter2"}`),
		"the token endpoint answered 400":                 jsonAnswer(400, `{"error":"Hunter2: hunter2"}`),
		"the token endpoint answered 500":                 jsonAnswer(500, `hunter2`),
		"the token endpoint answered 307": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		},
		"missing access_token":      jsonAnswer(200, `{"token":"hunter2"}`),
		"cannot parse json":         jsonAnswer(200, `hunter2`),
		"holds a control character": jsonAnswer(200, `{"access_token":"hunter2\r\nX: y"}`),
		"longer than 64 KiB":        jsonAnswer(200, `{"access_token":"`+strings.Repeat("hunter2 ", maxAnswer/8)+`"}`),
		"EOF":                       func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		s.answerBy(answer)
		c, _ := s.client(t)
		fails(t, c, want)
		if err := c.Refresh(t.Context()); err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), s.URL) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

// TestWaitingEnds holds that neither the session nor the program waits for a token
// endpoint that hangs.
func TestWaitingEnds(t *testing.T) {
	s := newTokenServer(t)
	arrived, gone := make(chan struct{}), make(chan struct{})
	s.before = func(r *http.Request) {
		if err := r.ParseForm(); err != nil { // else net/http does not watch the connection
			t.Error(err)
		}
		close(arrived)
		<-r.Context().Done()
		close(gone)
	}
	c, _ := s.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if err := c.Apply(ctx, newRequest(t, http.MethodGet, "https://files.example/")); !errors.Is(err, context.Canceled) {
		t.Errorf("a session that left: got %v", err)
	}
	c.Close()
	<-gone
	c.settle()
}

func TestTokenExchange(t *testing.T) {
	s := newTokenServer(t)
	x := must(NewTokenExchange(OAuthOptions{TokenURL: s.URL, Audience: "files", Scopes: []string{"read"}}))
	defer x.Close()
	ann := x.Session(func() (string, error) { return "jwt-of-ann", nil })
	bob := x.Session(func() (string, error) { return "jwt-of-bob", nil })
	want(t, "ann", shown(t, ann), "Bearer t1")
	want(t, "bob", shown(t, bob), "Bearer t2")
	want(t, "ann again", shown(t, ann), "Bearer t1")
	asked := s.requests()
	for i, subject := range []string{"jwt-of-ann", "jwt-of-bob"} {
		want(t, subject, asked[i].Encode(), url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "audience": {"files"}, "scope": {"read"},
			"subject_token": {subject}, "subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
			"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
		}.Encode())
	}
	fails(t, x.Session(func() (string, error) { return "", context.DeadlineExceeded }), "token to exchange")
}

func TestTokenExchangeByAClient(t *testing.T) {
	s := newTokenServer(t)
	x := must(NewTokenExchange(OAuthOptions{TokenURL: s.URL, ClientID: "bridge", ClientSecret: "hunter2"}))
	defer x.Close()
	want(t, "token", shown(t, x.Session(func() (string, error) { return "jwt", nil })), "Bearer t1")
	want(t, "client", s.requests()[0].Get("basic"), "bridge:hunter2")
}

func TestGoogleServiceAccount(t *testing.T) {
	s := newTokenServer(t)
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	file := must(json.Marshal(map[string]string{
		"type": "service_account", "client_email": "bridge@project.example", "private_key_id": "k1", "token_uri": s.URL,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))})),
	}))
	g := must(NewGoogleServiceAccount(GoogleOptions{Key: file}))
	defer g.Close()
	want(t, "token", shown(t, g), "Bearer t1")
	form := s.requests()[0]
	want(t, "grant", form.Get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer")
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(form.Get("assertion"), claims, func(*jwt.Token) (any, error) { return &key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer("bridge@project.example"), jwt.WithAudience(s.URL),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "scope", fmt.Sprint(claims["scope"]), googleScope)
	want(t, "kid", fmt.Sprint(token.Header["kid"]), "k1")
}
