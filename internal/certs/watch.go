package certs

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must lie still before they are read: a pair is
// seldom written in one step.
const settle = 250 * time.Millisecond

// Watch reloads when the files change, and on SIGHUP, until ctx ends. It watches
// their directories: editors replace a file, and Kubernetes swaps a link beside
// it. Where a directory cannot be watched, SIGHUP remains.
func (s *Store) Watch(ctx context.Context, log *slog.Logger) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch certificates: %w", err)
	}
	defer w.Close() // nothing is read from it afterwards
	for dir := range s.directories() {
		if err := w.Add(dir); err != nil {
			log.Warn("certificates are not watched", "path", dir, "err", err)
		}
	}
	s.reload(log) // what changed since Load
	still := time.NewTimer(settle)
	defer still.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			s.reload(log)
		case <-w.Events:
			still.Reset(settle)
		case err := <-w.Errors: // events were lost
			log.Warn("watch certificates", "err", err)
			still.Reset(settle)
		case <-still.C:
			s.reload(log)
		}
	}
}

func (s *Store) directories() map[string]bool {
	dirs := map[string]bool{}
	for _, p := range s.files.Pairs {
		dirs[filepath.Dir(p.Cert)] = true
		dirs[filepath.Dir(p.Key)] = true
	}
	if s.files.ClientCA != "" {
		dirs[filepath.Dir(s.files.ClientCA)] = true
	}
	return dirs
}

func (s *Store) reload(log *slog.Logger) {
	changed, err := s.Reload()
	switch {
	case err != nil:
		log.Error("certificates not replaced", "err", err)
	case changed:
		log.Info("certificates replaced")
	}
}
