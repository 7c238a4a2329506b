package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/draft"
)

func initCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "init api.yaml",
		Short: "Draft a mapping from an OpenAPI document",
		Long: `init reads an OpenAPI document (3.0 or 3.1, YAML or JSON) and prints a mapping that
makes files of it, as a beginning to be changed:

  GET /customers, which answers a list      becomes the directory /customers/
  GET, PUT, DELETE /customers/{id}          the file /customers/{id}.json, or without
                                            .json where the content is no JSON
  /customers/{id}/orders                    /customers/{id}/ becomes a directory, with
                                            orders/ and customer.json in it
  POST /customers                           an upload into the directory
  GET /status                               the file /status.json
  GET, PUT /files/{path}, where path has    a tree of files, to any depth
  x-ftp-multi-segment: true

The names, sizes and times of entries and the style of pages are guessed from schemas
and parameters; a guess that the document does not settle says so. What is left out
stands in comments, each operation with the reason. The draft always passes bridge
check. Go on with bridge explain, which shows the requests that a command leads to,
and with bridge verify, which tries them.

Without -o the draft goes to standard output, and names the document as seen from the
working directory. A file that exists is not overwritten.`,
		Example: `  bridge init api.yaml > api.map.yaml
  bridge init api.yaml -o mappings/api.map.yaml
  bridge check api.map.yaml
  bridge explain --mapping api.map.yaml 'LIST /'
  bridge verify --mapping api.map.yaml --server http://localhost:9001`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runInit(cmd, args[0], output) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write (default standard output)")
	return cmd
}

func runInit(cmd *cobra.Command, document, output string) error {
	d, err := openapi.Open("", document)
	if err != nil {
		return report(cmd.ErrOrStderr(), document, err)
	}
	name := output
	if name == "" {
		name = "draft.map.yaml" // in the working directory; it is not written
	}
	ref, err := reference(name, document)
	if err != nil {
		return err
	}
	text, err := draft.Mapping(name, ref, d)
	if err != nil {
		return report(cmd.ErrOrStderr(), document, err)
	}
	if output == "" {
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	return writeNew(output, text)
}

// reference is how the mapping at name refers to a document: relative to its own folder,
// unless the document was named absolutely.
func reference(name, document string) (string, error) {
	if filepath.IsAbs(document) {
		return document, nil
	}
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return "", err
	}
	target, err := filepath.Abs(document)
	if err != nil {
		return "", err
	}
	ref, err := filepath.Rel(dir, target)
	if err != nil {
		return "", err
	}
	ref = filepath.ToSlash(ref)
	if filepath.Dir(ref) == "." {
		ref = "./" + ref
	}
	return ref, nil
}

// writeNew writes a file that must not exist: drafts are edited.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		f.Close() // the write has failed already
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}
