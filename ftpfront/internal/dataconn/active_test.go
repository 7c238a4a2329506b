package dataconn

import (
	"context"
	"net"
	"net/netip"
	"testing"
)

func TestActiveDialsFromItsOwnAddress(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a := Active{Local: netip.AddrPortFrom(loopback, 0), Remote: ln.Addr().(*net.TCPAddr).AddrPort()}
	conn, err := a.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Abort()
	if local := conn.tcp.LocalAddr().(*net.TCPAddr).AddrPort().Addr(); local != loopback {
		t.Errorf("dialled from %v, want %v", local, loopback)
	}
	ctx, end := context.WithCancel(t.Context())
	end()
	if conn, err := a.Open(ctx); err == nil {
		conn.Abort() // it was not wanted
		t.Error("Open dials though its context has ended")
	}
}

func TestActiveSharesItsPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).AddrPort().Port()
	ln.Close() // only its number was wanted
	for range 2 {
		peer, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		conn, err := Active{
			Local:  netip.AddrPortFrom(loopback, port),
			Remote: peer.Addr().(*net.TCPAddr).AddrPort(),
		}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Abort()
		if got := conn.tcp.LocalAddr().(*net.TCPAddr).AddrPort().Port(); got != port {
			t.Errorf("source port: got %d, want %d", got, port)
		}
	}
}
