package deptest

// module is the path that all packages of the bridge begin with.
const module = "github.com/ftpbridge/bridge"

// A rule says what a package may import. Packages are named without the path of
// the module; "x/..." stands for x and everything below it.
type rule struct {
	of string // the packages that the rule is about

	// may lists the packages of ours that it may import, besides those below
	// itself.
	may []string
	// never lists packages that it must not reach, even through others.
	never []string
	// onlyStd allows the standard library and packages of ours, nothing else.
	onlyStd bool

	because string
}

// rules returns the rules. The first that covers a package holds for it, and each
// package of ours has to be covered. Rules for packages that do not exist
// are no fault.
func rules() []rule {
	return []rule{
		{
			of:      "ftpfront/storage",
			never:   []string{"net", "net/http"},
			onlyStd: true,
			because: "a backend's author reads one small package",
		},
		{
			of:      "ftpfront/storage/...",
			may:     []string{"ftpfront/storage"},
			never:   []string{"net", "net/http"},
			onlyStd: true,
			because: "wrappers, the backend in memory and the conformance kit serve every backend",
		},
		{
			of:      "ftpfront/internal/wire",
			never:   []string{"net/http"},
			onlyStd: true,
			because: "parsers stay pure and fuzzable",
		},
		{
			of:      "ftpfront/...",
			may:     []string{"ftpfront/..."},
			never:   []string{"net/http", "auth/...", "httpbackend/...", "openapi/..."},
			onlyStd: true,
			because: "the engine serves any product",
		},
		{
			of:      "openapi/...",
			may:     []string{"openapi/..."},
			never:   []string{"ftpfront/...", "httpbackend/...", "auth/..."},
			because: "the contract is data",
		},
		{
			of:      "httpbackend/...",
			may:     []string{"ftpfront/storage", "httpbackend/...", "openapi/..."},
			never:   []string{"ftpfront", "auth/..."},
			because: "it is usable with any front and any login",
		},
		{
			of:      "auth/...",
			may:     []string{"auth/..."},
			never:   []string{"ftpfront/...", "httpbackend/...", "openapi/..."},
			because: "it is usable without FTP",
		},
		{
			of:      "internal/config",
			never:   []string{"net/http"},
			because: "the form of the settings is known without any of the parts they are for",
		},
		{
			of:      "internal/demo/...",
			may:     []string{"internal/demo/..."},
			never:   []string{"ftpfront/...", "httpbackend/...", "auth/..."},
			because: "the services of the demo prove that a team needs nothing of ours but the contracts",
		},
		{
			of:      "internal/verify",
			may:     []string{"ftpfront/storage"},
			never:   []string{"net/http", "httpbackend/...", "auth/...", "openapi/..."},
			because: "a storage is tried through the engine's interface alone, whatever is behind it",
		},
		{
			of:      "internal/exchange",
			may:     []string{"ftpfront/storage"},
			never:   []string{"ftpfront", "auth/...", "httpbackend/..."},
			because: "the tests of several packages play exchanges",
		},
		{
			of:      "internal/...",
			may:     []string{"internal/..."},
			because: "parts of the program meet in cmd/bridge, not in each other",
		},
		{
			of:      "examples/...",
			may:     []string{"ftpfront/...", "httpbackend/...", "auth/...", "openapi/..."},
			because: "examples show what others can import",
		},
		{
			of:      "bench/...",
			may:     []string{"ftpfront/...", "httpbackend/...", "auth/...", "openapi/..."},
			because: "what is measured is what others can import",
		},
		{
			of:      "cmd/...",
			may:     []string{"..."},
			because: "it is the only place where the parts meet",
		},
	}
}

// programOnly are packages of ours that nothing but the program may import.
const (
	programOnly = "internal/..."
	program     = "cmd/..."
)
