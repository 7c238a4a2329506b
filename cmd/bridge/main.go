// Command bridge is an FTP(S) server in front of HTTP services: every login is
// a call to an identity webhook, every listing, read, write, rename and delete a
// streamed call to a storage API.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errSaid is the error of a command that has said already what was wrong.
var errSaid = errors.New("see above")

// run runs the program and returns its exit status: 0, or 1 for any error.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintln(errOut, "bridge:", err)
	}
	return 1
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "bridge",
		Short: "An FTP(S) server in front of HTTP services",
		Long: `bridge lets FTP clients work with HTTP services. It keeps no file and no user
of its own: a login is a call to your identity webhook, and every listing,
download, upload, rename and delete is a streamed call to your storage API.

Start here:
  bridge demo                              everything on this machine, to try it out
  bridge map presets                       mappings that come with the bridge
  bridge init api.yaml                     draft a mapping from an OpenAPI document
  bridge check bridge.yaml x.map.yaml      find mistakes in configurations and mappings
  bridge explain -c bridge.yaml 'LIST /'   show the requests that a command leads to
  bridge verify -c bridge.yaml             try the running storage service
  bridge serve --config bridge.yaml        run it`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		serveCommand(), demoCommand(), checkCommand(), explainCommand(), initCommand(), verifyCommand(), mapCommand(),
		schemaCommand(), passwdCommand(), versionCommand(),
	)
	return root
}
