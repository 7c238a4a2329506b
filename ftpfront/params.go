package ftpfront

import (
	"context"
	"strconv"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// typ answers TYPE (RFC 959, section 3.1.1): A, A N, I and L 8.
func (s *session) typ(_ context.Context, arg string) (wire.Reply, error) {
	switch strings.ToUpper(strings.Join(strings.Fields(arg), " ")) {
	case "A", "A N":
		s.ascii = true
	case "I", "L 8", "L8":
		s.ascii = false
	default:
		return wire.Reply{}, errParameter
	}
	return wire.Reply{Code: wire.OK, Text: "Type set."}, nil
}

// stru answers STRU: files have no records and no pages.
func (s *session) stru(_ context.Context, arg string) (wire.Reply, error) {
	if !strings.EqualFold(strings.TrimSpace(arg), "F") {
		return wire.Reply{}, errParameter
	}
	return wire.Reply{Code: wire.OK, Text: "Structure is F."}, nil
}

// rest answers REST in stream mode (RFC 3659, section 5). The table drops the
// offset when any command but those that prepare the transfer follows.
func (s *session) rest(_ context.Context, arg string) (wire.Reply, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(arg), 10, 64)
	if err != nil || n < 0 {
		return wire.Reply{}, errSyntax
	}
	s.restart, s.rangeEnd = n, 0
	if _, err := s.offset(); err != nil { // REST 0 is what old devices send in any type
		s.restart = 0
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.PendingFurther, Text: "Restarting at " + strconv.FormatInt(n, 10) + "."}, nil
}

// offset is the restart marker of the coming transfer. It counts bytes as sent,
// which no storage can look up in text whose line ends are converted.
func (s *session) offset() (int64, error) {
	if (s.restart > 0 || s.rangeEnd > 0) && s.convertsLineEnds() {
		return 0, errParameter
	}
	return s.restart, nil
}

// allo answers ALLO "<bytes> [R <record>]": the size of the next upload, as the
// client sees it.
func (s *session) allo(_ context.Context, arg string) (wire.Reply, error) {
	f := strings.Fields(arg)
	n, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil || n < 0 || len(f) != 1 && (len(f) != 3 || !strings.EqualFold(f[1], "R")) {
		return wire.Reply{}, errSyntax
	}
	if limit := s.maxFile(); limit > 0 && n > limit {
		return wire.Reply{}, errFileTooBig
	}
	s.allocated = n
	return wire.Reply{Code: wire.OK, Text: "Noted."}, nil
}

// maxFile is the largest upload in bytes; 0 is no limit.
func (s *session) maxFile() int64 {
	return max(narrower(s.srv.opt.Limits.MaxFileBytes, s.account.Limits.MaxFileBytes), 0)
}
