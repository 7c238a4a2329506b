package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// environment makes a map of variables in the form of os.Environ. As in a
// process, the last of several of one name counts.
func environment(env []string) map[string]string {
	m := make(map[string]string, len(env))
	for _, entry := range env {
		if name, value, ok := strings.Cut(entry, "="); ok {
			m[name] = value
		}
	}
	return m
}

// readEnvironment takes the variables that begin with BRIDGE_.
func (l *loader) readEnvironment() {
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		rest, ours := strings.CutPrefix(name, "BRIDGE_")
		if !ours {
			continue
		}
		p, text := place{source: name}, l.env[name]
		if n := l.root.named(rest); n != nil {
			n.give(text, p)
			continue
		}
		if !l.referred[name] && !fromKubernetes(name, text) {
			l.report(l.root, p, "%s", l.unknownName("this variable fits no key", name, (*node).variable))
		}
	}
}

// readOverrides takes the settings of the command line.
func (l *loader) readOverrides(overrides map[string]string) {
	p := place{source: "command line"}
	for _, path := range slices.Sorted(maps.Keys(overrides)) {
		n := l.root.find(path)
		if n == nil || n.value == nil {
			l.report(l.root, p, "%s", l.unknownName("unknown key "+path, path, (*node).path))
			continue
		}
		n.give(overrides[path], p)
	}
}

// unknownName completes a message about name by the keys in that group, or by
// the key that is most like it, all as called by the given method.
func (l *loader) unknownName(message, name string, call func(*node) string) string {
	var all, inside []string
	l.root.leaves(func(k *node) {
		all = append(all, call(k))
		if strings.HasPrefix(call(k), name+"_") || strings.HasPrefix(call(k), name+".") {
			inside = append(inside, call(k))
		}
	})
	if len(inside) > 0 {
		return message + "; it is a group of: " + strings.Join(inside, ", ")
	}
	if like := nearest(name, all); like != "" {
		return message + "; did you mean " + like + "?"
	}
	return message + "; see docs/configuration.md for the names"
}

// give sets the value of n from a variable or the command line, in place of any
// from a layer before.
func (n *node) give(text string, p place) {
	g := new(given)
	parts := items(n.value, text)
	if len(parts) == 0 {
		parts = []string{""} // reported when it is applied
	}
	for _, part := range parts {
		g.texts = append(g.texts, part)
		g.places = append(g.places, p)
	}
	n.given = g
}

// named returns the key at or below n that takes a value and whose variable
// ends in rest, or nil.
func (n *node) named(rest string) *node {
	if rest == "" {
		if n.value == nil {
			return nil
		}
		return n
	}
	for _, k := range n.keys {
		if after, ok := cutPart(rest, variablePart(k.name)); ok {
			if found := k.named(after); found != nil {
				return found
			}
		}
	}
	if n.entry == nil {
		return nil
	}
	return n.namedEntry(rest)
}

// namedEntry makes the entry that rest names. A name of the user's choosing may
// hold "_", so it is taken to end where a known key follows, or with rest.
func (n *node) namedEntry(rest string) *node {
	for i := range len(rest) + 1 {
		if i < len(rest) && rest[i] != '_' {
			continue
		}
		name, after := strings.ToLower(rest[:i]), strings.TrimPrefix(rest[i:], "_")
		if name == "" || n.list && !isIndex(name) || n.entry(name).named(after) == nil {
			continue
		}
		return n.child(name).named(after)
	}
	return nil
}

// cutPart removes part and the "_" behind it from the front of name.
func cutPart(name, part string) (after string, ok bool) {
	after, ok = strings.CutPrefix(name, part)
	if !ok || after == "" {
		return after, ok
	}
	return strings.CutPrefix(after, "_")
}

// fromKubernetes reports whether a variable is one of those that Kubernetes
// sets in every container for each service of the namespace, here for services
// whose names begin with "bridge".
func fromKubernetes(name, value string) bool {
	const link = `_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`
	if regexp.MustCompile(link).MatchString(name) {
		return true
	}
	protocol, _, isURL := strings.Cut(value, "://")
	return strings.HasSuffix(name, "_PORT") && isURL && (protocol == "tcp" || protocol == "udp" || protocol == "sctp")
}
