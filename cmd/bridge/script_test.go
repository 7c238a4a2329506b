package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	testscript.Main(leakTest{m}, map[string]func(){"bridge": main})
}

// leakTest fails where the tests leave goroutines behind.
type leakTest struct{ *testing.M }

func (t leakTest) Run() int {
	code := t.M.Run()
	if code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

var update = flag.Bool("update", false, "rewrite golden files")

// TestScripts runs the program as testdata/script says. With -update it rewrites the
// outputs that the scripts compare.
func TestScripts(t *testing.T) {
	repository, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPOSITORY", repository+"/../..")
			return nil
		},
	})
}
