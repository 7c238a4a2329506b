package auth_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/ftpbridge/bridge/auth"
)

// A password file, with a guard against guessing before it.
func Example() {
	hash, err := auth.HashPassword("correct horse")
	if err != nil {
		fmt.Println(err)
		return
	}
	users, err := auth.NewStatic("users.yaml", []byte(`
users:
  - name: alice
    password: "`+hash+`"
    root: /tenants/acme
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	source, err := auth.NewGuard(auth.GuardOptions{}, auth.NewChain(users))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, password := range []string{"correct horse", "wrong horse"} {
		who, err := source.Authenticate(context.Background(), auth.Credentials{
			Method: auth.MethodPassword, User: "alice", Password: password,
		})
		switch {
		case err == nil:
			fmt.Println("welcome", who.Name, "in", who.Root)
		case errors.Is(err, auth.ErrDenied):
			fmt.Println("denied")
		default:
			fmt.Println("could not ask:", err)
		}
	}
	// Output:
	// welcome alice in /tenants/acme
	// denied
}
