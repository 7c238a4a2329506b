package ftpfront_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// oneUser lets ann in.
type oneUser struct {
	password string
	files    storage.Backend
}

func (u oneUser) Authenticate(_ context.Context, login ftpfront.Login) (*ftpfront.Account, error) {
	if login.User != "ann" || login.Password != u.password {
		return nil, ftpfront.ErrLoginRefused
	}
	return &ftpfront.Account{Name: login.User, Backend: u.files}, nil
}

// A server for one user, with files in memory.
func Example() {
	srv, err := ftpfront.New(ftpfront.Options{
		Authenticator: oneUser{password: "secret", files: memstore.New()},
		Name:          "Ann's files",
	})
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go srv.Serve(ln) // until Close below
	defer srv.Close()

	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	greeting := make([]byte, 100)
	n, err := client.Read(greeting)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", greeting[:n])
	// Output: 220 Ann's files ready.
}

// Shutdown lets transfers end, and Close ends those that take too long.
func ExampleServer_Shutdown() {
	srv, err := ftpfront.New(ftpfront.Options{Authenticator: oneUser{password: "secret", files: memstore.New()}})
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- srv.Serve(ln) }()

	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	if err := srv.Shutdown(ctx); err != nil {
		srv.Close()
	}
	err = <-served
	fmt.Println(errors.Is(err, ftpfront.ErrServerClosed))
	// Output: true
}
