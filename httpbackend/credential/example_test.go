package credential_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/httpbackend/credential"
)

func ExampleSigV4() {
	keys, err := credential.NewSigV4(credential.SigV4Options{AccessKey: "AKID", SecretKey: "…", Region: "eu-central-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// By the name that the mapping or its document uses; httpbackend applies it.
	caller := httpbackend.Caller{Session: "s_1", Credentials: map[string]httpbackend.Credential{"aws": keys}}

	r, err := http.NewRequest(http.MethodGet, "https://bucket.s3.eu-central-1.amazonaws.com/a.txt", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := caller.Credentials["aws"].Apply(context.Background(), r); err != nil {
		fmt.Println(err)
		return
	}
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	fmt.Println(scheme, keys)
	// Output: AWS4-HMAC-SHA256 (credential)
}
