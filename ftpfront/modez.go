package ftpfront

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// defaultLevel is how hard MODE Z compresses, in the measure of zlib.
const defaultLevel = 6

// mode answers MODE: stream, and deflate where it is switched on
// (draft-preston-ftpext-deflate).
func (s *session) mode(_ context.Context, arg string) (wire.Reply, error) {
	mode := strings.ToUpper(strings.TrimSpace(arg))
	if mode != "S" && (mode != "Z" || !s.srv.opt.Deflate) {
		return wire.Reply{}, errParameter
	}
	s.deflate = mode == "Z"
	return wire.Reply{Code: wire.OK, Text: "Mode is " + mode + "."}, nil
}

// modeOptions answers OPTS MODE "Z [LEVEL <0 to 9>]".
func (s *session) modeOptions(arg string) (wire.Reply, error) {
	f := strings.Fields(strings.ToUpper(arg))
	if len(f) == 0 || f[0] != "Z" || !s.srv.opt.Deflate {
		return wire.Reply{}, errParameter
	}
	switch {
	case len(f) == 1:
	case len(f) == 3 && f[1] == "LEVEL":
		level, err := strconv.Atoi(f[2])
		if err != nil || level < 0 || level > 9 {
			return wire.Reply{}, errSyntax
		}
		s.level = level
	default:
		return wire.Reply{}, errParameter
	}
	return wire.Reply{Code: wire.OK, Text: "MODE Z LEVEL " + strconv.Itoa(s.level)}, nil
}

// inflated is the content of an upload in MODE Z. A stream that does not end is
// an upload that was cut short; the limit counts what comes out of it, so that a
// small upload cannot become a large file.
type inflated struct {
	body  *uploadBody
	r     io.Reader // the inflated body
	total int64
}

func (f *inflated) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	u := f.body
	f.total += int64(n)
	switch {
	case u.err != nil: // the stream ended early because of it
	case u.limit > 0 && f.total > u.limit:
		u.err = errFileTooBig
	case err != nil && err != io.EOF:
		u.err = fmt.Errorf("%w: %w", errCutShort, err)
	}
	if u.err != nil {
		return 0, u.err
	}
	return n, err
}
