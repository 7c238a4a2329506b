package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// file checks one file, of whatever kind it is.
func (c *checker) file(name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		c.findings.addError(name, err)
		return
	}
	switch kindOfFile(name, data) {
	case aMapping:
		c.mapping(name, data)
	case aDocument:
		c.document(name, data)
	default:
		c.config(name)
	}
}

type fileKind uint8

const (
	aConfiguration fileKind = iota
	aMapping
	aDocument // of OpenAPI
)

// kindOfFile tells a file by its keys, and one that is no YAML by its name.
func kindOfFile(name string, data []byte) fileKind {
	var top map[string]any
	if err := yaml.Unmarshal(data, &top); err != nil || len(top) == 0 {
		if strings.HasSuffix(name, ".map.yaml") {
			return aMapping
		}
		return aConfiguration
	}
	has := func(key string) bool { _, ok := top[key]; return ok }
	switch {
	case has("ftpmap"):
		return aMapping
	case has("swagger"), has("openapi") && (has("paths") || has("info") || has("webhooks") || has("components")):
		return aDocument
	case has("routes"), has("mounts"), strings.HasSuffix(name, ".map.yaml"):
		return aMapping // which lacks ftpmap: 1, and will be told so
	}
	return aConfiguration
}

// mapping checks a mapping by itself: whether its credentials and variables have values
// is a question to the configuration.
func (c *checker) mapping(name string, data []byte) {
	m, faults, warnings := mapping.Check(name, data)
	c.findings.add(isError, faults)
	c.findings.add(isWarning, warnings)
	if len(faults) == 0 {
		c.fine = append(c.fine, fmt.Sprintf("%s is fine: %s", name, summary(m)))
	}
}

// document answers for an OpenAPI document, which is checked through a mapping.
func (c *checker) document(name string, data []byte) {
	if _, err := openapi.Open("", name); err != nil {
		c.findings.addError(name, err)
		return
	}
	what := "an OpenAPI document"
	if strings.Contains(string(data), "x-ftp:") || strings.Contains(string(data), `"x-ftp"`) {
		what = "an OpenAPI document with x-ftp, which is read through a mapping"
	}
	c.findings = append(c.findings, finding{
		File: name, Line: 1, Column: 1, Severity: isError,
		Message: fmt.Sprintf("this is %s; check a file beside it with the lines \"ftpmap: 1\" and \"openapi: ./%s\"", what, filepath.Base(name)),
	})
}

// summary says how much there is in a mapping.
func summary(m *mapping.Mapping) string {
	routes, verbs, operations := count(m)
	for _, mount := range m.Mounts {
		r, v, o := count(mount.Mapping)
		routes, verbs, operations = routes+r, verbs+v, operations+o
	}
	text := fmt.Sprintf("%s, %s, %s", plural(routes, "route"), plural(verbs, "verb"), plural(operations, "operation"))
	if len(m.Mounts) > 0 {
		text += ", " + plural(len(m.Mounts), "mount")
	}
	return text
}

// count returns the number of routes, of their verbs, and of the operations that are
// used, each once.
func count(m *mapping.Mapping) (routes, verbs, operations int) {
	for _, r := range m.Routes {
		verbs += len(r.Calls)
	}
	var used []string
	m.Each(func(c *mapping.Call) {
		if c.Operation != nil && !slices.Contains(used, c.Operation.Name()) {
			used = append(used, c.Operation.Name())
		}
	})
	return len(m.Routes), verbs, len(used)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
