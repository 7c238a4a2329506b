package credential

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// newSigV4 signs at a fixed time.
func newSigV4(t *testing.T, o SigV4Options, at string) *SigV4 {
	t.Helper()
	s := must(NewSigV4(o))
	now := must(time.Parse("20060102T150405Z", at))
	s.now = func() time.Time { return now }
	return s
}

// The keys of AWS's examples.
var (
	s3Example = SigV4Options{
		AccessKey: "AKIAIOSFODNN7EXAMPLE", SecretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Region: "us-east-1",
	}
	suiteExample = SigV4Options{
		AccessKey: "AKIDEXAMPLE", SecretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Region: "us-east-1", Service: "service",
	}
)

// TestSigV4Examples signs the requests of "Signature Calculations for the
// Authorization Header" (Amazon S3 API Reference) and of AWS's test suite.
func TestSigV4Examples(t *testing.T) {
	for what, c := range map[string]struct {
		options     SigV4Options
		at          string
		method, url string
		header      http.Header
		signed      string // names of headers
		signature   string
	}{
		"S3: read a range": {
			s3Example, "20130524T000000Z", "GET", "https://examplebucket.s3.amazonaws.com/test.txt",
			http.Header{"Range": {"bytes=0-9"}},
			"host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		},
		"S3: write, with a hash of the caller's and a name to encode": {
			s3Example, "20130524T000000Z", "PUT", "https://examplebucket.s3.amazonaws.com/test$file.text",
			http.Header{
				"Date":                 {"Fri, 24 May 2013 00:00:00 GMT"},
				"X-Amz-Storage-Class":  {"REDUCED_REDUNDANCY"},
				"X-Amz-Content-Sha256": {"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
			},
			"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
		},
		"S3: parameter without a value": {
			s3Example, "20130524T000000Z", "GET", "https://examplebucket.s3.amazonaws.com/?lifecycle", nil,
			"host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
		},
		"S3: list": {
			s3Example, "20130524T000000Z", "GET", "https://examplebucket.s3.amazonaws.com/?prefix=J&max-keys=2", nil,
			"host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
		},
		"suite: get-vanilla": {
			suiteExample, "20150830T123600Z", "GET", "https://example.amazonaws.com/", nil,
			"host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		},
		"suite: get-vanilla-query-order-key-case": {
			suiteExample, "20150830T123600Z", "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", nil,
			"host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
		},
	} {
		r := newRequest(t, c.method, c.url)
		for name, values := range c.header {
			r.Header[name] = values
		}
		apply(t, newSigV4(t, c.options, c.at), r)
		got := r.Header.Get("Authorization")
		if !strings.HasSuffix(got, ", SignedHeaders="+c.signed+", Signature="+c.signature) {
			t.Errorf("%s: got %s, want %s and %s", what, got, c.signed, c.signature)
		}
	}
}

// TestSigV4Hash holds what is said of the body.
func TestSigV4Hash(t *testing.T) {
	other := SigV4Options{AccessKey: "a", SecretKey: "b", Region: "r", Service: "execute-api"}
	s3 := other
	s3.Service = ""
	const ofNothing, ofX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
	again := strings.NewReader("x")
	once := io.NopCloser(again) // net/http cannot read it twice
	for what, c := range map[string]struct {
		options SigV4Options
		body    io.Reader
		want    string // hash
		header  string
	}{
		"S3, no body":           {s3, nil, ofNothing, ofNothing},
		"S3, body":              {s3, again, unsignedPayload, unsignedPayload},
		"other, no body":        {other, nil, ofNothing, ""},
		"other, body":           {other, again, ofX, ""},
		"other, body of a kind": {other, once, unsignedPayload, unsignedPayload},
	} {
		r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, "https://x.example/", c.body))
		s := must(NewSigV4(c.options))
		if got := must(s.hash(r)); got != c.want {
			t.Errorf("%s: the hash is %s, want %s", what, got, c.want)
		}
		apply(t, s, r)
		if got := r.Header.Get(hashHeader); got != c.header {
			t.Errorf("%s: the header is %q, want %q", what, got, c.header)
		}
		if c.body == nil {
			continue
		}
		if body, err := io.ReadAll(r.Body); string(body) != "x" || err != nil {
			t.Errorf("%s: the body is %q afterwards, %v", what, body, err)
		}
		again.Reset("x")
	}
}

// verify signs what arrived once more, as a service of AWS would, and compares.
func verify(w http.ResponseWriter, r *http.Request) {
	claimed := r.Header.Get("Authorization")
	_, names, _ := strings.Cut(claimed, "SignedHeaders=")
	names, _, _ = strings.Cut(names, ",")
	again := &http.Request{Method: r.Method, Host: r.Host, Header: http.Header{}, URL: &url.URL{Scheme: "http", Host: r.Host}}
	// What S3 does with a path: decode it, and encode it strictly.
	again.URL.Path, again.URL.RawQuery = r.URL.Path, r.URL.RawQuery
	var strict strings.Builder
	for _, c := range []byte(r.URL.Path) {
		if strings.IndexByte("/-._~", c) >= 0 || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			strict.WriteByte(c)
			continue
		}
		strict.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15])))
	}
	again.URL.RawPath = strict.String()
	for _, name := range strings.Split(names, ";") {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = r.ContentLength
		default:
			again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
		}
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	keys := aws.Credentials{AccessKeyID: s3Example.AccessKey, SecretAccessKey: s3Example.SecretKey, SessionToken: r.Header.Get("X-Amz-Security-Token")}
	err = signer.SignHTTP(r.Context(), keys, again, r.Header.Get(hashHeader), "s3", s3Example.Region, at)
	if want := again.Header.Get("Authorization"); err != nil || claimed != want {
		http.Error(w, "got "+claimed+"\nwant "+want, http.StatusForbidden)
		return
	}
	_, _ = io.WriteString(w, names) // the test reads it
}

