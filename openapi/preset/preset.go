// Package preset has the mapping files that come with the bridge. They are
// ordinary mappings, with no code behind them; package mapping loads them.
package preset

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed *.map.yaml
var files embed.FS

const suffix = ".map.yaml"

// Names returns the names of the presets, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil { // the folder is part of the program
		panic(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), suffix))
	}
	return names
}

// Source returns the mapping file of a preset, for people to read and copy.
func Source(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("no preset %q; there are: %s", name, strings.Join(Names(), ", "))
	}
	return files.ReadFile(name + suffix)
}
