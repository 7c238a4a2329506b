package config

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// passiveAddress takes "auto", which leaves into empty, an IPv4 address or a DNS
// name: PASV can tell IPv4 only, and EPSV tells no address.
func passiveAddress(into *string, fallback string) *value {
	return parsed("auto | IPv4 address | name", into, fallback, func(s string) (string, error) {
		if s == "auto" {
			return "", nil
		}
		a, err := netip.ParseAddr(s)
		if err == nil && a.Is4() && !a.IsUnspecified() || err != nil && isHostName(s) {
			return s, nil
		}
		return "", errors.New("want auto, or the IPv4 address or DNS name at which clients reach this server")
	})
}

// isHostName reports whether s has the form of a DNS name whose last label is no
// number (RFC 1123, section 2.1).
func isHostName(s string) bool {
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(s) <= 253 && strings.Trim(last, "0123456789") != ""
}

// networks takes a list of networks; a single address is a network of its own.
func networks(into *[]netip.Prefix) *value {
	return &value{form: "list of networks", list: true, set: func(s string) error {
		n, err := parseNetwork(s)
		if err != nil {
			return err
		}
		if slices.Contains(*into, n) {
			return errors.New("is listed twice; remove one")
		}
		*into = append(*into, n)
		return nil
	}}
}

func parseNetwork(s string) (netip.Prefix, error) {
	wrong := errors.New("want a network such as 10.0.0.0/8 or 2001:db8::/32")
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Is4In6() || a.Zone() != "" {
			return netip.Prefix{}, wrong
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	n, err := netip.ParsePrefix(s)
	if err != nil || n.Addr().Is4In6() {
		return netip.Prefix{}, wrong
	}
	if n != n.Masked() {
		return netip.Prefix{}, errors.New("has bits set behind its length; did you mean " + n.Masked().String() + "?")
	}
	return n, nil
}

// portOrAny takes a port, or 0.
func portOrAny(into *uint16, fallback string) *value {
	return parsed("port", into, fallback, func(s string) (uint16, error) {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return 0, errors.New("want a port from 0 to 65535")
		}
		return uint16(n), nil
	})
}
