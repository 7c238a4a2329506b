package config

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Load reads the configuration file at path, then env, then overrides, each
// beating the one before, and checks the result. An empty path means that there
// is no file; file names are then relative to the working directory.
//
// The form of env is that of os.Environ. Overrides are settings of the command
// line, by key ("ftp.listen"), with the items of lists separated by commas.
//
// A file that cannot be read gives an error that wraps the cause; mistakes in
// what was read give [Mistakes]. Where the file is no YAML at all, that is the
// only one.
func Load(path string, env []string, overrides map[string]string) (*Config, error) {
	l := &loader{
		dir:      filepath.Dir(path),
		env:      environment(env),
		referred: make(map[string]bool),
	}
	if path == "" {
		l.dir = ""
	}
	c := new(Config)
	l.root = schema{dir: l.dir}.config(c)
	l.root.at = &place{source: "configuration"}
	if path != "" {
		if err := l.readFile(path); err != nil {
			return nil, err
		}
	}
	l.readEnvironment()
	l.readOverrides(overrides)
	l.apply(l.root)
	if c.Token.Issuer == "" {
		c.Token.Issuer = defaultIssuer(c.Admin.Listen)
	}
	l.check(c)
	if len(l.mistakes) > 0 {
		return nil, l.mistakes.sorted()
	}
	return c, nil
}

// loader holds the layers while they are read.
type loader struct {
	dir      string
	env      map[string]string
	root     *node
	referred map[string]bool // variables that the file names by ${NAME}
	mistakes Mistakes
}

// report notes a mistake about n, found at p.
func (l *loader) report(n *node, p place, format string, args ...any) {
	n.faulty = true
	l.mistakes = append(l.mistakes, p.mistake(format, args...))
}

// apply sets the fields of the keys at and below n from what was given, or from
// the defaults, and reports required keys that are missing.
func (l *loader) apply(n *node) {
	if n.use != nil && !n.present() {
		return
	}
	l.applyValue(n)
	if n.list {
		l.applyOrder(n)
	}
	for _, k := range n.keys {
		l.apply(k)
	}
	if n.use != nil {
		n.use()
	}
}

func (l *loader) applyValue(n *node) {
	v := n.value
	if v == nil {
		return
	}
	if n.given != nil {
		for i, raw := range n.given.texts {
			l.set(n, raw, n.given.places[i])
		}
		return
	}
	if v.required {
		if !n.faulty { // else what stands in its place was reported
			l.report(n, n.where(), "%s is missing; give it a %s", n.path(), v.form)
		}
		return
	}
	for _, item := range items(v, v.fallback) {
		l.set(n, item, n.where())
	}
}

// items splits text at commas if v takes a list. Empty text has no items.
func items(v *value, text string) []string {
	if text == "" {
		return nil
	}
	if !v.list {
		return []string{text}
	}
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// set gives n the value that raw stands for.
func (l *loader) set(n *node, raw string, p place) {
	text := raw
	if n.given != nil && n.given.expand {
		var err error
		if text, err = expand(raw, l.lookup); err != nil {
			l.report(n, p, "%s: %v", n.path(), err)
			return
		}
	}
	if text == "" {
		l.report(n, p, "%s is empty; give it a value or remove it", n.path())
		return
	}
	switch err := n.value.set(text); {
	case err == nil:
	case n.value.private:
		l.report(n, p, "%s: %v", n.path(), err)
	default:
		l.report(n, p, "%s: %q: %v", n.path(), raw, err)
	}
}

func (l *loader) lookup(name string) (string, bool) {
	value, ok := l.env[name]
	return value, ok
}

// applyOrder sorts the entries of a list, which variables may have named in any
// order, and reports gaps.
func (l *loader) applyOrder(n *node) {
	n.keys = slices.DeleteFunc(n.keys, func(k *node) bool { return !k.present() })
	index := func(k *node) int {
		i, _ := strconv.Atoi(k.name) // child lets only numbers in
		return i
	}
	slices.SortFunc(n.keys, func(a, b *node) int { return index(a) - index(b) })
	for i, k := range n.keys {
		if index(k) != i {
			l.report(n, k.anywhere(), "%s is given, but %s.%d is not; number the entries from 0", k.path(), n.path(), i)
			return
		}
	}
}
