package ftpfront

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// player plays the client's part of a transcript and compares the server's.
type player struct {
	*testing.T
	tr   *transcript
	set  settings
	c    *testClient
	line int    // of the step being played
	wait string // commands of C& lines
	over bool   // the server has ended the session
}

func newPlayer(t *testing.T, tr *transcript, addr string, set settings) *player {
	p := &player{T: t, tr: tr, set: set}
	p.c = dial(t, addr)
	if set.implicit {
		p.c.secure()
		p.c.protect = true
	}
	return p
}

func (p *player) close() { p.c.close() }

// failf ends the test with the place in the transcript.
func (p *player) failf(form string, args ...any) {
	p.Helper()
	p.Fatalf("%s:%d: %s", p.tr.file, p.line, fmt.Sprintf(form, args...))
}

func (p *player) check(err error) {
	p.Helper()
	if err != nil {
		p.failf("%v", err)
	}
}

func (p *player) play() {
	p.Helper()
	if p.set.login {
		p.prologue()
	}
	for _, s := range p.tr.steps {
		p.line = s.line
		if p.over {
			p.failf("the dialogue goes on after the session's end")
		}
		p.step(s)
	}
	if p.over {
		return
	}
	// Whatever else the server had to say would come before this reply.
	p.check(p.c.send("NOOP\r\n"))
	if got, err := p.c.reply(); err != nil || got != "200 OK." {
		p.failf("after the dialogue the server sends %q (%v)", got, err)
	}
}

// prologue logs ann in.
func (p *player) prologue() {
	p.Helper()
	p.expect("220 *")
	dialogue := []string{"USER ann", "331 *", "PASS secret", "230 *"}
	if p.set.binary {
		dialogue = append(dialogue, "TYPE I", "200 *")
	}
	for i := 0; i < len(dialogue); i += 2 {
		p.check(p.c.send(dialogue[i] + "\r\n"))
		p.expect(dialogue[i+1])
	}
}

func (p *player) step(s step) {
	p.Helper()
	switch s.kind {
	case "S>":
		p.expect(s.text)
	case "C&":
		p.wait += p.substituted(s.text) + "\r\n"
	case "C>":
		p.c.noteProtection(s.text)
		p.check(p.c.send(p.wait + p.substituted(s.text) + "\r\n"))
		p.wait = ""
	case "D>":
		b, err := dataText(s.text)
		p.check(err)
		_, err = p.data().Write(b)
		p.check(err)
	case "D<":
		want, err := dataText(s.text)
		p.check(err)
		p.expectData(want, strings.HasPrefix(s.text, `"`))
	case "!":
		p.directive(strings.Fields(s.text), s.text)
	}
}

// dataText is what a D line stands for.
func dataText(text string) ([]byte, error) {
	if strings.HasPrefix(text, `"`) {
		return unquoted(text)
	}
	return []byte(text + "\r\n"), nil
}

// expect compares the next line of the server with a pattern.
func (p *player) expect(pattern string) {
	p.Helper()
	got, err := p.c.reply()
	if err != nil {
		p.failf("want %q, the control connection gives %v", pattern, err)
	}
	if !matches(pattern, got) {
		p.failf("the server sends %q, want %q", got, pattern)
	}
}

// matches compares text with a pattern in which * stands for any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

// expectData compares the next line, or the next bytes, of the data connection.
func (p *player) expectData(want []byte, exact bool) {
	p.Helper()
	var got []byte
	var err error
	p.data()
	if exact {
		got = make([]byte, len(want))
		var n int
		n, err = io.ReadFull(p.c.dataReader, got)
		got = got[:n]
	} else {
		got, err = p.c.dataReader.ReadBytes('\n')
	}
	if err != nil {
		p.failf("the data connection gives %q and then %v, want %q", got, err, want)
	}
	if ok := bytes.Equal(got, want) || !exact && matches(string(want), string(got)); !ok {
		p.failf("the data connection gives %q, want %q", got, want)
	}
}

// data is the data connection, opened if it is not yet.
func (p *player) data() net.Conn {
	p.Helper()
	if p.c.data == nil {
		p.check(p.c.openData())
	}
	return p.c.data
}

// substituted replaces {port} and {eprt} by an address at which the client
// listens.
func (p *player) substituted(text string) string {
	p.Helper()
	if !strings.Contains(text, "{port}") && !strings.Contains(text, "{eprt}") {
		return text
	}
	addr, err := p.c.listen()
	p.check(err)
	text = strings.ReplaceAll(text, "{eprt}", wire.FormatExtendedPort(addr))
	if addr.Addr().Is4() {
		text = strings.ReplaceAll(text, "{port}", wire.FormatPort(addr))
	}
	return text
}

// passiveAddress reads the address out of 227 or 229; other replies give false.
func passiveAddress(reply string, server netip.Addr) (netip.AddrPort, bool) {
	_, inside, ok := strings.Cut(reply, "(")
	if !ok {
		return netip.AddrPort{}, false
	}
	inside, _, ok = strings.Cut(inside, ")")
	if !ok {
		return netip.AddrPort{}, false
	}
	switch {
	case strings.HasPrefix(reply, "227 "):
		addr, err := wire.ParsePort(inside)
		return addr, err == nil
	case strings.HasPrefix(reply, "229 "):
		port, err := strconv.ParseUint(strings.Trim(inside, "|"), 10, 16)
		return netip.AddrPortFrom(server, uint16(port)), err == nil
	}
	return netip.AddrPort{}, false
}
