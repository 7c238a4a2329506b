package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find mistakes in a configuration",
		Long: `check reads the configuration, and the mapping, users, certificates and keys that
it names, as serve would, and prints each mistake with its file, line and column.
It opens no socket and asks no service. The exit status is 1 if there is any.`,
		Example: `  bridge check --config bridge.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := s.load()
			if err != nil {
				return report(cmd.ErrOrStderr(), err)
			}
			for _, w := range cfg.Warnings() {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			if _, err := newApp(cfg, slog.New(slog.DiscardHandler)); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "ok")
			return err
		},
	}
	s.register(cmd)
	return cmd
}
