// Command embed serves a folder to one user: the engine as a library, with a
// storage.Backend and an authenticator of one's own.
package main

import (
	"context"
	"log"
	"net"

	"github.com/ftpbridge/bridge/examples/embed/folder"
	"github.com/ftpbridge/bridge/ftpfront"
)

// users knows one user.
type users struct{ files *folder.Store }

func (u users) Authenticate(_ context.Context, l ftpfront.Login) (*ftpfront.Account, error) {
	if l.User != "demo" || l.Password != "demo" {
		return nil, ftpfront.ErrLoginRefused
	}
	return &ftpfront.Account{Name: l.User, Backend: u.files}, nil
}

func main() {
	files, err := folder.Open(".")
	if err != nil {
		log.Fatal(err)
	}
	srv, err := ftpfront.New(ftpfront.Options{Authenticator: users{files}})
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:2121")
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(srv.Serve(ln))
}
