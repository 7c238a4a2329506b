package config

import (
	"errors"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// serverVariable is a name in braces that server.variables has a value for.
var serverVariable = regexp.MustCompile(`\{[A-Za-z_][A-Za-z0-9_]*\}`)

// baseURL takes a URL to which paths and queries are added. It is private,
// because people write passwords into URLs, even where they are refused as here.
func baseURL(into *string) *value {
	v := parsed("URL", into, "", func(s string) (string, error) {
		if strings.Contains(s, "?") {
			return "", errors.New("holds a query; remove the part from ?")
		}
		return s, checkWebURL(serverVariable.ReplaceAllString(s, "x"))
	})
	v.private = true
	return v
}

// webhookURL takes a URL, or unix:///SOCKET for a unix socket, optionally with
// the path to request behind a colon. It is private as baseURL is.
func webhookURL(into *string) *value {
	v := parsed("URL", into, "", func(s string) (string, error) {
		rest, isSocket := strings.CutPrefix(s, "unix://")
		if !isSocket {
			return s, checkWebURL(s)
		}
		socket, target, _ := strings.Cut(rest, ":")
		if !path.IsAbs(socket) || target != "" && !path.IsAbs(target) {
			return "", errors.New("want a unix socket such as unix:///run/login.sock or unix:///run/login.sock:/v1/login")
		}
		return s, nil
	})
	v.private = true
	return v
}

// endpointURL takes a URL that is requested as it is. It is private as baseURL is.
func endpointURL(into *string) *value {
	v := parsed("URL", into, "", func(s string) (string, error) { return s, checkWebURL(s) })
	v.private = true
	return v
}

func checkWebURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("want a URL such as https://files.example/v1")
	case u.User != nil:
		return errors.New("holds a user or password; take it out of the URL")
	case u.Fragment != "":
		return errors.New("holds a fragment; remove the part from #")
	default:
		return nil
	}
}
