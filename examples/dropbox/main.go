// Command dropbox runs the intake service of this example. README.md says how it
// becomes a folder to put files into.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ftpbridge/bridge/examples/dropbox/intake"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9102", "address to serve on")
	dir := flag.String("dir", "", "folder for the documents (default: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen, *dir, os.Getenv("DROPBOX_TOKEN")); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, listen, dir, token string) (err error) {
	if token == "" {
		return errors.New("DROPBOX_TOKEN is not set: the token that requests must show")
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "dropbox-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	service, err := intake.New(intake.Options{Dir: dir, Token: token, Logger: slog.Default()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, service.Close()) }()
	srv := &http.Server{Addr: listen, Handler: service, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = srv.Close() }) // it is a trial: nobody is waited for
	log.Printf("intake service on http://%s, documents in %s", listen, dir)
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
