package auth

import (
	"fmt"
	"log/slog"
)

// String describes a login for a log or an error, without its secrets.
func (c Credentials) String() string {
	return fmt.Sprintf("%s login of %q from %s", c.Method, c.User, c.Client)
}

// LogValue implements slog.LogValuer as String does.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String names the type of the token and hides its value.
func (t Token) String() string { return t.Type + " token" }

// LogValue implements slog.LogValuer as String does.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }
