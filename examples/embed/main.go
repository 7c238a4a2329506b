// Command embed serves files that live in memory to one user, with the engine as
// a library: a storage of your own takes the place of memstore.
package main

import (
	"context"
	"log"
	"net"

	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// users knows one user.
type users struct{ files *memstore.Store }

func (u users) Authenticate(_ context.Context, l ftpfront.Login) (*ftpfront.Account, error) {
	if l.User != "demo" || l.Password != "demo" {
		return nil, ftpfront.ErrLoginRefused
	}
	return &ftpfront.Account{Name: l.User, Backend: u.files}, nil
}

func main() {
	srv, err := ftpfront.New(ftpfront.Options{Authenticator: users{files: memstore.New()}})
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:2121")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(srv.Serve(ln))
}
