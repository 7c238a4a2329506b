package dataconn

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
)

func TestProxyNamesTheClient(t *testing.T) {
	proxies := &proxyproto.Policy{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	header := func(ip string) string { return fmt.Sprintf("PROXY TCP4 %s 192.0.2.99 40000 50000\r\n", ip) }
	each(t, Range{Proxies: proxies}, func(t *testing.T, ports Ports) {
		p := listen(t, ports, client(netip.MustParseAddr("192.0.2.1")))
		slow := dial(t, loopback, p.Port(), "PROXY ") // holds up nobody
		dropped(t, dial(t, loopback, p.Port(), header("192.0.2.2")))
		dropped(t, dial(t, loopback, p.Port(), "USER ann\r\n"))
		dropped(t, dial(t, stranger, p.Port(), "")) // no proxy, and not the client
		dial(t, loopback, p.Port(), header("192.0.2.1")+"mine")
		arrives(t, p, "mine")
		if _, own := ports.(*Own); own {
			dropped(t, slow) // its port is closed
		}
	})
}

func TestSlowHeadersAreBounded(t *testing.T) {
	proxies := &proxyproto.Policy{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: time.Hour}
	ports := newPool(t, 1, Range{Proxies: proxies})
	p := listen(t, ports, client(loopback))
	for range maxAsking {
		dial(t, loopback, p.Port(), "")
	}
	dropped(t, dial(t, loopback, p.Port(), ""))
}

func TestHeaderHasADeadline(t *testing.T) {
	proxies := &proxyproto.Policy{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: time.Nanosecond}
	ports := newPool(t, 1, Range{Proxies: proxies})
	dropped(t, dial(t, loopback, listen(t, ports, client(loopback)).Port(), ""))
}
