package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSecretFile bounds a file that holds one secret.
const maxSecretFile = 64 << 10

// secret takes a secret, or file:NAME for one that a file holds. Its messages
// repeat neither.
func secret(into *Secret, dir string) *value {
	v := parsed("secret", into, "", func(s string) (Secret, error) {
		name, inFile := strings.CutPrefix(s, "file:")
		if !inFile {
			return newSecret(s), nil
		}
		return readSecret(within(dir, name))
	})
	v.private = true
	return v
}

// minSigningSecret is how many bytes make a signature that nobody guesses.
const minSigningSecret = 16

// signingSecret takes a secret for Standard Webhooks: "whsec_" and base64, or
// any text that is long enough.
func signingSecret(into *Secret, dir string) *value {
	v := secret(into, dir)
	set := v.set
	v.set = func(s string) error {
		if err := set(s); err != nil {
			return err
		}
		return checkSigningSecret(into.Reveal())
	}
	return v
}

func checkSigningSecret(s string) error {
	key := []byte(s)
	if encoded, ok := strings.CutPrefix(s, "whsec_"); ok {
		var err error
		if key, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return errors.New("has no base64 after whsec_; copy the whole secret")
		}
	}
	if len(key) < minSigningSecret {
		return fmt.Errorf("is shorter than %d bytes; make one with: openssl rand -base64 32", minSigningSecret)
	}
	return nil
}

// base64Secret takes a secret that is written in base64.
func base64Secret(into *Secret, dir string) *value {
	v := secret(into, dir)
	set := v.set
	v.set = func(s string) error {
		if err := set(s); err != nil {
			return err
		}
		if _, err := base64.StdEncoding.DecodeString(into.Reveal()); err != nil {
			return errors.New("is not base64; copy the whole key") // the cause would show a part of it
		}
		return nil
	}
	return v
}

// readSecret returns what the file holds, without the line end that editors
// leave behind it.
func readSecret(name string) (Secret, error) {
	f, err := os.Open(name)
	if err != nil {
		return Secret{}, fmt.Errorf("cannot read the secret from %s: %w", name, cause(err))
	}
	defer f.Close() // opened for reading: nothing can be lost
	data, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err != nil {
		return Secret{}, fmt.Errorf("cannot read the secret from %s: %w", name, cause(err))
	}
	if len(data) > maxSecretFile {
		return Secret{}, fmt.Errorf("%s is larger than 64KiB; a secret file holds the secret alone", name)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if text == "" {
		return Secret{}, fmt.Errorf("%s is empty; write the secret into it", name)
	}
	return newSecret(text), nil
}

// cause is err without the file's name, which the message already has.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
