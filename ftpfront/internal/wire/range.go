package wire

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ErrRange is the error for text that is no range of bytes.
var ErrRange = errors.New("not a range of bytes")

// ParseRang reads the argument of RANG (draft-bryan-ftp-range): the first and
// the last byte wanted. last is less than first only for "1 0", which resets.
func ParseRang(arg string) (first, last int64, err error) {
	f := strings.Fields(arg)
	if len(f) != 2 {
		return 0, 0, ErrRange
	}
	if first, err = parseOffset(f[0]); err != nil {
		return 0, 0, err
	}
	if last, err = parseOffset(f[1]); err != nil {
		return 0, 0, err
	}
	if last == math.MaxInt64 || last < first && (first != 1 || last != 0) {
		return 0, 0, ErrRange
	}
	return first, last, nil
}

// ParseSpan reads what follows the path of XCRC and its like: nothing, the first
// byte, or the first byte and the one behind the last. end is -1 if it is not given.
func ParseSpan(arg string) (first, end int64, err error) {
	f := strings.Fields(arg)
	if len(f) > 2 {
		return 0, -1, ErrRange
	}
	end = -1
	for i, to := range []*int64{&first, &end}[:len(f)] {
		if *to, err = parseOffset(f[i]); err != nil {
			return 0, -1, err
		}
	}
	if end >= 0 && end < first {
		return 0, -1, ErrRange
	}
	return first, end, nil
}

func parseOffset(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, ErrRange
	}
	return int64(n), nil
}

// CutNumbers takes up to two numbers off the end of arg, if something stands
// before them.
func CutNumbers(arg string) (before, numbers string) {
	before = arg
	for range 2 {
		i := strings.LastIndexByte(before, ' ')
		if i <= 0 {
			break
		}
		if _, err := parseOffset(before[i+1:]); err != nil {
			break
		}
		before = before[:i]
	}
	return before, strings.TrimSpace(arg[len(before):])
}
