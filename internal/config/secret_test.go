package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestSecretIsNeverShown tries the ways by which a value ends up in a text, also
// from within structs whose fields are not exported.
func TestSecretIsNeverShown(t *testing.T) {
	s := newSecret("hunter2")
	type holder struct{ inner Secret }
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&shown, verb, s)
		fmt.Fprintf(&shown, verb, &s)
		fmt.Fprintf(&shown, verb, holder{s})
		fmt.Fprintf(&shown, verb, Config{Auth: []Source{{Webhook: &Webhook{Secret: s}}}})
	}
	shown.WriteString(s.String())
	slog.New(slog.NewTextHandler(&shown, nil)).Info("x", "s", s, "h", holder{s}, "w", Webhook{Secret: s})
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("x", "s", s, "w", Webhook{Secret: s})
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		data, err := marshal(Webhook{Secret: s})
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(data)
	}
	for _, form := range []string{"hunter2", "68756e74657232", "68756E74657232", "104 117"} {
		if strings.Contains(shown.String(), form) {
			t.Errorf("%q is shown in:\n%s", form, shown.String())
		}
	}
	if got := s.Reveal(); got != "hunter2" {
		t.Errorf("Reveal: got %q", got)
	}
	if got := (Secret{}).Reveal(); got != "" {
		t.Errorf("Reveal of the zero Secret: got %q, want none", got)
	}
}
