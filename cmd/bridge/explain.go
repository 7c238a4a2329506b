package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var errWhich = errors.New("which mapping? Say one of --config, --mapping and --preset")

// mappingFlags name a mapping: that of a configuration, a file, or a preset.
type mappingFlags struct{ config, file, preset string }

func (f *mappingFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.config, "config", "c", "", "configuration file whose mapping it is")
	cmd.Flags().StringVarP(&f.file, "mapping", "m", "", "mapping file")
	cmd.Flags().StringVarP(&f.preset, "preset", "p", "", "preset")
}

// backend is what the flags say of the storage service.
func (f *mappingFlags) backend() (*config.Backend, error) {
	given := 0
	for _, v := range []string{f.config, f.file, f.preset} {
		if v != "" {
			given++
		}
	}
	if given != 1 {
		return nil, errWhich
	}
	if f.config == "" {
		return &config.Backend{Mapping: f.file, Preset: f.preset}, nil
	}
	cfg, err := config.Load(f.config, os.Environ(), nil)
	if err != nil {
		return nil, err
	}
	return &cfg.Backend, nil
}

// load reads the mapping, and what the flags say of the storage service.
func (f *mappingFlags) load() (*config.Backend, *mapping.Mapping, error) {
	b, err := f.backend()
	if err != nil {
		return nil, nil, err
	}
	m, err := loadMapping(b)
	return b, m, err
}

// report prints mistakes as check does.
func (f *mappingFlags) report(cmd *cobra.Command, err error) error {
	if errors.Is(err, errWhich) {
		return err
	}
	return report(cmd.ErrOrStderr(), cmp.Or(f.config, f.file, f.preset), err)
}

func explainCommand() *cobra.Command {
	var f mappingFlags
	var user, server string
	var variables map[string]string
	cmd := &cobra.Command{
		Use:   "explain 'COMMAND'…",
		Short: "Show the requests that FTP commands lead to",
		Long: `explain shows how the bridge would answer FTP commands: by which route of the
mapping, with which variables of the path, after which lookups, and the requests
themselves as commands of curl. It sends nothing.

What only an answer can tell stands as <name>, secrets as ***. Left out are the
headers that every request has (User-Agent, X-Request-Id, Traceparent, a default
Accept). Each command is one argument, so it needs quotes. REST is of the command
after it, RNFR goes with the RNTO after it; paths are taken from the root.

Commands: RETR STOR STOU APPE LIST NLST MLSD MLST SIZE MDTM STAT DELE MKD RMD
RNFR RNTO MFMT HASH XSHA256 XSHA512 XSHA1 XMD5 XCRC AVBL REST.`,
		Example: `  bridge explain --config bridge.yaml --user alice 'RETR /invoices/acme/2026-03.csv'
  bridge explain --mapping billing.map.yaml 'MLSD /invoices' 'REST 100' 'RETR /invoices/a.csv'
  bridge explain --preset s3 --var bucket=partners 'RNFR /a.txt' 'RNTO /b.txt'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			questions, err := mapping.ParseCommands(args)
			if err != nil {
				return err
			}
			b, m, err := f.load()
			if err != nil {
				return f.report(cmd, err)
			}
			if server != "" {
				if u, err := url.Parse(server); err != nil || u.User != nil {
					return errors.New("--server: want a URL without a user or password, such as https://files.example/v1")
				}
				b.Server.URL = server
			}
			a := asker(b, user)
			maps.Copy(a.Variables, variables)
			if f.config == "" {
				a.Credentials = nil
			}
			for i, q := range questions {
				if i > 0 {
					fmt.Fprintln(cmd.OutOrStdout())
				}
				if _, err := fmt.Fprint(cmd.OutOrStdout(), m.Explain(q, a)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().StringVarP(&user, "user", "u", "alice", "who asks: user.id and user.name in the mapping")
	cmd.Flags().StringVar(&server, "server", "", "base URL of the storage service, in place of the configured one")
	cmd.Flags().StringToStringVar(&variables, "var", nil, "variable of the server's URL, as name=value; may be repeated")
	return cmd
}

// asker is a user who asks by a configuration.
func asker(b *config.Backend, user string) mapping.Asker {
	a := mapping.Asker{
		User: map[string]any{
			"id": user, "name": user, "tenant": "", "groups": []any{}, "claims": map[string]any{}, "vars": map[string]any{},
		},
		Server: b.Server.URL, Variables: map[string]string{}, MountServers: b.Server.Mounts,
		Credentials: map[string]mapping.Shown{
			string(config.CredentialNone):         {},
			string(config.CredentialSessionJWT):   {Header: "Authorization"},
			string(config.CredentialSessionToken): {Header: "Authorization"},
		},
	}
	maps.Copy(a.Variables, b.Server.Variables)
	for name, c := range b.Credentials {
		a.Credentials[name] = carrierOf(c)
	}
	return a
}

// carrierOf is where a request carries a configured credential.
func carrierOf(c *config.Credential) mapping.Shown {
	switch {
	case c.Kind == config.CredentialNone:
		return mapping.Shown{}
	case c.Kind == config.CredentialAzureSAS:
		return mapping.Shown{Query: "sig"}
	case c.Kind == config.CredentialStatic && c.Static.Header != "":
		return mapping.Shown{Header: c.Static.Header}
	case c.Kind == config.CredentialStatic && c.Static.Query != "":
		return mapping.Shown{Query: c.Static.Query}
	}
	return mapping.Shown{Header: "Authorization"}
}
