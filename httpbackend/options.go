package httpbackend

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// Options configures an Upstream.
type Options struct {
	// Mapping says which requests the operations are; required.
	Mapping *mapping.Mapping
	// Server is the base URL of the requests: http or https, without user, query
	// and fragment. Empty takes the mapping's.
	Server string
	// MountServers are the base URLs of the mapping's mounts, by their folders, where
	// they are not what the mapping says.
	MountServers map[string]string
	// Variables fill the names in braces of Server; they win over the mapping's.
	Variables map[string]string
	// Credentials are the names of those that every Caller has. If it is not nil,
	// New fails when a call needs others.
	Credentials []string
	// AllowMetadata lets requests go to link-local addresses, among them the
	// metadata services of clouds, which are refused otherwise: an upstream that
	// can name a URL could read secrets there.
	AllowMetadata bool

	// TLS is how https connections are made; nil uses the system's roots.
	TLS *tls.Config
	// ConnectTimeout bounds the dialling and the TLS handshake of a connection,
	// each; 0 means 5 s.
	ConnectTimeout time.Duration
	// AnswerTimeout bounds the wait for the headers of an answer once the request
	// has been sent, a cold start included; 0 means 60 s.
	AnswerTimeout time.Duration
	// MaxRequests is how many requests may run at once; 0 means 1024. Further
	// ones wait for QueueTimeout (0: 5 s) and then fail as Busy.
	MaxRequests  int
	QueueTimeout time.Duration
	// MaxMemory is how many bytes of content all sessions may hold in memory at
	// once, where a mapping says needs_length: memory; 0 means 256 MiB. Further
	// content waits for QueueTimeout and then fails as Busy. A mapping whose calls
	// may need more for one upload is refused.
	MaxMemory int64
	// SpoolDir is the directory of the files in which content is collected where a
	// mapping says needs_length: spool; empty means os.TempDir. They are readable
	// by the bridge alone and gone when the upload has ended.
	SpoolDir string
	// MaxSpool is the longest content collected in a file where the mapping names
	// no limit, in bytes; 0 means 5 GiB. Longer content fails as TooLarge.
	MaxSpool int64
	// BreakerFailures is after how many failures in a row (no connection, no
	// answer in time, 5xx) the upstream is left alone; 0 means 10. After
	// BreakerPause (0: 10 s) one request tries it again.
	BreakerFailures int
	BreakerPause    time.Duration

	// ShowProblems lets users see the detail or title of problem documents.
	ShowProblems bool
	// StatCache is for how long Stat may answer from the session's last listing;
	// 0 means 3 s, negative never.
	StatCache time.Duration
	// MaxPages and MaxItems bound a listing where the mapping does not; 0 means
	// 100,000 pages and 10,000,000 items.
	MaxPages, MaxItems int
	// UserAgent is sent with every request; empty means "ftpbridge".
	UserAgent string

	// Logger hears what no caller is told, such as names left out of a listing;
	// nil discards.
	Logger *slog.Logger
	// Observe, if not nil, is called after every request, concurrently.
	Observe func(Exchange)
	// OnBreaker, if not nil, is called when the breaker of a mount, or of the mapping
	// itself where mount is empty, changes its state:
	// "closed", "open" or "half-open". It must not send requests.
	OnBreaker func(mount, from, to string)
	// OnLeftOut, if not nil, is called after a listing of which items could not be
	// shown, with their number: names that are none, come twice, or do not match back.
	OnLeftOut func(mount string, count int)

	// mount is the folder of the mount that these options are for.
	mount string
}

// Exchange is one request and its outcome, for metrics.
type Exchange struct {
	// Mount is the folder of the mount whose service it was; empty for the mapping's own.
	Mount string
	// Operation is the name of the operation in the document.
	Operation string
	// Method and URL of the request, before credentials were added. A URL that came
	// from the upstream or was computed is without its query, which may be signed.
	Method, URL string
	// Status of the answer; 0 if there was none.
	Status int
	// Took is the time until the headers of the answer came, which for an upload
	// includes the sending of its content.
	Took time.Duration
	// Err is why there was no answer.
	Err error
}

// withDefaults checks o and fills in what is zero.
func (o Options) withDefaults() (Options, *url.URL, error) {
	if o.Mapping == nil {
		return o, nil, errors.New("httpbackend: Options.Mapping is nil")
	}
	if err := o.unmet().Err(); err != nil {
		return o, nil, err
	}
	o.Variables = o.variables()
	server, _ := mapping.FillServer(cmp.Or(o.Server, o.Mapping.Server), o.Variables)
	base, err := parseServer(server)
	if server == "" && sendsNothing(o.Mapping) {
		base, err = &url.URL{}, nil
	}
	if err != nil {
		return o, nil, fmt.Errorf("httpbackend: Options.Server: %w", err)
	}
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 5*time.Second)
	o.AnswerTimeout = cmp.Or(o.AnswerTimeout, time.Minute)
	o.MaxRequests = cmp.Or(o.MaxRequests, 1024)
	o.QueueTimeout = cmp.Or(o.QueueTimeout, 5*time.Second)
	o.MaxMemory = cmp.Or(o.MaxMemory, 256<<20)
	o.MaxSpool = cmp.Or(o.MaxSpool, 5<<30)
	o.BreakerFailures = cmp.Or(o.BreakerFailures, 10)
	o.BreakerPause = cmp.Or(o.BreakerPause, 10*time.Second)
	o.StatCache = cmp.Or(o.StatCache, 3*time.Second)
	o.MaxPages = cmp.Or(o.MaxPages, 100_000)
	o.MaxItems = cmp.Or(o.MaxItems, 10_000_000)
	o.UserAgent = cmp.Or(o.UserAgent, "ftpbridge")
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	for name, v := range map[string]int64{
		"ConnectTimeout": int64(o.ConnectTimeout), "AnswerTimeout": int64(o.AnswerTimeout),
		"MaxRequests": int64(o.MaxRequests), "QueueTimeout": int64(o.QueueTimeout),
		"BreakerFailures": int64(o.BreakerFailures), "BreakerPause": int64(o.BreakerPause),
		"MaxMemory": o.MaxMemory, "MaxSpool": o.MaxSpool,
		"MaxPages": int64(o.MaxPages), "MaxItems": int64(o.MaxItems),
	} {
		if v < 0 {
			return o, nil, fmt.Errorf("httpbackend: Options.%s is negative", name)
		}
	}
	return o, base, o.checkMemory()
}

func parseServer(server string) (*url.URL, error) {
	if server == "" || server == "/" {
		return nil, errors.New("no server in the options, the mapping or its document")
	}
	u, err := url.Parse(server)
	if err != nil {
		return nil, errors.New("not a URL") // the text may hold a password, so it is not repeated
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("want an http or https URL with a host")
	case u.User != nil:
		return nil, errors.New("a user in the URL; credentials belong to the caller")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("a query or fragment in the URL")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// checkMemory fails if a call may need more memory for one upload than there is.
func (o Options) checkMemory() error {
	var fault error
	o.Mapping.Each(func(c *mapping.Call) {
		if fault == nil && c.Length.Collect && !c.Length.Spool && c.Length.Limit > o.MaxMemory {
			fault = fmt.Errorf("%s: needs_length wants %d bytes of memory, which is more than Options.MaxMemory has", c.Pos, c.Length.Limit)
		}
	})
	return fault
}
