package main

import (
	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema mapping|config",
		Short: "Print a JSON Schema, for editors",
		Long: `schema prints the JSON Schema (draft 2020-12) of mapping files or of the
configuration file. Editors complete keys by it and mark mistakes while you type.

With the YAML language server (VS Code, Neovim, Emacs and others), put a line with
the schema's place at the top of the file:

  # yaml-language-server: $schema=./mapping.schema.json`,
		Example: `  bridge schema mapping > mapping.schema.json
  bridge schema config > bridge.schema.json`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"mapping", "config"},
		RunE: func(cmd *cobra.Command, args []string) error {
			schema := mapping.Schema
			if args[0] == "config" {
				schema = config.JSONSchema
			}
			_, err := cmd.OutOrStdout().Write(schema())
			return err
		},
	}
}
