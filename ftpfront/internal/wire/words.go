package wire

import "strings"

// CutQuoted takes a word in double quotes off the front of arg; two quotes
// inside stand for one (RFC 959, appendix II). ok is false if arg does not begin
// with such a word.
func CutQuoted(arg string) (word, rest string, ok bool) {
	if !strings.HasPrefix(arg, `"`) {
		return "", arg, false
	}
	var b strings.Builder
	for i := 1; i < len(arg); i++ {
		if arg[i] != '"' {
			b.WriteByte(arg[i])
			continue
		}
		if i+1 < len(arg) && arg[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		if i+1 < len(arg) && arg[i+1] != ' ' {
			break // text sticks to the quoted word
		}
		return b.String(), strings.TrimLeft(arg[i+1:], " "), true
	}
	return "", arg, false
}

// SplitWords splits arg at blanks, but not inside words in double quotes. ok is
// false if a quote does not end.
func SplitWords(arg string) (words []string, ok bool) {
	for arg = strings.TrimLeft(arg, " "); arg != ""; arg = strings.TrimLeft(arg, " ") {
		if word, rest, quoted := CutQuoted(arg); quoted {
			words, arg = append(words, word), rest
			continue
		}
		if arg[0] == '"' {
			return nil, false
		}
		var word string
		word, arg, _ = strings.Cut(arg, " ")
		words = append(words, word)
	}
	return words, true
}
