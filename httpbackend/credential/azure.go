package credential

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/httpbackend"
)

// azureVersion of the Blob service is asked for where a request names none. It is
// old enough for every Azurite in use.
const azureVersion = "2021-12-02"

// AzureSharedKey signs requests with the key of an Azure Storage account
// ("Authorize with Shared Key", for the Blob, Queue and File services since
// version 2015-02-21). It sets x-ms-date, and x-ms-version where it is missing.
type AzureSharedKey struct {
	masked
	account string
	key     *[]byte
	now     func() time.Time
}

var _ httpbackend.Credential = (*AzureSharedKey)(nil)

// NewAzureSharedKey takes the name of the account and its key in base64.
func NewAzureSharedKey(account, key string) (*AzureSharedKey, error) {
	if account == "" || hasControl(account) {
		return nil, errors.New("azure shared key: account: missing or not one line")
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) == 0 {
		return nil, errors.New("azure shared key: key: not base64") // the cause would show a part of it
	}
	return &AzureSharedKey{account: account, key: &raw, now: time.Now}, nil
}

// Apply implements httpbackend.Credential.
func (a *AzureSharedKey) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set("X-Ms-Date", a.now().UTC().Format(http.TimeFormat))
	if r.Header.Get("X-Ms-Version") == "" {
		r.Header.Set("X-Ms-Version", azureVersion)
	}
	// "+" is a space to some readers of a query and itself to others.
	r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "+", "%20")
	text, err := a.stringToSign(r)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, *a.key)
	mac.Write([]byte(text)) // a hash takes all
	r.Header.Set("Authorization", "SharedKey "+a.account+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return nil
}

// stringToSign lists the parts in the order of the documentation.
func (a *AzureSharedKey) stringToSign(r *http.Request) (string, error) {
	length := "" // of no body, since 2015-02-21
	if r.ContentLength > 0 {
		length = strconv.FormatInt(r.ContentLength, 10)
	}
	resource, err := a.resource(r.URL)
	if err != nil {
		return "", err
	}
	h := r.Header
	return strings.Join([]string{
		r.Method,
		h.Get("Content-Encoding"),
		h.Get("Content-Language"),
		length,
		h.Get("Content-Md5"),
		h.Get("Content-Type"),
		"", // Date, in place of which x-ms-date counts
		h.Get("If-Modified-Since"),
		h.Get("If-Match"),
		h.Get("If-None-Match"),
		h.Get("If-Unmodified-Since"),
		h.Get("Range"),
		azureHeaders(h) + resource,
	}, "\n"), nil
}

// azureHeaders gives the x-ms- headers, a line each.
func azureHeaders(h http.Header) string {
	lines := make(map[string]string)
	for name, values := range h {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-ms-") {
			lines[lower] = strings.TrimSpace(strings.Join(values, ","))
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		b.WriteString(name + ":" + lines[name] + "\n")
	}
	return b.String()
}

// resource gives the path as it is sent, after the account, and the parameters, a
// line each. Where the account stands in the path, as in URLs of Azurite, it
// thereby stands there twice.
func (a *AzureSharedKey) resource(u *url.URL) (string, error) {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", errors.New("sign request: the query of the URL is malformed")
	}
	parameters := make(map[string][]string)
	for name, values := range query {
		lower := strings.ToLower(name)
		parameters[lower] = append(parameters[lower], values...)
	}
	var b strings.Builder
	b.WriteString("/" + a.account + path)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		slices.Sort(parameters[name])
		b.WriteString("\n" + name + ":" + strings.Join(parameters[name], ","))
	}
	return b.String(), nil
}