// TestSigV4OnTheWire sends requests whose paths, parameters and headers are easily
// changed on the way.
func TestSigV4OnTheWire(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(verify))
	defer srv.Close()
	options := s3Example
	options.SessionToken = "temporary"
	s := must(NewSigV4(options))
	for _, path := range []string{
		"/", "", "/box/a.txt", "/box/%C3%A4%20b", "/box/x%2By=(1)!'*;,$@:&.txt", "/box/p%25q", "/box/a%2Fb", "/box//two",
		"/box?list-type=2&prefix=a+b%2Bc&marker=%C3%A4", "/box?acl", "/box?uploadId=a/b~c&partNumber=1",
	} {
		r := must(http.NewRequestWithContext(t.Context(), http.MethodPut, srv.URL+path, strings.NewReader("content")))
		r.Header.Set("Content-Type", "text/plain")
		for _, name := range []string{"User-Agent", "Traceparent", "X-Request-Id", "Accept", "Accept-Encoding"} {
			r.Header.Set(name, "x") // a proxy may change it
		}
		r.Header.Set("Expect", "100-continue")
		apply(t, s, r)
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, body)
			continue
		}
		const want = "content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
		if string(body) != want {
			t.Errorf("%s: signed are %s, want %s", path, body, want)
		}
	}
}

func TestSigV4LeavesOutTheDefaultPort(t *testing.T) {
	r := newRequest(t, http.MethodGet, "https://s3.example:443/x")
	apply(t, must(NewSigV4(s3Example)), r)
	if r.Host != "s3.example" {
		t.Errorf("the host is %s, but s3.example is signed", r.Host)
	}
}

// FuzzSigV4Path holds that the path on the wire is the one that S3 makes of it, so
// that the signature fits, and that it still means the same.
func FuzzSigV4Path(f *testing.F) {
	for _, path := range []string{"/", "/a b", "/x+y=(1)!'*", "/ä#?&", "/p%q", "//", "/a/../b", "/\x00\xff"} {
		f.Add(path)
	}
	s := must(NewSigV4(s3Example))
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") {
			return
		}
		r := &http.Request{Method: http.MethodGet, Header: http.Header{}, URL: &url.URL{Scheme: "https", Host: "s3.example", Path: path}}
		if err := s.Apply(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		sent := r.URL.EscapedPath()
		if left := strings.Trim(sent, "/-._~%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"); left != "" {
			t.Errorf("%q is sent as %s", path, sent)
		}
		if back, err := url.PathUnescape(sent); err != nil || back != path {
			t.Errorf("%q is sent as %s, which means %q, %v", path, sent, back, err)
		}
	})
}
