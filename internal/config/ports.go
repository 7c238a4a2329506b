package config

import (
	"errors"
	"strconv"
	"strings"
)

// PortRange is the TCP ports from First to Last, both included.
type PortRange struct {
	First, Last uint16
}

// parsePorts reads "50000-50099" or a single port.
func parsePorts(text string) (PortRange, error) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	low, err := parsePort(strings.TrimSpace(first))
	if err != nil {
		return PortRange{}, err
	}
	high, err := parsePort(strings.TrimSpace(last))
	if err != nil {
		return PortRange{}, err
	}
	if low > high {
		return PortRange{}, errors.New("runs backwards; write the lower port first")
	}
	return PortRange{First: low, Last: high}, nil
}

func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, errors.New("want ports from 1 to 65535, such as 50000-50099")
	}
	return uint16(n), nil
}

// Len is the number of ports in r.
func (r PortRange) Len() int { return int(r.Last) - int(r.First) + 1 }

// Contains reports whether port lies in r.
func (r PortRange) Contains(port uint16) bool { return r.First <= port && port <= r.Last }

// String gives r as it is written in the file.
func (r PortRange) String() string {
	if r.First == r.Last {
		return strconv.Itoa(int(r.First))
	}
	return strconv.Itoa(int(r.First)) + "-" + strconv.Itoa(int(r.Last))
}
