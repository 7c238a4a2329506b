package main

import (
	"cmp"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	var s settings
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [FILE…]",
		Short: "Find mistakes in configurations and mappings",
		Long: `check reads configuration and mapping files and prints every mistake with its file,
line and column, and what to write instead. A file that has "ftpmap:" is a mapping;
others are configurations, which are read with what they name (mapping, users,
certificates, keys) just as serve would. Without a file, the configuration is that
of the flags and the environment.

No socket is opened and no service asked. The exit status is 1 if there is any
mistake; warnings alone leave it at 0. The same list keeps serve from starting.`,
		Example: `  bridge check bridge.yaml
  bridge check examples/*/*.map.yaml
  bridge check --json billing.map.yaml | jq -r '.[].message'
  BRIDGE_BACKEND_PRESET=s3 bridge check --config bridge.yaml`,
		RunE: func(cmd *cobra.Command, files []string) error {
			c := checker{settings: &s}
			if s.file != "" || len(files) == 0 {
				c.config(s.file)
			}
			for _, file := range files {
				c.file(file)
			}
			return c.tell(cmd, asJSON)
		},
	}
	s.register(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an array of {file, line, column, severity, message} on standard output")
	return cmd
}

// checker collects what is to be said of files.
type checker struct {
	settings *settings
	findings findings
	fine     []string // a line for each file without mistakes
}

// tell prints what was found.
func (c *checker) tell(cmd *cobra.Command, asJSON bool) error {
	if asJSON {
		if err := c.findings.printJSON(cmd.OutOrStdout()); err != nil {
			return err
		}
	} else {
		c.findings.print(cmd.ErrOrStderr())
		for _, line := range c.fine {
			if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil {
				return err
			}
		}
	}
	if c.findings.failed() {
		return errSaid
	}
	return nil
}

// config checks a configuration as serve would read it.
func (c *checker) config(file string) {
	name := cmp.Or(file, "configuration")
	cfg, err := c.settings.loadFile(file)
	if err != nil {
		c.findings.addError(name, err)
		return
	}
	for _, w := range cfg.Warnings() {
		c.findings = append(c.findings, finding{File: name, Severity: isWarning, Message: w})
	}
	a, err := newApp(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		c.findings.addError(name, err)
		return
	}
	c.findings.add(isWarning, a.mapping.Warnings)
	c.fine = append(c.fine, fmt.Sprintf("%s is fine: %s", name, summary(a.mapping)))
}
