package ftpfront

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// directive does what is no line of either side:
//
//	connect             open the data connection, without sending
//	knock               open the data connection and be turned away
//	send N              send N bytes of generated content and close
//	receive /a.txt [N]  get the content of a file, from byte N on, to its end
//	receive N           get N bytes to the end
//	end                 the data connection has ended, with nothing left
//	broken              the data connection was broken off, not ended
//	close               end the data connection
//	reset               break the data connection off
//	cut                 end the TCP connection under TLS, without close_notify
//	raw "text"          send these bytes on the control connection
//	handshake           protect the control connection by TLS
//	handshake refused   the same, and see it fail
//	hangup              close the control connection
//	closed              the server has closed the control connection
func (p *player) directive(words []string, whole string) {
	p.Helper()
	switch words[0] {
	case "connect":
		p.data()
	case "knock":
		p.c.knock()
	case "send":
		p.sendGenerated(words[1])
	case "receive":
		p.receive(words[1:])
	case "end", "broken":
		p.ended(words[0] == "broken")
	case "close":
		p.data()
		p.check(p.c.closeData())
	case "reset":
		p.data()
		p.c.resetData()
	case "cut":
		p.data()
		p.c.cutData()
	case "raw":
		b, err := unquoted(strings.TrimPrefix(whole, "raw "))
		p.check(err)
		p.check(p.c.send(string(b)))
	case "handshake":
		if err := p.c.secure(); (err != nil) != (len(words) > 1) {
			p.failf("handshake: %v", err)
		}
		p.over = len(words) > 1
	case "hangup":
		p.c.conn.Close() // the test goes on without it
		p.over = true
	case "closed":
		if got, err := p.c.reply(); err == nil {
			p.failf("the server sends %q, want it to close", got)
		}
		p.over = true
	default:
		p.failf("unknown directive %q", words[0])
	}
}

func (p *player) sendGenerated(size string) {
	p.Helper()
	n, err := strconv.Atoi(size)
	p.check(err)
	_, err = p.data().Write(generated(n))
	p.check(err)
	p.check(p.c.closeData())
}

func (p *player) receive(args []string) {
	p.Helper()
	var want []byte
	if size, err := strconv.Atoi(args[0]); err == nil {
		want = generated(size)
	} else {
		name, err := storage.Clean(storage.Root, args[0])
		p.check(err)
		want, err = stored(p.Context(), p.set.users.files, name)
		p.check(err)
	}
	if len(args) > 1 {
		from, err := strconv.Atoi(args[1])
		p.check(err)
		want = want[from:]
	}
	p.data()
	got, err := io.ReadAll(p.c.dataReader)
	if err != nil || !bytes.Equal(got, want) {
		p.failf("got %d bytes %.40q (%v), want %d bytes", len(got), got, err, len(want))
	}
	p.check(p.c.closeData())
}

// ended checks how the data connection ended; what came before a break counts
// for nothing.
func (p *player) ended(broken bool) {
	p.Helper()
	p.data()
	rest, err := io.ReadAll(p.c.dataReader)
	switch {
	case broken && (err == nil || isTimeout(err)):
		p.failf("the data connection gives %v, want it broken off", err)
	case !broken && (err != nil || len(rest) > 0):
		p.failf("the data connection gives %q (%v), want its end", rest, err)
	}
	p.c.closeData() // broken or not, it is over
}
