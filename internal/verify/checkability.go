package verify

import (
	"crypto/md5"  //nolint:gosec // digests of storages, not of secrets
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// abilityChecks are of what only some storages can do.
func abilityChecks() []check {
	return []check{
		{name: "set the modification time", needs: storage.Write, hint: "does mtime set the field that stat and list read?", lacks: func(r *run) string {
			return without(r.abilities.SetModTime == nil || !r.can.Has(storage.SetTime), "mtime")
		}, run: setTime},
		{name: "hash", needs: storage.Write, hint: "is the digest one of the whole content, in hexadecimal or base64?", lacks: func(r *run) string {
			return without(r.abilities.Digest == nil || len(r.abilities.Digests) == 0, "hash")
		}, run: digests},
		{name: "space", hint: "free and total are bytes", lacks: func(r *run) string {
			return without(r.abilities.Space == nil, "space")
		}, run: func(k *kit) {
			s, err := k.abilities.Space(k.ctx, k.Dir)
			k.must("the room is told", err)
			known := s.Free != storage.UnknownSize && s.Total != storage.UnknownSize
			if !k.over() && (s.Free < storage.UnknownSize || s.Total < storage.UnknownSize || known && s.Free > s.Total) {
				k.fail("free bytes from 0 to the total", fmt.Sprintf("%d free of %d", s.Free, s.Total))
			}
		}},
	}
}

func without(missing bool, verb string) string {
	if missing {
		return "not mapped: " + verb
	}
	return ""
}

func setTime(k *kit) {
	name := k.path("a")
	k.put(name, content{100, 1})
	if k.over() {
		return
	}
	want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	k.must("the time is set", k.abilities.SetModTime(k.ctx, name, want))
	e, err := k.Fresh().Stat(k.ctx, name)
	k.must("the file is there", err)
	if !k.over() && !sameSecond(e.ModTime, want) {
		k.fail("the time "+stamp(want), stamp(e.ModTime))
	}
	k.holds(name, content{100, 1})
	if !k.over() {
		k.refused("a time for a name that is not there", k.abilities.SetModTime(k.ctx, k.path("none"), want), storage.NotFound)
	}
}

// newHash computes what a storage may keep; nil for what this program cannot.
func newHash(a storage.Algorithm) hash.Hash {
	switch a {
	case storage.CRC32:
		return crc32.NewIEEE()
	case storage.MD5:
		return md5.New() //nolint:gosec // as above
	case storage.SHA1:
		return sha1.New() //nolint:gosec // as above
	case storage.SHA256:
		return sha256.New()
	case storage.SHA512:
		return sha512.New()
	}
	return nil
}

func digests(k *kit) {
	name, c := k.path("a"), content{100 << 10, 1}
	k.put(name, c)
	told := false
	for _, a := range k.abilities.Digests {
		h := newHash(a)
		if h == nil || k.over() {
			continue
		}
		got, err := k.abilities.Digest(k.ctx, name, a, storage.Whole)
		if err != nil && storage.KindOf(err) == storage.Unsupported {
			continue // it does not know this one, which it may
		}
		k.must(fmt.Sprintf("the %s is told", a), err)
		_, _ = io.Copy(h, c.reader()) // made-up content does not fail
		if want := hex.EncodeToString(h.Sum(nil)); !k.over() && hex.EncodeToString(got) != want {
			k.fail(fmt.Sprintf("%s %s", a, want), hex.EncodeToString(got))
		}
		told = true
	}
	if !told {
		k.skip("the service keeps no digest of this file")
	}
}
