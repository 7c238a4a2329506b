package credential

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"
)

// azuriteKey is the one that Azurite and its predecessors document.
const azuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// TestAzureStringToSign has the examples of "Authorize with Shared Key" (Azure
// Storage REST API) and cases that follow from its rules.
func TestAzureStringToSign(t *testing.T) {
	const date = "Fri, 26 Jun 2015 23:39:12 GMT"
	for what, c := range map[string]struct {
		account, method, url string
		length               int64
		header               http.Header
		want                 string
	}{
		"metadata of a container": {
			"myaccount", "GET", "https://myaccount.blob.core.windows.net/mycontainer?comp=metadata&restype=container&timeout=20", 0,
			http.Header{"X-Ms-Version": {"2015-02-21"}},
			"GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:" + date + "\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20",
		},
		"list with a parameter of several values": {
			"myaccount", "GET", "https://myaccount.blob.core.windows.net/mycontainer?restype=container&Comp=list&include=snapshots&include=metadata&include=uncommittedblobs", 0,
			http.Header{"X-Ms-Version": {"2015-02-21"}},
			"GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:" + date + "\nx-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container",
		},
		"write": {
			"myaccount", "PUT", "https://myaccount.blob.core.windows.net/mycontainer/hello%20there.txt", 11,
			http.Header{
				"X-Ms-Version": {"2015-02-21"}, "X-Ms-Blob-Type": {"BlockBlob"}, "X-Ms-Meta-M1": {" v1 "}, "X-Ms-Meta-M2": {"v2"},
				"Content-Type": {"text/plain; charset=UTF-8"}, "If-None-Match": {"*"}, "User-Agent": {"x"}, "Date": {"not signed"},
			},
			"PUT\n\n\n11\n\ntext/plain; charset=UTF-8\n\n\n\n*\n\n\nx-ms-blob-type:BlockBlob\nx-ms-date:" + date +
				"\nx-ms-meta-m1:v1\nx-ms-meta-m2:v2\nx-ms-version:2015-02-21\n/myaccount/mycontainer/hello%20there.txt",
		},
		"all headers, of a length that is not known": {
			"a", "PUT", "https://a.example/b", -1,
			http.Header{
				"X-Ms-Version": {"v"}, "Content-Encoding": {"e"}, "Content-Language": {"l"}, "Content-Md5": {"m"}, "Content-Type": {"t"},
				"If-Modified-Since": {"ims"}, "If-Match": {"im"}, "If-None-Match": {"inm"}, "If-Unmodified-Since": {"ius"}, "Range": {"r"},
			},
			"PUT\ne\nl\n\nm\nt\n\nims\nim\ninm\nius\nr\nx-ms-date:" + date + "\nx-ms-version:v\n/a/b",
		},
		"Azurite": {
			"devstoreaccount1", "GET", "http://127.0.0.1:10000/devstoreaccount1/box?prefix=a+b%2Bc", 0, nil,
			"GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:" + date + "\nx-ms-version:" + azureVersion + "\n/devstoreaccount1/devstoreaccount1/box\nprefix:a b+c",
		},
		"no path": {
			"a", "GET", "https://a.example", 0, nil,
			"GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:" + date + "\nx-ms-version:" + azureVersion + "\n/a/",
		},
	} {
		a := must(NewAzureSharedKey(c.account, azuriteKey))
		now := must(time.Parse(time.RFC1123, date))
		a.now = func() time.Time { return now.In(time.FixedZone("", 3600)) }
		r := newRequest(t, c.method, c.url)
		r.ContentLength = c.length
		for name, values := range c.header {
			r.Header[name] = values
		}
		apply(t, a, r)
		if got := must(a.stringToSign(r)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", what, got, c.want)
		}
		mac := hmac.New(sha256.New, must(base64.StdEncoding.DecodeString(azuriteKey)))
		mac.Write([]byte(c.want))
		want := "SharedKey " + c.account + ":" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if got := r.Header.Get("Authorization"); got != want {
			t.Errorf("%s: got %s, want %s", what, got, want)
		}
		if strings.Contains(r.URL.RawQuery, "+") {
			t.Errorf("%s: the query %s can be read in two ways", what, r.URL.RawQuery)
		}
	}
}

func TestAzureRefusesAMalformedQuery(t *testing.T) {
	r := newRequest(t, http.MethodGet, "https://a.example/?a=%zz")
	if err := must(NewAzureSharedKey("a", azuriteKey)).Apply(t.Context(), r); err == nil || r.Header.Get("Authorization") != "" {
		t.Errorf("signed what the service may read otherwise: %v", err)
	}
}
