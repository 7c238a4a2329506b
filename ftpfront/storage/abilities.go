package storage

import (
	"context"
	"time"
)

// Abilities are the operations that only some backends have. A nil function is
// an ability that is not there. A backend that wraps another starts from
// [AbilitiesOf] the inner one and replaces each function that is not nil.
type Abilities struct {
	// SetModTime sets the modification time of a file (MFMT).
	SetModTime func(ctx context.Context, name Path, t time.Time) error

	// Digest returns the storage's own digest of a part of a file (HASH, XMD5
	// and their like). It does not read the content for it: what the storage
	// does not know fails with Unsupported.
	Digest func(ctx context.Context, name Path, algorithm Algorithm, part Range) ([]byte, error)
	// Digests are the algorithms that Digest may know, for FEAT.
	Digests []Algorithm

	// Space tells how much room there is at a directory (AVBL).
	Space func(ctx context.Context, name Path) (Space, error)

	// Permitted tells what the account may do at name, without asking the
	// storage. Nil means everything that the Backend implements.
	Permitted func(name Path) Actions
}

// Algorithm names a digest as the IANA registry of FTP hash names does.
type Algorithm string

// The digests that the engine has verbs for.
const (
	CRC32  Algorithm = "CRC32"
	MD5    Algorithm = "MD5"
	SHA1   Algorithm = "SHA-1"
	SHA256 Algorithm = "SHA-256"
	SHA512 Algorithm = "SHA-512"
)

// Range is a part of a file, in bytes: from First up to and without End.
type Range struct {
	First int64
	// End is UnknownSize for the end of the file.
	End int64
}

// Whole is the Range of a whole file.
var Whole = Range{End: UnknownSize}

// Space is the room of a storage, in bytes; UnknownSize if it does not tell.
type Space struct {
	Free, Total int64
}

// Abler is implemented by backends that have Abilities.
type Abler interface {
	Abilities() Abilities
}

// AbilitiesOf returns what b can do beyond the Backend interface.
func AbilitiesOf(b Backend) Abilities {
	if a, ok := b.(Abler); ok {
		return a.Abilities()
	}
	return Abilities{}
}
