package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// lines returns the lines in b, each decoded.
func lines(t *testing.T, b *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(b.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		all = append(all, fields)
	}
	return all
}

func TestSessionIsOnEveryLine(t *testing.T) {
	var out bytes.Buffer
	log, err := New("debug", "json", &out)
	if err != nil {
		t.Fatal(err)
	}
	session := log.With("session", "s_01JD")
	session.Debug("command received", "verb", "RETR")
	session.Info("transfer finished", "bytes", 42, "took", 1500*time.Millisecond)
	session.Warn("data connection refused")
	session.With("account", "ann").Error("storage failed", "err", errors.New("no route"))

	got := lines(t, &out)
	if len(got) != 4 {
		t.Fatalf("got %d lines, want 4:\n%s", len(got), out.String())
	}
	for i, level := range []string{"debug", "info", "warn", "error"} {
		if got[i]["session"] != "s_01JD" || got[i]["level"] != level {
			t.Errorf("line %d: got session %v, level %v", i, got[i]["session"], got[i]["level"])
		}
	}
	if got[1]["bytes"] != 42.0 || got[1]["took"] != 1.5 {
		t.Errorf("got bytes %v, took %v; want 42, 1.5", got[1]["bytes"], got[1]["took"])
	}
	if got[3]["account"] != "ann" || got[3]["err"] != "no route" {
		t.Errorf("got account %v, err %v", got[3]["account"], got[3]["err"])
	}
	if strings.Contains(out.String(), "stacktrace") || strings.Contains(out.String(), ".go:") {
		t.Errorf("a line has a stack trace:\n%s", out.String())
	}
}

func TestTimeIsUTC(t *testing.T) {
	var out bytes.Buffer
	log, err := New("info", "json", &out)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 15, 51, 14, 123456789, time.FixedZone("CET", 3600))
	if err := log.Handler().Handle(t.Context(), slog.NewRecord(at, slog.LevelInfo, "ready", 0)); err != nil {
		t.Fatal(err)
	}
	if got, want := lines(t, &out)[0]["time"], "2026-11-22T14:51:14.123456789Z"; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLevelsBelowAreLeftOut(t *testing.T) {
	for level, want := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1} {
		var out bytes.Buffer
		log, err := New(level, "console", &out)
		if err != nil {
			t.Fatal(err)
		}
		log.Debug("d")
		log.Info("i")
		log.Warn("w")
		log.Error("e")
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%s: got %d lines, want %d:\n%s", level, got, want, out.String())
		}
	}
}

func TestNewRefusesUnknownNames(t *testing.T) {
	for _, names := range [][2]string{{"loud", "json"}, {"", "json"}, {"info", "xml"}, {"info", ""}} {
		if _, err := New(names[0], names[1], new(bytes.Buffer)); err == nil {
			t.Errorf("New(%q, %q): want an error", names[0], names[1])
		}
	}
}
