package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/internal/verify"
)

// verifyFlags are the flags of bridge verify.
type verifyFlags struct {
	source    verifySource
	dir, look string
	keep      bool
	readOnly  bool
	json      bool
	files     int
	limit     time.Duration
}

func verifyCommand() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Try a running storage service through its mapping",
		Long: `verify does with a running service what FTP clients will do through serve: it
lists, makes folders, uploads, reads whole and in parts, overwrites, renames and
deletes, uploads that break off in the middle above all, and reports what does not
hold, with the HTTP request that led to it and where to look for the remedy. The
exit status is 1 if anything failed.

It works in a folder of its own with a random name, in the root or below --dir, and
removes it at the end, also after failures and Ctrl-C. Where no folders can be made it
makes files whose names begin alike. Verbs that are not mapped are skipped, and said
so. Where nothing can be written, or with --path, it reads what is there.

What is tried comes from a configuration, with its credentials; or from a mapping or a
preset, with credentials from the environment: BRIDGE_BACKEND_CREDENTIALS_NAME_... as
for serve. Credentials that come with a login are made for --user; those that need
the user's password or the login's own token need --login, which logs in through the
configuration's auth with a password from standard input.`,
		Example: `  bridge verify --config bridge.yaml --user alice
  bridge verify --mapping api.map.yaml --server http://localhost:9001 --dir /tests
  bridge verify --preset s3 --server https://s3.eu-central-1.amazonaws.com --var bucket=partners
  bridge verify --config bridge.yaml --user alice --login --read-only --path /invoices < password.txt`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	s := cmd.Flags()
	f.source.register(cmd)
	s.StringVar(&f.dir, "dir", "/", "folder in which the scratch folder is made")
	s.StringVar(&f.look, "path", "", "folder whose content is listed and read as it is (default --dir, where nothing can be written)")
	s.BoolVar(&f.keep, "keep", false, "leave the scratch folder behind")
	s.BoolVar(&f.readOnly, "read-only", false, "change nothing")
	s.BoolVar(&f.json, "json", false, "report as JSON")
	s.IntVar(&f.files, "files", 30, "how many files the folder with many has")
	s.DurationVar(&f.limit, "limit", time.Minute, "the longest that one check may take")
	return cmd
}

func (f *verifyFlags) run(cmd *cobra.Command) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	t, err := f.source.open(cmd)
	if err != nil {
		return err
	}
	defer t.close()
	o.Trace = t.trace
	session, err := t.session()
	if err != nil {
		return err
	}
	o.Fresh = func() storage.Backend {
		if again, err := t.session(); err == nil {
			return again
		}
		return session // a credential that could be made once
	}
	p := &verify.Printer{W: cmd.OutOrStdout()}
	if !f.json {
		fmt.Fprintf(p.W, "trying %s as %s\n\n", t.name, t.principal.Name)
		o.Progress = p.Print
	}
	r := verify.Run(cmd.Context(), session, o)
	if err := f.print(p, r); err != nil {
		return err
	}
	if n := t.leftOut.Load(); n > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d items of listings were left out: names that are none, that another item has (do pages overlap?), "+
			"or that would not lead back to them; bridge serve logs an example of each listing\n", n)
	}
	if !r.OK() || cmd.Context().Err() != nil {
		return errSaid
	}
	return nil
}

// print writes the end of the report, or all of it as JSON.
func (f *verifyFlags) print(p *verify.Printer, r verify.Report) error {
	if f.json {
		return r.WriteJSON(p.W)
	}
	p.Flush()
	_, err := io.WriteString(p.W, "\n"+r.Summary()+"\n")
	return err
}

// options checks the flags.
func (f *verifyFlags) options() (verify.Options, error) {
	o := verify.Options{Keep: f.keep, ReadOnly: f.readOnly, Files: f.files, Limit: f.limit}
	if f.files < 1 || f.limit <= 0 {
		return o, fmt.Errorf("--files and --limit: want more than 0")
	}
	for _, flag := range []struct {
		name, text string
		into       *storage.Path
	}{{"--dir", f.dir, &o.Dir}, {"--path", f.look, &o.Look}} {
		if flag.text == "" {
			continue
		}
		clean, err := storage.Clean(storage.Root, flag.text)
		if err != nil || !strings.HasPrefix(flag.text, "/") {
			return o, fmt.Errorf("%s: want an absolute path, not %q", flag.name, flag.text)
		}
		*flag.into = clean
	}
	return o, nil
}
