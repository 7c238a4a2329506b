package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes.
type Size int64

// sizeUnit is a unit of sizes and the bytes in it.
type sizeUnit struct {
	name  string
	bytes Size
}

// sizeUnits lists the units, larger ones first within each family. The empty
// unit stands for bytes.
func sizeUnits() []sizeUnit {
	return []sizeUnit{
		{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
		{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}, {"", 1},
	}
}

var (
	errSize      = errors.New("want a size such as 500MB or 1GiB")
	errSizeRange = errors.New("is too large; the largest size is 8388607TiB")
)

// parseSize reads a whole number of bytes with an optional unit: B, KB, MB, GB
// and TB count by 1000, KiB, MiB, GiB and TiB by 1024, in any letter case.
func parseSize(text string) (Size, error) {
	digits := strings.TrimRight(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ")
	unit := strings.TrimSpace(text[len(digits):])
	if strings.HasPrefix(digits, "+") {
		return 0, errSize
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if errors.Is(err, strconv.ErrRange) {
		return 0, errSizeRange
	}
	if err != nil {
		return 0, errSize
	}
	for _, u := range sizeUnits() {
		if !strings.EqualFold(unit, u.name) {
			continue
		}
		if n > uint64(math.MaxInt64/u.bytes) {
			return 0, errSizeRange
		}
		return Size(n) * u.bytes, nil
	}
	return 0, errors.New("has an unknown unit; use B, KB, MB, GB, TB, KiB, MiB, GiB or TiB")
}

// String gives s in the largest unit that keeps it whole.
func (s Size) String() string {
	for _, u := range sizeUnits() {
		if s != 0 && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return "0"
}
