package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Costs of new argon2id hashes: the second of the OWASP password storage
// recommendations, about 20 ms and 19 MiB a login.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonKey     = 32 // bytes
)

// Bounds of the costs that a password file may ask for: a wrong digit in it
// must not stop the server.
const (
	maxArgonTime    = 16
	maxArgonMemory  = 256 << 10 // KiB
	maxArgonThreads = 16
	minArgonSalt    = 8
	minArgonKey     = 16
	maxArgonBytes   = 64 // of salt or key
	maxBcryptCost   = 16
)

// HashPassword returns the argon2id hash of password as a PHC string
// ($argon2id$v=19$…), for the password file. An empty password is an error.
func HashPassword(password string) (string, error) {
	if password == "" {
		return "", errors.New("empty password")
	}
	h := argonHash{time: argonTime, memory: argonMemory, threads: argonThreads, salt: make([]byte, argonSalt)}
	_, _ = rand.Read(h.salt) // never fails (crypto/rand)
	h.key = h.derive(password, argonKey)
	return h.String(), nil
}

// passwordHash is a stored hash that a password can be compared with. matches
// takes as long for a wrong password as for the right one.
type passwordHash interface {
	matches(password string) bool
	// dummy returns a hash of the same cost that no password matches.
	dummy() passwordHash
}

var errHash = errors.New("not an argon2id or bcrypt hash; make one with \"bridge passwd\"")

func parseHash(text string) (passwordHash, error) {
	switch {
	case strings.HasPrefix(text, "$argon2id$"):
		return parseArgon(text)
	case strings.HasPrefix(text, "$2a$"), strings.HasPrefix(text, "$2b$"), strings.HasPrefix(text, "$2y$"):
		return parseBcrypt(text)
	}
	return nil, errHash
}

// argonHash is a parsed PHC string (github.com/P-H-C/phc-string-format).
type argonHash struct {
	time, memory uint32
	threads      uint8
	salt, key    []byte
}

func parseArgon(text string) (passwordHash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return nil, errHash
	}
	var h argonHash
	var rest string
	n, _ := fmt.Sscanf(parts[3]+"|", "m=%d,t=%d,p=%d%1s", &h.memory, &h.time, &h.threads, &rest)
	if n != 4 || rest != "|" {
		return nil, errHash
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return nil, errHash
	}
	if h.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return nil, errHash
	}
	return h, h.checkCost()
}

func (h argonHash) checkCost() error {
	switch {
	case h.time < 1 || h.time > maxArgonTime:
		return fmt.Errorf("argon2id t is not 1 to %d", maxArgonTime)
	case h.threads < 1 || h.threads > maxArgonThreads:
		return fmt.Errorf("argon2id p is not 1 to %d", maxArgonThreads)
	case h.memory < 8*uint32(h.threads) || h.memory > maxArgonMemory: // RFC 9106, section 3.1
		return fmt.Errorf("argon2id m is not 8·p to %d", maxArgonMemory)
	case len(h.salt) < minArgonSalt || len(h.salt) > maxArgonBytes || len(h.key) < minArgonKey || len(h.key) > maxArgonBytes:
		return errors.New("argon2id salt or hash is too short or too long")
	}
	return nil
}

func (h argonHash) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(size))
}

func (h argonHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password, len(h.key)), h.key) == 1
}

func (h argonHash) dummy() passwordHash {
	key := make([]byte, len(h.key))
	_, _ = rand.Read(key) // never fails (crypto/rand)
	h.key = key
	return h
}

func (h argonHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.memory, h.time, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

type bcryptHash string

func parseBcrypt(text string) (passwordHash, error) {
	const length = 60
	cost, err := bcrypt.Cost([]byte(text))
	if err != nil || len(text) != length {
		return nil, errHash
	}
	if cost > maxBcryptCost {
		return nil, fmt.Errorf("bcrypt cost is over %d", maxBcryptCost)
	}
	return bcryptHash(text), nil
}

func (h bcryptHash) matches(password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(h), []byte(password)) == nil
}

// dummy cuts the hash to one that no password gives: "." stands for six zero
// bits, and a whole hash of them does not occur.
func (h bcryptHash) dummy() passwordHash {
	const digest = 31 // characters at the end
	return h[:len(h)-digest] + bcryptHash(strings.Repeat(".", digest))
}

// hashing bounds how many hashes are computed at once, and so their memory.
type hashing chan struct{}

func newHashing() hashing { return make(hashing, max(2, runtime.GOMAXPROCS(0))) }

// matches waits for its turn and compares. The error is the context's.
func (h hashing) matches(ctx context.Context, hash passwordHash, password string) (bool, error) {
	select {
	case h <- struct{}{}:
	case <-ctx.Done():
		return false, fmt.Errorf("wait to compute a password hash: %w", context.Cause(ctx))
	}
	defer func() { <-h }()
	return hash.matches(password), nil
}
