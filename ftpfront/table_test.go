package ftpfront

import (
	"slices"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

func TestVerbsBeforeLogin(t *testing.T) {
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}})
	c := dial(t, addr)
	defer c.close()
	c.want(t, "220 *")
	for verb, row := range commandTable() {
		if row.login {
			c.ask(t, verb, "530 Log in first.", verb+" x", "530 Log in first.")
		}
	}
}

// lines reads a multi-line reply.
func (c *testClient) lines(t *testing.T, command string) []string {
	t.Helper()
	if err := c.send(command + "\r\n"); err != nil {
		t.Fatal(err)
	}
	var all []string
	for {
		line, err := c.reply()
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, line); line[3] == ' ' && line[0] != ' ' {
			return all
		}
	}
}

func TestHelpListsTheTable(t *testing.T) {
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}})
	c := dial(t, addr)
	defer c.close()
	c.want(t, "220 *")
	all := c.lines(t, "HELP")
	var got, want []string
	for _, line := range all[1 : len(all)-1] {
		got = append(got, strings.Fields(line)...)
	}
	for verb, row := range commandTable() {
		if !row.alias {
			want = append(want, verb)
		}
		c.ask(t, "HELP "+verb, "214 "+verb+" is supported.")
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("HELP lists\n%q, the table has\n%q", got, want)
	}
}

// TestFeaturesAreServed holds that FEAT promises nothing that is not there, and
// leaves out nothing that RFC 2389 wants announced: every verb that is younger
// than RFC 959.
func TestFeaturesAreServed(t *testing.T) {
	notVerbs := []string{"REST", "TVFS", "UTF8", "AUTH"}
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: withSpace(memstore.New(), 1)}, TLS: serverTLS(), ComputeDigests: true, Deflate: true,
	})
	c := logIn(t, addr)
	all := c.lines(t, "FEAT")
	table := commandTable()
	announced := map[string]bool{}
	for _, line := range all[1 : len(all)-1] {
		feature := strings.Fields(line)[0]
		announced[feature] = true
		if _, served := table[feature]; !served && !slices.Contains(notVerbs, feature) {
			t.Errorf("FEAT announces %s, which is not in the table", feature)
		}
	}
	old := strings.Fields("USER PASS ACCT REIN QUIT TYPE STRU MODE REST ALLO PASV PORT RETR STOR STOU APPE LIST NLST " +
		"ABOR PWD CWD CDUP MKD RMD DELE RNFR RNTO NOOP STAT SYST HELP SITE")
	implied := []string{"FEAT", "OPTS", "CCC", "MLSD"} // by FEAT itself; CCC is never granted; MLST stands for both
	for verb, row := range table {
		if !announced[verb] && !row.alias && !slices.Contains(old, verb) && !slices.Contains(implied, verb) {
			t.Errorf("FEAT does not announce %s", verb)
		}
	}
}

func TestTableIsConsistent(t *testing.T) {
	for verb, row := range commandTable() {
		if wire.ParseCommand(verb).Verb != verb {
			t.Errorf("%s is no verb that a client could send", verb)
		}
		if row.data && !row.login {
			t.Errorf("%s transfers without a login", verb)
		}
		if row.data && row.during != hold {
			t.Errorf("%s would start a second transfer", verb)
		}
	}
	for _, verb := range unimplemented {
		if _, served := commandTable()[verb]; served {
			t.Errorf("%s is in the table and among those not implemented", verb)
		}
	}
}

func TestEveryKindHasAReply(t *testing.T) {
	for _, kind := range storage.Kinds() {
		row, ok := kindReplies[kind]
		if !ok || row.text == "" {
			t.Errorf("kind %q has no reply", kind)
			continue
		}
		for class, code := range row.codes {
			if code < 400 || code > 599 {
				t.Errorf("kind %q of class %d is answered %d, want an error", kind, class, code)
			}
		}
	}
	if len(kindReplies) != len(storage.Kinds()) {
		t.Errorf("%d rows for %d kinds", len(kindReplies), len(storage.Kinds()))
	}
}

func TestOptionsCheck(t *testing.T) {
	good := func() Options { return Options{Authenticator: testUsers{}} }
	for name, change := range map[string]func(*Options){
		"Authenticator": func(o *Options) { o.Authenticator = nil },
		"RequireTLS":    func(o *Options) { o.RequireTLS = true },
		"PassivePorts":  func(o *Options) { o.PassivePorts = [2]uint16{5000, 4000} },
		"Site":          func(o *Options) { o.Site = map[string]SiteCommand{"x y": {Run: echo}} },
		"UploadEnd":     func(o *Options) { o.UploadEnd = EndLenient + 1 },
	} {
		o := good()
		change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "Options."+name) {
			t.Errorf("New with a bad %s: %v, want an error that names it", name, err)
		}
	}
	o := good()
	o.PassivePorts = [2]uint16{0, 4000}
	if _, err := New(o); err == nil {
		t.Error("New takes a range of passive ports that begins at 0")
	}
	o = good()
	o.Site = map[string]SiteCommand{"ECHO": {}}
	if _, err := New(o); err == nil {
		t.Error("New takes a SITE command without Run")
	}
	if _, err := New(good()); err != nil {
		t.Errorf("New: %v", err)
	}
}
