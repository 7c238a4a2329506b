package config

import (
	"fmt"
	"io"
	"log/slog"
)

// masked is what every way of printing a [Secret] gives.
const masked = "(secret)"

// Secret is a value that must not be shown. No way of printing, logging or
// encoding it gives the value; only [Secret.Reveal] does. The zero value is the
// empty secret.
type Secret struct {
	// A pointer, because fmt prints unexported fields of structs that hold
	// a Secret without asking it, and follows no pointer there.
	value *string
}

// newSecret wraps value.
func newSecret(value string) Secret { return Secret{value: &value} }

// Reveal returns the value itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String returns a mask, for an empty secret too.
func (s Secret) String() string { return masked }

// Format writes the mask for every verb of fmt.
func (s Secret) Format(w fmt.State, _ rune) {
	// fmt.State reports no error that a formatter could act on.
	_, _ = io.WriteString(w, masked)
}

// LogValue gives log/slog the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalText gives encoders of JSON, YAML and other texts the mask.
func (s Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }
