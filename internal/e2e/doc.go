// Package e2e drives the whole program with the FTP clients that people use. Its
// tests have the build tag e2e, since they need those clients:
//
//	sh internal/e2e/clients.sh
//	go test -tags e2e ./internal/e2e
//
// A client that is not installed is skipped, or an error when
// BRIDGE_REQUIRE_CLIENTS=1. BRIDGE_BINARY names a program to test in place of
// one built from cmd/bridge.
package e2e
