package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ftpbridge/bridge/auth"
)

func passwdCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "passwd USER",
		Short: "Make an entry for the file of static users",
		Long: `passwd asks for a password (or reads one line of standard input) and prints an
entry with its argon2id hash, to be added under "users:" in the file that
auth.static.file names.`,
		Example: `  bridge passwd alice
  pwgen 20 1 | bridge passwd alice >> users.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := readPassword(cmd.InOrStdin(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			hash, err := auth.HashPassword(password)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "  - name: %q\n    password: %q\n", args[0], hash)
			return err
		},
	}
}

// readPassword asks twice on a terminal, without echo, and reads one line elsewhere.
func readPassword(in io.Reader, prompts io.Writer) (string, error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		return notEmpty(strings.TrimRight(line, "\r\n"))
	}
	var answers [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(prompts, prompt)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(prompts)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		answers[i] = string(b)
	}
	if answers[0] != answers[1] {
		return "", errors.New("the two passwords differ")
	}
	return notEmpty(answers[0])
}

func notEmpty(password string) (string, error) {
	if password == "" {
		return "", errors.New("the password is empty")
	}
	return password, nil
}
