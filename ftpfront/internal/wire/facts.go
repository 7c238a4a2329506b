package wire

import (
	"strconv"
	"strings"
	"time"
)

// Facts describe one entry in MLST and MLSD (RFC 3659, section 7.5).
type Facts struct {
	Type   string    // file, dir, cdir, pdir
	Size   int64     // bytes; negative if not known
	Modify time.Time // zero if not known
	Perm   string
	Unique string // empty if not known
}

// FactSet is which facts a client wants (OPTS MLST).
type FactSet uint8

// The facts, in the order they are written.
const (
	FactType FactSet = 1 << iota
	FactSize
	FactModify
	FactPerm
	FactUnique

	AllFacts FactSet = 1<<iota - 1
)

var factNames = []struct {
	name string
	fact FactSet
}{
	{"type", FactType}, {"size", FactSize}, {"modify", FactModify}, {"perm", FactPerm}, {"unique", FactUnique},
}

// ParseFacts reads the argument of OPTS MLST, "type;size;". Unknown names are
// passed over, as section 7.9 asks; case does not count.
func ParseFacts(arg string) FactSet {
	var set FactSet
	for name := range strings.SplitSeq(arg, ";") {
		for _, f := range factNames {
			if strings.EqualFold(name, f.name) {
				set |= f.fact
			}
		}
	}
	return set
}

// String writes the set as the reply to OPTS MLST does: "type;size;".
func (s FactSet) String() string {
	var b strings.Builder
	for _, f := range factNames {
		if s&f.fact != 0 {
			b.WriteString(f.name)
			b.WriteByte(';')
		}
	}
	return b.String()
}

// Feature writes the line of FEAT: all facts, those of the set marked by "*"
// (section 7.8).
func (s FactSet) Feature() string {
	var b strings.Builder
	b.WriteString("MLST ")
	for _, f := range factNames {
		b.WriteString(f.name)
		if s&f.fact != 0 {
			b.WriteByte('*')
		}
		b.WriteByte(';')
	}
	return b.String()
}

// AppendFacts appends the facts that set holds, a space and the name.
func AppendFacts(b []byte, f Facts, set FactSet, name string) []byte {
	if set&FactType != 0 {
		b = append(append(append(b, "type="...), f.Type...), ';')
	}
	if set&FactSize != 0 && f.Size >= 0 {
		b = append(strconv.AppendInt(append(b, "size="...), f.Size, 10), ';')
	}
	if set&FactModify != 0 && !f.Modify.IsZero() {
		b = append(AppendTime(append(b, "modify="...), f.Modify), ';')
	}
	if set&FactPerm != 0 {
		b = append(append(append(b, "perm="...), f.Perm...), ';')
	}
	if set&FactUnique != 0 && f.Unique != "" {
		b = append(append(append(b, "unique="...), f.Unique...), ';')
	}
	return append(append(b, ' '), name...)
}
