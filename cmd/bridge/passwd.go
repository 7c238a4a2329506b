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
	answers, err := readPasswords(in, prompts, "Password: ", "Again: ")
	if err != nil {
		return "", err
	}
	if answers[0] != answers[len(answers)-1] {
		return "", errors.New("the two passwords differ")
	}
	return notEmpty(answers[0])
}

// readPasswords asks each question on a terminal, and reads one line elsewhere.
func readPasswords(in io.Reader, prompts io.Writer, questions ...string) ([]string, error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read password: %w", err)
		}
		return []string{strings.TrimRight(line, "\r\n")}, nil
	}
	var answers []string
	for _, question := range questions {
		fmt.Fprint(prompts, question)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(prompts)
		if err != nil {
			return nil, fmt.Errorf("read password: %w", err)
		}
		answers = append(answers, string(b))
	}
	return answers, nil
}

func notEmpty(password string) (string, error) {
	if password == "" {
		return "", errors.New("the password is empty")
	}
	return password, nil
}
