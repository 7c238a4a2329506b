package ftpfront

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// SiteCommand is a SITE command of the embedder's own. It is for users who have
// logged in.
type SiteCommand struct {
	// Form is what follows the name, for SITE HELP, such as "<path>".
	Form string
	// Run answers the command with the text of the final reply, one line. Its
	// error is answered like that of a storage: make it a *storage.Error. It runs
	// on the session's goroutine under Limits.Command, for many sessions at once.
	Run func(ctx context.Context, call SiteCall) (string, error)
}

// SiteCall is a SITE command as it was given.
type SiteCall struct {
	Session SessionInfo
	Account *Account
	Dir     storage.Path // the working directory
	Arg     string       // what follows the name, without blanks around it
}

// siteCommand is a row of the table of SITE.
type siteCommand struct {
	run    func(*session, context.Context, string) (wire.Reply, error)
	form   string // what follows, for HELP
	public bool   // before login too
}

// siteTable holds the built-in commands and those of Options.
func siteTable(own map[string]SiteCommand) map[string]siteCommand {
	t := map[string]siteCommand{
		"HELP":  {run: (*session).siteHelp, public: true},
		"CHMOD": {run: (*session).siteChmod, form: "<mode> <path>"},
		"IDLE":  {run: (*session).siteIdle, form: "[<seconds>]"},
		"MD5":   {run: (*session).siteMD5, form: "<path>"},
		"UTIME": {run: (*session).siteUtime, form: "<time> <path>"},
	}
	for name, c := range own {
		t[name] = siteCommand{form: c.Form, run: func(s *session, ctx context.Context, arg string) (wire.Reply, error) {
			text, err := c.Run(ctx, SiteCall{Session: s.info(), Account: s.account, Dir: s.cwd, Arg: arg})
			return wire.Reply{Code: wire.OK, Text: text}, err
		}}
	}
	return t
}

// checkSite names what is wrong with a SITE command of Options.
func checkSite(own map[string]SiteCommand) error {
	for name, c := range own {
		if wire.ParseCommand(name).Verb != name || name == "" {
			return fmt.Errorf("ftpfront: Options.Site: %q is no name of a command in capitals", name)
		}
		if c.Run == nil {
			return fmt.Errorf("ftpfront: Options.Site: %s has no Run", name)
		}
	}
	return nil
}

// site answers SITE from its own table.
func (s *session) site(ctx context.Context, arg string) (wire.Reply, error) {
	cmd := wire.ParseCommand(arg)
	row, known := s.srv.site[cmd.Verb]
	switch {
	case !known:
		return wire.Reply{}, errParameter
	case !row.public && s.account == nil:
		return wire.Reply{}, errNotLoggedIn
	}
	return row.run(s, ctx, strings.TrimSpace(cmd.Arg))
}

// siteHelp answers SITE HELP from the table.
func (s *session) siteHelp(context.Context, string) (wire.Reply, error) {
	r := wire.Reply{Code: wire.HelpText, Head: "These SITE commands are supported:", Text: "End of help."}
	for _, name := range slices.Sorted(maps.Keys(s.srv.site)) {
		r.Lines = append(r.Lines, strings.TrimRight(name+" "+s.srv.site[name].form, " "))
	}
	return r, nil
}

// siteChmod answers SITE CHMOD "<mode> <path>" with 202: storages have no modes,
// what is allowed where is said elsewhere. 202 is RFC 959's "not implemented,
// superfluous at this site": true, and a success to clients, which send CHMOD
// behind every upload of a tree (lftp mirror -R) and count an error as a failed
// file.
func (s *session) siteChmod(_ context.Context, arg string) (wire.Reply, error) {
	mode, path, _ := strings.Cut(arg, " ")
	if n, err := strconv.ParseUint(mode, 8, 16); err != nil || n > 0o7777 {
		return wire.Reply{}, errSyntax
	}
	if _, err := s.path(path); err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.Superfluous, Text: "Not needed: files have no modes here."}, nil
}

// siteIdle answers SITE IDLE: the time between commands, which a client may
// shorten.
func (s *session) siteIdle(_ context.Context, arg string) (wire.Reply, error) {
	limit := s.idleLimit()
	if arg == "" {
		if s.idle > 0 {
			limit = s.idle
		}
		if limit <= 0 {
			return wire.Reply{Code: wire.OK, Text: "No limit on idle time."}, nil
		}
		return wire.Reply{Code: wire.OK, Text: fmt.Sprintf("Idle time is limited to %d s.", limit/time.Second)}, nil
	}
	n, err := strconv.ParseInt(arg, 10, 32)
	wanted := time.Duration(n) * time.Second
	switch {
	case err != nil || n <= 0:
		return wire.Reply{}, errSyntax
	case limit > 0 && wanted > limit:
		return wire.Reply{}, errParameter
	}
	s.idle = wanted
	return wire.Reply{Code: wire.OK, Text: fmt.Sprintf("Idle time is limited to %d s.", n)}, nil
}

// siteMD5 answers SITE MD5 "<path>", in the form of md5sum.
func (s *session) siteMD5(_ context.Context, arg string) (wire.Reply, error) {
	return s.digestLine(arg, wire.FileStatus, func(sum []byte) string { return fmt.Sprintf("%x  %s", sum, arg) })
}
