//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/examples/dropbox/intake"
	"github.com/ftpbridge/bridge/examples/invoices/billing"
)

// exampleToken is what the services of the examples want to see.
const exampleToken = "secret"

// behind runs the bridge with the mapping of an example in front of its service.
func behind(t *testing.T, name, credential string, service http.Handler) *bridge {
	t.Helper()
	srv := httptest.NewServer(service)
	t.Cleanup(srv.Close)
	b, _ := serve(t, fmt.Sprintf(`
mapping: %s
server: {url: "%s"}
credentials: {%s: {static: {value: %s}}}
show_problem_text: true`, absolute(t, filepath.Join("../../examples", name, name+".map.yaml")), srv.URL, credential, exampleToken))
	return b
}

// TestInvoices reads business resources as files with clients of others, among them
// files whose size nobody knows before they are made.
func TestInvoices(t *testing.T) {
	service, err := billing.New(billing.Options{Book: billing.Sample(), Token: exampleToken})
	if err != nil {
		t.Fatal(err)
	}
	b := behind(t, "invoices", "billing-client", service)
	const report = "customer,year,month,total,currency\r\nacme,2025,12,965.00,EUR\r\n" // RFC 4180
	link := link{plain, ipv4, passive}
	curl := need(t, "curl")
	if got := curl.run(t, "", append(curlOptions(link), b.url("/reports/invoices-2025.csv"))...); got != report {
		t.Errorf("curl reads %q", got)
	}
	got := curl.run(t, "", append(curlOptions(link), "-l", b.url("/invoices/acme/"))...)
	if names := strings.Fields(got); len(names) != 4 || !strings.HasPrefix(names[3], "draft-") {
		t.Errorf("curl lists %q", names)
	}
	dir := filepath.Join(t.TempDir(), "tree")
	need(t, "lftp").run(t, "", "-c", lftpSettings(link)+fmt.Sprintf("open -u %s,%s %s; mirror / %q", user, password, b.url("/"), dir))
	tree := readTree(t, dir)
	if string(tree["reports/invoices-2025.csv"]) != report || len(tree["invoices/acme/2026-02.csv"]) != 140 {
		t.Errorf("lftp mirrors %q", tree)
	}
	down := filepath.Join(t.TempDir(), "down")
	need(t, "wget").run(t, "", "-q", "-O", down, "--user", user, "--password", password, b.url("/reports/invoices-2025.csv"))
	wantFile(t, down, []byte(report))
}

// TestDropBox puts documents into a service that answers with tickets and findings.
func TestDropBox(t *testing.T) {
	dir := t.TempDir()
	service, err := intake.New(intake.Options{Dir: dir, Token: exampleToken})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	b := behind(t, "dropbox", "dropbox-token", service)
	file := filepath.Join(t.TempDir(), "document")
	writeFile(t, file, []byte("id,amount\n1,10.00\n"))
	curl := need(t, "curl")
	put := func(name string) string {
		t.Helper()
		return curl.run(t, "", append(curlOptions(link{plain, ipv4, passive}), "-v", "-T", file, b.url(name))...)
	}
	if out := put("/in/acme_20260331_orders.csv"); !strings.Contains(out, "< 226 accepted as T") {
		t.Errorf("no ticket in\n%s", out)
	}
	large := content(3_000_000)
	writeFile(t, file, large)
	if out := put("/in/big/scan.tiff"); !strings.Contains(out, "< 226 accepted as T") {
		t.Errorf("no ticket in\n%s", out)
	}
	kept := false
	for _, stored := range readTree(t, dir) {
		kept = kept || string(stored) == string(large)
	}
	if !kept {
		t.Error("the service does not have the large document")
	}
	writeFile(t, file, []byte("id,amount\n1\n"))
	refused := bridgeReply(t, curl, b, file, "/in/globex_20260331_orders.csv")
	if !strings.Contains(refused, "< 553 ") || !strings.Contains(refused, "line 2") {
		t.Errorf("no finding in\n%s", refused)
	}
}

// bridgeReply uploads with curl what is refused, and returns all that curl says of it.
func bridgeReply(t *testing.T, curl *client, b *bridge, file, name string) string {
	t.Helper()
	cmd := curl.command(t, append(curlOptions(link{plain, ipv4, passive}), "-v", "-T", file, b.url(name))...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("%s is taken", name)
	}
	return string(out)
}
