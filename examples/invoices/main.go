// Command invoices runs the billing service of this example. README.md says how
// it becomes a tree of files.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ftpbridge/bridge/examples/invoices/billing"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9101", "address to serve on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen, os.Getenv("BILLING_TOKEN")); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, listen, token string) error {
	if token == "" {
		return errors.New("BILLING_TOKEN is not set: the token that requests must show")
	}
	service, err := billing.New(billing.Options{Book: billing.Sample(), Token: token})
	if err != nil {
		return err
	}
	srv := &http.Server{Addr: listen, Handler: service, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = srv.Close() }) // it is a trial: nobody is waited for
	log.Printf("billing service on http://%s", listen)
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
