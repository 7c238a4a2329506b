package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/metrics"
	"github.com/ftpbridge/bridge/internal/verify"
)

// verifySource says what is tried, and for whom.
type verifySource struct {
	config, mapping, preset string
	server                  string
	variables               []string
	user                    string
	login                   bool
}

func (s *verifySource) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&s.config, "config", "c", "", "configuration file")
	f.StringVar(&s.mapping, "mapping", "", "mapping file, without a configuration")
	f.StringVar(&s.preset, "preset", "", "mapping that comes with the bridge, without a configuration")
	f.StringVar(&s.server, "server", "", "base URL of the service")
	f.StringArrayVar(&s.variables, "var", nil, "variable of the server's URL, as name=value; may be repeated")
	f.StringVar(&s.user, "user", "verify", "user for whom credentials are made")
	f.BoolVar(&s.login, "login", false, "log in as --user, with the password from standard input")
	cmd.MarkFlagsMutuallyExclusive("config", "mapping", "preset")
	cmd.MarkFlagsOneRequired("config", "mapping", "preset")
}

// overrides are the flags as settings of a configuration.
func (s *verifySource) overrides() (map[string]string, error) {
	o := map[string]string{}
	if s.server != "" {
		o["backend.server.url"] = s.server
	}
	for _, v := range s.variables {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--var: want name=value, not %q", v)
		}
		o["backend.server.variables."+name] = value
	}
	return o, nil
}

// load reads the configuration, or makes one of the flags and the environment that has
// what a configuration must and verify does not use.
func (s *verifySource) load() (*config.Config, error) {
	o, err := s.overrides()
	if err != nil {
		return nil, err
	}
	if s.config != "" {
		return config.Load(s.config, os.Environ(), o)
	}
	if s.login {
		return nil, errors.New("--login needs a --config, which says how users log in")
	}
	o["ftp.tls.mode"] = string(config.TLSOff)
	o["auth.0.static.file"] = "not-used"
	if s.preset != "" {
		o["backend.preset"] = s.preset
	} else if o["backend.mapping"], err = filepath.Abs(s.mapping); err != nil {
		return nil, err
	}
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return !strings.HasPrefix(variable, "BRIDGE_BACKEND_") && !strings.HasPrefix(variable, "BRIDGE_TOKEN_")
	})
	return config.Load("", env, o)
}

// tried is an upstream that is tried for one user.
type tried struct {
	name      string // of the mapping and its server
	accounts  *accounts
	principal *auth.Principal
	login     ftpfront.Login
	trace     *verify.Trace
	leftOut   atomic.Int64 // items of listings that were not shown
}

// open builds what is tried, as serve does, and logs in if that is asked for.
func (s *verifySource) open(cmd *cobra.Command) (*tried, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, report(cmd.ErrOrStderr(), s.config, err)
	}
	t := &tried{trace: &verify.Trace{}, login: ftpfront.Login{
		Session: "verify-" + strings.ToLower(rand.Text()[:12]), Attempt: 1, User: s.user,
		Client: netip.MustParseAddrPort("127.0.0.1:0"), Local: netip.MustParseAddrPort("127.0.0.1:0"),
	}}
	signer, err := newSigner(cfg)
	if err != nil {
		return nil, err
	}
	creds, err := newCredentials(cfg, signer)
	if err != nil {
		return nil, err
	}
	up, err := t.upstream(cfg, creds)
	if err != nil {
		creds.close()
		return nil, err
	}
	t.accounts = &accounts{upstream: up, credentials: creds, instance: cfg.FTP.Name}
	if err := s.identify(cmd, cfg, t); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// upstream is that of serve, but for a breaker that would hide what later checks find,
// and an observer.
func (t *tried) upstream(cfg *config.Config, creds *credentials) (*httpbackend.Upstream, error) {
	maps, err := loadMapping(&cfg.Backend)
	if err != nil {
		return nil, err
	}
	o, err := upstreamOptions(cfg, maps, creds, metrics.New(), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	o.BreakerFailures = 1 << 30
	o.Observe = func(e httpbackend.Exchange) {
		x := verify.Exchange{Method: e.Method, URL: e.URL, Status: e.Status}
		if e.Err != nil {
			x.Err = e.Err.Error()
		}
		t.trace.Note(x)
	}
	o.OnLeftOut = func(_ string, count int) { t.leftOut.Add(int64(count)) }
	t.name = fmt.Sprintf("%s at %s", o.Mapping.Name, cmp.Or(o.Server, o.Mapping.Server))
	up, err := httpbackend.New(o)
	if err != nil {
		return nil, fmt.Errorf("backend: %w", err)
	}
	return up, nil
}

// identify finds out who the user is: by a login, or by the name alone.
func (s *verifySource) identify(cmd *cobra.Command, cfg *config.Config, t *tried) error {
	if !s.login {
		t.principal = &auth.Principal{ID: s.user, Name: s.user}
		return nil
	}
	password, err := askPassword(cmd.InOrStdin(), cmd.ErrOrStderr(), "Password: ")
	if err != nil {
		return err
	}
	t.login.Password = password
	src, err := newSources(cfg)
	if err != nil {
		return err
	}
	defer src.close()
	t.principal, err = src.first.Authenticate(cmd.Context(), t.accounts.authCredentials(t.login))
	if err != nil {
		return fmt.Errorf("log in as %s: %w", s.user, err)
	}
	return nil
}

// session is a new session of the user, which remembers nothing of the others.
func (t *tried) session() (storage.Backend, error) {
	files, err := t.accounts.backend(t.principal, t.login)
	if err != nil {
		return nil, fmt.Errorf("%w; --login gives what comes with a login", err)
	}
	return files, nil
}

func (t *tried) close() {
	t.accounts.credentials.close()
	t.accounts.upstream.Close()
}

// askPassword asks once on a terminal, without echo, and reads one line elsewhere.
func askPassword(in io.Reader, prompts io.Writer, prompt string) (string, error) {
	answers, err := readPasswords(in, prompts, prompt)
	if err != nil {
		return "", err
	}
	return notEmpty(answers[0])
}
