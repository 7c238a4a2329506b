package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestKindsHaveNames(t *testing.T) {
	seen := map[string]Kind{}
	for _, k := range Kinds() {
		name := k.String()
		if other, taken := seen[name]; taken || name == "" || strings.HasPrefix(name, "kind ") {
			t.Errorf("kind %d is named %q, as is kind %d", uint8(k), name, uint8(other))
		}
		seen[name] = k
	}
	if got := numKinds.String(); !strings.HasPrefix(got, "kind ") {
		t.Errorf("an unknown kind is named %q", got)
	}
}

func TestKindOf(t *testing.T) {
	inner := Fail(NotFound, OpStat, "/a")
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{inner, NotFound},
		{fmt.Errorf("list: %w", inner), NotFound},
		{&Error{Kind: Denied, Err: inner}, Denied},
		{&Error{Kind: CutShort, Err: context.DeadlineExceeded}, CutShort},
		{context.DeadlineExceeded, Unavailable},
		{context.Canceled, Internal},
		{errors.New("other"), Internal},
		{nil, Internal},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestErrorTellsItsCause(t *testing.T) {
	cause := errors.New("disk on fire")
	err := &Error{Kind: Internal, Op: OpWrite, Path: "/a", Err: cause}
	if got := err.Error(); got != "write /a: internal error: disk on fire" {
		t.Errorf("Error() = %q", got)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause cannot be found in the error")
	}
}
