package credential

import (
	"fmt"
	"io"
	"log/slog"
)

// masked is embedded in what holds a secret, so that no way of printing or
// logging shows it. The secret itself lies behind a pointer, which fmt does not
// follow where it asks no formatter: in unexported fields of other structs.
type masked struct{}

// Format writes the mask for every verb of fmt.
func (masked) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "(credential)") // fmt.State reports no error that a formatter could act on
}

// LogValue gives log/slog the mask.
func (masked) LogValue() slog.Value { return slog.StringValue("(credential)") }
