package config

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// value is what a key takes: its form, its default, and where it goes. Messages
// of set follow the quoted text: `"30x": want a duration such as 30s`.
type value struct {
	form     string   // as the reference names it
	words    []string // of a value that is one of these; nil: any text of the form
	fallback string   // the default, as it would be written; empty: none
	required bool
	list     bool // set is called for each item
	private  bool // may hold a secret: messages do not repeat it
	set      func(text string) error
}

// must makes v required.
func must(v *value) *value {
	v.required = true
	return v
}

// parsed is a value of the given form that parse reads.
func parsed[T any](form string, into *T, fallback string, parse func(string) (T, error)) *value {
	return &value{form: form, fallback: fallback, set: func(text string) error {
		v, err := parse(text)
		if err != nil {
			return err
		}
		*into = v
		return nil
	}}
}

func text(into *string, fallback string) *value {
	return parsed("text", into, fallback, func(s string) (string, error) {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", errors.New("holds a line break or another control character; write one line")
		}
		return s, nil
	})
}

// oneOf takes one of a few words.
func oneOf[T ~string](into *T, fallback T, choices ...T) *value {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = string(c)
	}
	v := parsed(strings.Join(words, " | "), into, string(fallback), func(s string) (T, error) {
		if slices.Contains(words, s) {
			return T(s), nil
		}
		return "", unknownWord(s, words)
	})
	v.words = words
	return v
}

func unknownWord(word string, words []string) error {
	if like := nearest(word, words); like != "" {
		return fmt.Errorf("did you mean %s? known are: %s", like, strings.Join(words, ", "))
	}
	return fmt.Errorf("want one of: %s", strings.Join(words, ", "))
}

func boolean(into *bool, fallback string) *value {
	return parsed("true | false", into, fallback, func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, errors.New("want true or false")
		}
		return s == "true", nil
	})
}

// count takes a whole number of at least least.
func count(into *int, least int, fallback string) *value {
	const most = 100_000_000
	return parsed("number", into, fallback, func(s string) (int, error) {
		n, err := strconv.ParseUint(s, 10, 31)
		if err != nil || int(n) < least || n > most {
			return 0, fmt.Errorf("want a whole number from %d to %d", least, most)
		}
		return int(n), nil
	})
}

// duration takes a time longer than 0.
func duration(into *time.Duration, fallback string) *value {
	return parsed("duration", into, fallback, func(s string) (time.Duration, error) {
		d, err := parseDuration(s)
		if err == nil && d == 0 {
			return 0, errors.New("want a duration longer than 0, such as 30s")
		}
		return d, err
	})
}

// tokenLifetime takes a duration of which the renewal of tokens makes sense.
func tokenLifetime(into *time.Duration, fallback string) *value {
	return parsed("duration", into, fallback, func(s string) (time.Duration, error) {
		d, err := parseDuration(s)
		if err == nil && (d < time.Minute || d > 24*time.Hour) {
			return 0, errors.New("want a duration from 1m to 24h")
		}
		return d, err
	})
}

// durationOrNone takes a duration, or 0 for no limit.
func durationOrNone(into *time.Duration, fallback string) *value {
	return parsed("duration", into, fallback, parseDuration)
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errors.New("want a duration such as 30s, 5m or 1h30m")
	}
	if d < 0 {
		return 0, errors.New("is negative; want a duration such as 30s")
	}
	return d, nil
}

func size(into *Size, fallback string) *value { return parsed("size", into, fallback, parseSize) }

func ports(into *PortRange, fallback string) *value {
	return parsed("ports", into, fallback, parsePorts)
}

// addresses takes a list of host:port to listen on.
func addresses(into *[]string, fallback string) *value {
	return &value{form: "list of host:port", fallback: fallback, list: true, set: func(s string) error {
		if err := checkAddress(s); err != nil {
			return err
		}
		if slices.Contains(*into, s) {
			return errors.New("is listed twice; remove one")
		}
		*into = append(*into, s)
		return nil
	}}
}

// addressOrOff takes one host:port, or "off", which leaves into empty.
func addressOrOff(into *string, fallback string) *value {
	return parsed("host:port | off", into, fallback, func(s string) (string, error) {
		if s == "off" {
			return "", nil
		}
		return s, checkAddress(s)
	})
}

func checkAddress(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return errors.New("want host:port, such as 0.0.0.0:2121 or [::]:2121")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("has no port from 0 to 65535 after the last colon")
	}
	return nil
}

// fileName takes the name of a file, relative to dir.
func fileName(into *string, dir string) *value {
	return parsed("file", into, "", func(s string) (string, error) { return within(dir, s), nil })
}

// fileNames takes a list of names of files, relative to dir.
func fileNames(into *[]string, dir string) *value {
	return &value{form: "list of files", list: true, set: func(s string) error {
		*into = append(*into, within(dir, s))
		return nil
	}}
}

// scopes takes a list of OAuth scopes (RFC 6749, section 3.3).
func scopes(into *[]string) *value {
	return &value{form: "list of scopes", list: true, set: func(s string) error {
		if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			return errors.New("want one scope, without spaces; write several as a list")
		}
		*into = append(*into, s)
		return nil
	}}
}

func within(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

// headerName takes the name of an HTTP field (RFC 9110, section 5.6.2).
func headerName(into *string) *value {
	return parsed("header", into, "", func(s string) (string, error) {
		other := strings.TrimLeft(s, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
		if other != "" {
			return "", errors.New("want the name of an HTTP header, such as X-API-Key")
		}
		return s, nil
	})
}
