package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

func mapCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "map",
		Short: "Show mappings and presets",
		Long: `map shows what the bridge makes of mappings, and the mappings that come with it.
A mapping is laid over what it builds on: a preset or another mapping, then x-ftp in
its OpenAPI document, then the file itself; of each path and verb the last one wins.`,
		Example: `  bridge map presets
  bridge map preset s3 > s3.map.yaml
  bridge map show billing.map.yaml
  bridge map show --config bridge.yaml`,
	}
	cmd.AddCommand(mapShowCommand(), mapPresetsCommand(), mapPresetCommand())
	return cmd
}

func mapShowCommand() *cobra.Command {
	var f mappingFlags
	cmd := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Show a mapping with all that it builds on",
		Long: `show prints a mapping as one file, after its layers have been laid over each other.
What comes from another file has a comment that says where it stands.`,
		Example: `  bridge map show billing.map.yaml
  bridge map show --config bridge.yaml
  bridge map show --preset s3`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if f.file != "" {
					return errors.New("one mapping at a time: either FILE or --mapping")
				}
				f.file = args[0]
			}
			b, err := f.backend()
			if err != nil {
				return f.report(cmd, err)
			}
			name, data, err := sourceOf(b.Mapping, b.Preset)
			if err != nil {
				return f.report(cmd, err)
			}
			var out bytes.Buffer
			if err := mapping.Show(name, data, &out); err != nil {
				return f.report(cmd, err)
			}
			_, err = cmd.OutOrStdout().Write(out.Bytes())
			return err
		},
	}
	f.register(cmd)
	return cmd
}

// sourceOf is the text of a mapping file or, without one, of a preset.
func sourceOf(file, presetName string) (name string, data []byte, err error) {
	if file != "" {
		data, err = os.ReadFile(file)
		return file, data, err
	}
	data, err = preset.Source(presetName)
	return "preset:" + presetName, data, err
}

func mapPresetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "presets",
		Short:   "List the mappings that come with the bridge",
		Example: `  bridge map presets`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, name := range preset.Names() {
				data, err := preset.Source(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "%s\t%s\n", name, firstComment(data))
			}
			return w.Flush()
		},
	}
}

// firstComment is the first sentence of the comment that a file begins with.
func firstComment(data []byte) string {
	var text []string
	for line := range strings.Lines(string(data)) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
		if !ok {
			break
		}
		text = append(text, comment)
	}
	sentence, _, _ := strings.Cut(strings.Join(text, " "), ". ")
	return cmp.Or(strings.TrimSuffix(sentence, "."), "(no description)")
}

func mapPresetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "preset NAME",
		Short: "Print a mapping that comes with the bridge",
		Long: `preset prints the file of a preset with its comments. It is an ordinary mapping:
copy it to change it, or build on it with "preset: NAME" in a mapping of your own.`,
		Example: `  bridge map preset nginx
  bridge map preset s3 > s3.map.yaml`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: preset.Names(),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := preset.Source(args[0])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(data)
			return err
		},
	}
}
