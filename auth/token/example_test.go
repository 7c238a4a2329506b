package token_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/ftpbridge/bridge/auth/token"
)

func ExampleSigner() {
	signer, err := token.NewSigner(token.Options{Issuer: "https://bridge.acme.example", Instance: "bridge-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux() // of the server that answers to the issuer's name
	mux.Handle(token.KeysPath, signer.Keys())
	mux.Handle(token.ConfigurationPath, signer.Configuration())

	session := signer.Source(token.Claims{Subject: "u-17", Audience: "files", Session: "s_1"})
	r, err := http.NewRequest(http.MethodGet, "https://files.acme.example/v1/list/", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := session.Apply(context.Background(), r); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Count(r.Header.Get("Authorization"), "."), "dots in a signed token")
	// Output: 2 dots in a signed token
}
