package main

import (
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/logging"
)

// settings are the flags that serve and check share.
type settings struct {
	file  string
	flags map[string]*string // by configuration key
}

// shortcuts are the keys that have a flag of their own.
var shortcuts = []struct{ flag, key, usage string }{
	{"listen", "ftp.listen", "addresses for FTP, separated by commas"},
	{"admin", "admin.listen", "address of the admin listener"},
	{"server", "backend.server.url", "base URL of the storage service"},
	{"log-level", "log.level", "debug, info, warn or error"},
	{"log-format", "log.format", "json or console"},
}

func (s *settings) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&s.file, "config", "c", "", "configuration file")
	s.flags = map[string]*string{}
	for _, f := range shortcuts {
		s.flags[f.key] = cmd.Flags().String(f.flag, "", f.usage+" ("+f.key+")")
	}
}

// load reads the configuration: flags beat the environment, which beats the file.
func (s *settings) load() (*config.Config, error) { return s.loadFile(s.file) }

// loadFile is load for another file than that of the flag.
func (s *settings) loadFile(file string) (*config.Config, error) {
	overrides := map[string]string{}
	for key, value := range s.flags {
		if *value != "" {
			overrides[key] = *value
		}
	}
	return config.Load(file, os.Environ(), overrides)
}

func serveCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bridge",
		Long: `serve runs the bridge until it gets SIGINT or SIGTERM; then it lets running
transfers end.

Every key of the configuration is also an environment variable: ftp.listen is
BRIDGE_FTP_LISTEN, auth.0.webhook.url is BRIDGE_AUTH_0_WEBHOOK_URL. Flags beat
the environment, which beats the file.`,
		Example: `  bridge serve --config bridge.yaml
  bridge serve --config bridge.yaml --listen 0.0.0.0:21 --log-level debug`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := s.load()
			if err != nil {
				return report(cmd.ErrOrStderr(), s.file, err)
			}
			log, err := logging.New(cfg.Log.Level, cfg.Log.Format, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return serve(cmd, s.file, cfg, log)
		},
	}
	s.register(cmd)
	return cmd
}

func serve(cmd *cobra.Command, file string, cfg *config.Config, log *slog.Logger) error {
	for _, w := range cfg.Warnings() {
		log.Warn("configuration", "warning", w)
	}
	a, err := newApp(cfg, log)
	if err != nil {
		return report(cmd.ErrOrStderr(), file, err)
	}
	for _, w := range a.mapping.Warnings {
		log.Warn("mapping", "warning", w.Error())
	}
	l, err := listen(cfg)
	if err != nil {
		return err
	}
	for _, ln := range l.ftp {
		log.Info("listening", "for", "ftp", "address", ln.Addr().String(), "tls", string(cfg.FTP.TLS.Mode))
	}
	if l.admin != nil {
		log.Info("listening", "for", "admin", "address", l.admin.Addr().String())
	}
	return a.run(cmd.Context(), l)
}
