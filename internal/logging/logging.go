// Package logging makes the log of the program: log/slog in front, which is all
// that the other packages know, and zap behind it, which writes the lines.
package logging

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"go.uber.org/zap/exp/zapslog"
	"go.uber.org/zap/zapcore"
)

// New returns a logger that writes lines of the given level ("debug", "info",
// "warn" or "error") and above to w, in the given format: "json", one object a
// line, or "console", columns for reading. Times are UTC, durations in JSON are
// seconds.
//
// Each line is one Write, made before the logging call returns, so nothing has
// to be flushed at the end. The logger and those made from it may be used by
// several goroutines at once. Lines carry no stack traces.
func New(level, format string, w io.Writer) (*slog.Logger, error) {
	least, err := parseLevel(level)
	if err != nil {
		return nil, err
	}
	encoder, err := newEncoder(format)
	if err != nil {
		return nil, err
	}
	core := zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), least)
	return slog.New(zapslog.NewHandler(core, zapslog.AddStacktraceAt(math.MaxInt))), nil
}

func parseLevel(level string) (zapcore.Level, error) {
	switch level {
	case "debug":
		return zapcore.DebugLevel, nil
	case "info":
		return zapcore.InfoLevel, nil
	case "warn":
		return zapcore.WarnLevel, nil
	case "error":
		return zapcore.ErrorLevel, nil
	default:
		return 0, fmt.Errorf("log level %q: want debug, info, warn or error", level)
	}
}

func newEncoder(format string) (zapcore.Encoder, error) {
	form := zapcore.EncoderConfig{
		TimeKey:        "time",
		LevelKey:       "level",
		MessageKey:     "msg",
		EncodeTime:     encodeTime,
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeDuration: zapcore.SecondsDurationEncoder,
	}
	switch format {
	case "json":
		return zapcore.NewJSONEncoder(form), nil
	case "console":
		form.EncodeLevel = zapcore.CapitalLevelEncoder
		form.EncodeDuration = zapcore.StringDurationEncoder
		return zapcore.NewConsoleEncoder(form), nil
	default:
		return nil, fmt.Errorf("log format %q: want json or console", format)
	}
}

// encodeTime writes t in UTC after RFC 3339, with nanoseconds.
func encodeTime(t time.Time, out zapcore.PrimitiveArrayEncoder) {
	out.AppendString(t.UTC().Format(time.RFC3339Nano))
}
