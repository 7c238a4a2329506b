package auth

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretsAreMaskedWhenPrinted(t *testing.T) {
	c, tok := alice(), Token{Type: "Bearer", Value: "hunter2-token"}
	c.Account = "hunter2-otp"
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("login", "credentials", c, "token", tok, "pointer", &tok)
	}
	fmt.Fprintf(&out, "%v %+v %s %v", c, c, &c, &tok)
	if strings.Contains(out.String(), "hunter2") || !strings.Contains(out.String(), "alice") {
		t.Errorf("printed %s", &out)
	}
}
