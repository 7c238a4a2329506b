package mapping

import (
	"errors"
	"strconv"
	"strings"
)

// placeholders returns the names in braces of a server's URL.
func placeholders(url string) []string { return newURLTemplate(url).plainNames() }

// FillServer puts values into the braces of a server's URL. missing are the names
// that have none.
func FillServer(url string, values map[string]string) (filled string, missing []string) {
	var b strings.Builder
	for i, text := range newURLTemplate(url) {
		if i%2 == 1 {
			value, ok := values[text]
			if !ok || value == "" {
				missing = append(missing, text)
			}
			text = value
		}
		b.WriteString(text)
	}
	return b.String(), missing
}

// isBelow reports whether path lies in dir; both are absolute and clean.
func isBelow(path, dir string) bool {
	return dir == "/" && path != "/" || strings.HasPrefix(path, dir+"/")
}

var errSize = errors.New("not a size")

// parseSize reads a number of bytes as in 512KiB, 8MiB or 1GiB.
func parseSize(text string) (int64, error) {
	shift := 0
	for i, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			text, shift = rest, 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > 1<<62>>shift {
		return 0, errSize
	}
	return n << shift, nil
}

// clean reports whether path is absolute and every segment can be a name.
func clean(path string) bool {
	if path == "/" {
		return true
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\x00\r\n") {
		return false
	}
	for seg := range strings.SplitSeq(path[1:], "/") {
		if !isName(seg) {
			return false
		}
	}
	return true
}
