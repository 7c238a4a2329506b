//go:build e2e

package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	s3Region = "us-east-1"
	s3Access = "bridge-access"
	s3Secret = "bridge-secret"
	// unsignedPayload stands for the hash of a body that is not known before it
	// is sent.
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// signS3 signs a request with AWS's Signature Version 4.
func signS3(t *testing.T, r *http.Request) {
	t.Helper()
	if r.Header.Get("X-Amz-Content-Sha256") == "" {
		r.Header.Set("X-Amz-Content-Sha256", unsignedPayload)
	}
	keys := aws.Credentials{AccessKeyID: s3Access, SecretAccessKey: s3Secret}
	err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).SignHTTP(
		t.Context(), keys, r, r.Header.Get("X-Amz-Content-Sha256"), "s3", s3Region, time.Now())
	if err != nil {
		t.Fatal(err)
	}
}

// startS3 runs a server of the S3 protocol, and makes a bucket in it.
func startS3(t *testing.T, s server, dir string) *upstream {
	t.Helper()
	u := &upstream{
		name: s.name, url: s.start(t), sign: signS3,
		vars: map[string]string{"bucket": "bridge", "region": s3Region},
		keys: map[string]string{"access": s3Access, "secret": s3Secret},
		dir:  filepath.Join(dir, "bridge"),
	}
	u.want(t, ask{method: http.MethodPut, path: "/bridge"}, http.StatusOK)
	return u
}

// startVersitygw runs the S3 gateway over a folder.
func startVersitygw(t *testing.T) *upstream {
	t.Helper()
	dir := t.TempDir()
	return startS3(t, server{
		name: "versitygw", program: "versitygw", ready: "/",
		args: func(_ *testing.T, host, port string) []string {
			return []string{"--access", s3Access, "--secret", s3Secret, "--region", s3Region, "--port", host + ":" + port, "posix", dir}
		},
	}, dir)
}

// startRcloneS3 runs rclone's S3 server over a folder.
func startRcloneS3(t *testing.T) *upstream {
	t.Helper()
	dir := t.TempDir()
	return startS3(t, server{
		name: "rclone serve s3", program: "rcloneserve", ready: "/",
		args: func(_ *testing.T, host, port string) []string {
			return []string{"serve", "s3", "--config", os.DevNull, "--addr", host + ":" + port, "--auth-key", s3Access + "," + s3Secret, dir}
		},
	}, dir)
}
