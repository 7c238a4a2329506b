// Package e2e drives the whole program with the FTP clients that people use,
// each over every link that it can use: plain, explicit and implicit FTPS, IPv4
// and IPv6, passive and active. The variable matrix holds what a client cannot
// do. The tests have the build tag e2e, since they need those clients:
//
//	sh internal/e2e/clients.sh
//	sh internal/e2e/servers.sh
//	go test -tags e2e ./internal/e2e
//
// A client that is not installed is skipped, or an error when
// BRIDGE_REQUIRE_CLIENTS=1; Java is asked for only where there is one.
// BRIDGE_BINARY names a program to test in place of
// one built from cmd/bridge.
//
// It also runs HTTP storage servers that others have written, to put them behind
// the bridge. The tests named TestUpstream… talk to the servers alone: what they
// want is what the mappings of these servers rely on, oddities included, so that
// a new version that behaves otherwise shows there first. BRIDGE_SHOW=1 prints
// their exchanges under go test -v.
package e2e
