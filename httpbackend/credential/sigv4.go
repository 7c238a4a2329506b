package credential

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/ftpbridge/bridge/httpbackend"
)

// SigV4Options are the keys of an AWS account, or of a service with the same
// signatures, and the scope of the signatures.
type SigV4Options struct {
	AccessKey, SecretKey string // required
	SessionToken         string // of temporary keys; empty for lasting ones
	Region               string // required; services that have none take "us-east-1"
	Service              string // empty means "s3"
}

// SigV4 signs requests with AWS Signature Version 4. It covers the method, the
// URL, Host, the headers that the services ask for, and the length of the body if
// it is known.
//
// The body itself is not covered ("UNSIGNED-PAYLOAD") where that would mean to
// read it before it is sent. The exceptions: a request that already has an
// X-Amz-Content-Sha256 is signed with that, one without a body with the hash of
// nothing, and outside of S3 a body that can be read again with its hash, since
// most other services take nothing else.
type SigV4 struct {
	masked
	keys            *aws.Credentials
	region, service string
	signer          *v4.Signer
	now             func() time.Time
}

var _ httpbackend.Credential = (*SigV4)(nil)

const (
	serviceS3       = "s3"
	hashHeader      = "X-Amz-Content-Sha256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// NewSigV4 checks o. The error names the field.
func NewSigV4(o SigV4Options) (*SigV4, error) {
	switch {
	case o.AccessKey == "":
		return nil, errors.New("sigv4: AccessKey: missing")
	case o.SecretKey == "":
		return nil, errors.New("sigv4: SecretKey: missing")
	case o.Region == "":
		return nil, errors.New("sigv4: Region: missing")
	case hasControl(o.AccessKey + o.SessionToken + o.Region + o.Service):
		return nil, errors.New("sigv4: AccessKey, SessionToken, Region or Service: " + errControl.Error())
	}
	s := &SigV4{
		keys:    &aws.Credentials{AccessKeyID: o.AccessKey, SecretAccessKey: o.SecretKey, SessionToken: o.SessionToken},
		region:  o.Region,
		service: cmp.Or(o.Service, serviceS3),
		now:     time.Now,
	}
	s.signer = v4.NewSigner(func(so *v4.SignerOptions) { so.DisableURIPathEscaping = s.service == serviceS3 })
	return s, nil
}

// Apply implements httpbackend.Credential. It brings the URL into the form that is
// signed, so that the service cannot read another one out of it.
func (s *SigV4) Apply(ctx context.Context, r *http.Request) error {
	if s.service == serviceS3 {
		// S3 encodes a path once, and strictly: "!" and "=" too. Its keys know no
		// difference between "/" and "%2F".
		r.URL.RawPath = httpbinding.EscapePath(r.URL.Path, false)
	}
	hash, err := s.hash(r)
	if err != nil {
		return err
	}
	signed := &http.Request{
		Method: r.Method, URL: new(url.URL), Host: r.Host,
		Header: signedHeaders(r.Header), ContentLength: r.ContentLength,
	}
	*signed.URL = *r.URL
	if s.service == serviceS3 || hash == unsignedPayload {
		signed.Header.Set(hashHeader, hash)
	}
	if err := s.signer.SignHTTP(ctx, *s.keys, signed, hash, s.service, s.region, s.now()); err != nil {
		return fmt.Errorf("sign request: %w", err)
	}
	maps.Copy(r.Header, signed.Header)
	r.URL.RawQuery, r.Host = signed.URL.RawQuery, signed.Host
	return nil
}

// signedHeaders picks what is signed besides Host. Headers that a proxy or the
// HTTP client may still change are no part of it.
func signedHeaders(h http.Header) http.Header {
	picked := http.Header{}
	for name, values := range h {
		switch {
		case strings.HasPrefix(name, "X-Amz-"), name == "Content-Type", name == "Content-Md5", name == "Date", name == "Range":
			picked[name] = values
		}
	}
	return picked
}

// hash is what the signature says of the body.
func (s *SigV4) hash(r *http.Request) (string, error) {
	switch given := r.Header.Get(hashHeader); {
	case given != "":
		return given, nil
	case r.Body == nil, r.Body == http.NoBody:
		sum := sha256.Sum256(nil)
		return hex.EncodeToString(sum[:]), nil
	case s.service == serviceS3, r.GetBody == nil:
		return unsignedPayload, nil
	}
	body, err := r.GetBody()
	if err != nil {
		return "", fmt.Errorf("read body to sign: %w", err)
	}
	defer body.Close() // a copy that was only read
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return "", fmt.Errorf("read body to sign: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
