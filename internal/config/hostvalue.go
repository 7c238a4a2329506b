package config

import (
	"errors"
	"slices"
	"strings"
)

// hostNames takes names of virtual hosts, as HOST and TLS (SNI) give them.
func hostNames(into *[]string) *value {
	return &value{form: "list of host names", list: true, set: func(s string) error {
		name := strings.ToLower(s)
		if name == "" || strings.ContainsAny(name, "/: ") && !strings.HasPrefix(name, "[") {
			return errors.New("want a host name such as ftp.example.com, without a port")
		}
		if slices.Contains(*into, name) {
			return errors.New("is listed twice; remove one")
		}
		*into = append(*into, name)
		return nil
	}}
}
