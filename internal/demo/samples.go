package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// sample is a file of the demonstration. The names hold what clients get wrong
// first: a folder, a space, letters beyond ASCII.
type sample struct{ name, text string }

func samples() []sample {
	return []sample{
		{"README.txt", "You are looking at these files over FTP. They lie behind an HTTP service,\n" +
			"and the bridge turns each command of your client into a request to it.\n\n" +
			"Upload, rename and delete what you like: the service keeps it in a folder.\n"},
		{"reports/2026-03.csv", "customer,amount\nacme,120.50\nexample,80.00\n"},
		{"reports/2026-04.csv", "customer,amount\nacme,99.00\nexample,101.25\n"},
		{"Grüße aus Köln.txt", "Names are UTF-8 from end to end.\n"},
	}
}

// WriteSamples puts a few files to look at under dir, which it makes if need
// be. What is already there stays as it is.
func WriteSamples(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("write samples: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write samples: %w", err)
	}
	defer root.Close()
	for _, s := range samples() {
		if err := s.write(root); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("write samples: %w", err)
		}
	}
	return nil
}

func (s sample) write(root *os.Root) error {
	if err := root.MkdirAll(path.Dir(s.name), 0o777); err != nil {
		return err
	}
	f, err := root.OpenFile(s.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(s.text)
	return errors.Join(err, f.Close())
}
