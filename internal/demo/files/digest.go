package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"strings"
)

const digestField = "Content-Digest"

// digest checks a body against its Content-Digest (RFC 9530), which comes as a
// header or, from a sender that does not know it beforehand, as a trailer.
// Only sha-256 is looked at; digests by other algorithms are ignored, as the RFC allows.
type digest struct {
	request *http.Request
	sum     hash.Hash // nil if none was promised
}

// digestOf looks what r promises. It must be asked before the body is read.
func digestOf(r *http.Request) digest {
	_, trailer := r.Trailer[digestField]
	if trailer || r.Header.Get(digestField) != "" {
		return digest{request: r, sum: sha256.New()}
	}
	return digest{}
}

// reader passes body on and takes its sum on the way.
func (d digest) reader(body io.Reader) io.Reader {
	if d.sum == nil {
		return body
	}
	return io.TeeReader(body, d.sum)
}

// check compares, after the body has been read to its end.
func (d digest) check() error {
	if d.sum == nil {
		return nil
	}
	values := append(d.request.Header.Values(digestField), d.request.Trailer.Values(digestField)...)
	for _, v := range values {
		want, ok := sha256Member(v)
		if ok && !bytes.Equal(want, d.sum.Sum(nil)) {
			return fault(http.StatusBadRequest, "digest-mismatch", "Digest mismatch",
				"The content is not the one that its digest promises.")
		}
	}
	return nil
}

// sha256Member finds sha-256 in a dictionary of byte sequences (RFC 9651):
// sha-256=:base64:, sha-512=:base64:. One that cannot be read matches nothing.
func sha256Member(field string) ([]byte, bool) {
	for member := range strings.SplitSeq(field, ",") {
		enc, ok := strings.CutPrefix(strings.TrimSpace(member), "sha-256=:")
		if !ok {
			continue
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(enc, ":"))
		if err != nil {
			return nil, true
		}
		return sum, true
	}
	return nil, false
}
