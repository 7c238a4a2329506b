package restrict

import (
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
	"github.com/ftpbridge/bridge/ftpfront/storage/storagetest"
)

// A backend below a root, with rules that forbid nothing, is as good as another.
func TestConformance(t *testing.T) {
	for name, rules := range map[string][]Rule{
		"no rules":  nil,
		"all rules": {{Pattern: "/**", Allow: storage.AllActions}},
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Run(t, func(t *testing.T) storage.Backend {
				inner := memstore.New()
				for _, dir := range []storage.Path{"/tenants", "/tenants/acme"} {
					if err := inner.MakeDir(t.Context(), dir); err != nil {
						t.Fatal(err)
					}
				}
				b, err := New(inner, Options{Root: "/tenants/acme", Rules: rules})
				if err != nil {
					t.Fatal(err)
				}
				return b
			})
		})
	}
}
