package auth

import "time"

// Principal is the user as a source has proved him to be.
type Principal struct {
	// ID is the lasting identity, the subject of tokens; never empty.
	ID string
	// Name is what to show for the user; never empty.
	Name   string
	Tenant string
	Groups []string
	// Claims and Vars are what the source says beyond that. The values are
	// those of JSON, with whole numbers as int64, or as json.Number where they
	// do not fit one, so that ids stay exact.
	Claims, Vars map[string]any
	// Home is the directory the session starts in, absolute and clean.
	Home string
	// Root is put before every path of the user, who never sees it; absolute
	// and clean, "/" for none.
	Root string
	// Permissions are rules of which the first with a matching path decides;
	// what no rule matches is forbidden. Nil allows everything.
	Permissions []Rule
	// Token is the user's own credential for the storage service; nil for none.
	Token  *Token
	Limits Limits
	// Greeting goes to the user after login: printable lines, separated by
	// "\n"; empty for none.
	Greeting string
	// Methods are the ways in which the user was authenticated (RFC 8176).
	Methods []string
}

// Rule allows actions at the paths that match a pattern: "*" stands for any
// text within a segment, "**" for any number of segments.
type Rule struct {
	Path string `json:"path" yaml:"path"`
	// Allow holds names of actions: list, read, write, append, overwrite,
	// delete, mkdir, rmdir, rename, mtime. Empty allows nothing.
	Allow []string `json:"allow" yaml:"allow"`
}

// Token is a credential that came with the login.
type Token struct {
	// Type is the scheme of the Authorization header, such as "Bearer".
	Type  string
	Value string
	// Expires is when the token ends; zero if that is not known.
	Expires time.Time
}

// Limits bound what one user may use. Zero means no limit of this user's own.
type Limits struct {
	// Sessions is how many sessions may be open at once.
	Sessions int
	// Idle is how long a session may do nothing.
	Idle time.Duration
	// BytesPerSecond bounds each transfer.
	BytesPerSecond int64
	// MaxFileBytes is the largest file that may be uploaded.
	MaxFileBytes int64
}
