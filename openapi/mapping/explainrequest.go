package mapping

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request writes the request of a call as a command of curl. The headers that every
// request has (User-Agent, X-Request-Id, Traceparent, a default Accept) are left out.
func (e *explainer) request(c *Call, q Question) {
	plain := *c
	plain.absolute, plain.multipart = nil, nil
	if c.multipart != nil {
		plain.Body = NoBody
	}
	r, err := plain.Request(e.scope)
	if err != nil {
		e.line("  cannot be made: %s", err)
		return
	}
	at, err := e.address(c, r)
	if err != nil {
		e.line("  cannot be made: %s", err)
		return
	}
	notes := e.extend(c, q, r)
	if len(r.Query) > 0 {
		sep := "?"
		if strings.Contains(at, "?") {
			sep = "&"
		}
		at += sep + r.Query.Encode()
	}
	words := []string{methodWord(r.Method, c) + shellQuote(readable(at))}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if secretHeader(name) {
			r.Header.Set(name, "***")
		}
		words = append(words, "-H "+shellQuote(name+": "+readable(r.Header.Get(name))))
	}
	words = append(words, e.body(c, r)...)
	e.line("  curl %s", strings.Join(words, " \\\n    "))
	e.pages(c)
	for _, note := range notes {
		e.line("  %s", note)
	}
}

// secretHeader reports whether a header is there for credentials, which a mapping may
// write into it by itself (RFC 9110, sections 11.6 and 11.7; RFC 6265, section 4.2).
func secretHeader(name string) bool {
	return slices.Contains([]string{"Authorization", "Proxy-Authorization", "Cookie"}, name)
}

// methodWord is the option for a method: curl does not wait for the body of --head.
func methodWord(method string, c *Call) string {
	switch {
	case method == "HEAD":
		return "--head "
	case method == "GET" && c.Body == NoBody:
		return ""
	}
	return "-X " + method + " "
}

// address is the URL without the query that the parameters make.
func (e *explainer) address(c *Call, r *Request) (string, error) {
	if c.absolute == nil {
		return e.base + r.Path, nil
	}
	v, err := c.absolute.Eval(e.scope)
	text := Text(v)
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
		text = e.base + text
	}
	return text, err
}

// extend adds what the bridge adds to the requests of a verb, and returns what is to be
// said of it.
func (e *explainer) extend(c *Call, q Question, r *Request) (notes []string) {
	if p := c.Page; p != nil {
		switch p.Style {
		case PageNumber:
			r.Query.Set(p.Param, strconv.Itoa(p.First))
		case PageOffset:
			r.Query.Set(p.Param, "0")
		}
		if p.SizeParam != "" {
			r.Query.Set(p.SizeParam, strconv.Itoa(p.Size))
		}
	}
	if q.Verb == Read && q.Offset > 0 {
		offset := strconv.FormatInt(q.Offset, 10)
		switch {
		case c.Render != nil || c.Range == NoRange:
			notes = append(notes, "the first "+offset+" bytes are read and dropped")
		case c.Range == RangeInParam:
			r.Query.Set(c.RangeParam, offset)
		default:
			r.Header.Set("Range", "bytes="+offset+"-")
		}
	}
	if c.Render != nil {
		notes = append(notes, "the items of all pages become one file")
	}
	if c.Resume == ContentRange {
		r.Header.Set("Content-Range", "bytes "+Text(e.scope["ftp"].(map[string]any)["offset"])+"-<last>/<size>")
	}
	if c.IfMatch {
		r.Header.Set("If-Match", "<etag>")
		notes = append(notes, "<etag> is what the session has seen, else what stat tells; if there is nothing: If-None-Match: *")
	}
	if c.Length.Collect && c.Body.Streams() {
		notes = append(notes, "the content is collected first, so that its length can be told")
	}
	if len(c.Redirects) > 0 {
		notes = append(notes, "redirects to "+strings.Join(c.Redirects, ", ")+" are followed, without credentials")
	}
	return append(notes, e.credentials(c, r)...)
}

// credentials masks what the credentials of a call are.
func (e *explainer) credentials(c *Call, r *Request) (notes []string) {
	if len(c.Security) == 0 {
		return nil
	}
	names := c.Security[0]
	if e.a.Credentials != nil {
		i := slices.IndexFunc(c.Security, func(names []string) bool {
			return !slices.ContainsFunc(names, func(name string) bool { _, ok := e.a.Credentials[name]; return !ok })
		})
		if i < 0 {
			return []string{fmt.Sprintf("cannot be made: it needs the credential %s, and there is none", strings.Join(names, " and "))}
		}
		names = c.Security[i]
	}
	for _, name := range names {
		shown, ok := e.a.Credentials[name]
		if !ok {
			shown.Header = "Authorization"
		}
		if shown.Header != "" {
			r.Header.Set(shown.Header, "***")
		}
		if shown.Query != "" {
			r.Query.Set(shown.Query, "***")
		}
	}
	if len(names) > 0 {
		notes = append(notes, "credential: "+strings.Join(names, " and "))
	}
	return notes
}

// body are the words for what a request carries.
func (e *explainer) body(c *Call, r *Request) []string {
	switch {
	case c.multipart != nil:
		return e.form(c.multipart)
	case c.Body == Stream:
		return []string{"--data-binary @-"}
	case c.Body == Made:
		return []string{"--data-binary " + shellQuote(string(r.Content))}
	}
	return nil
}

// form are the parts of a multipart form.
func (e *explainer) form(m *multipartBody) []string {
	var words []string
	for _, p := range m.fields {
		if v, err := p.value.Eval(e.scope); err == nil && v != nil {
			words = append(words, "-F "+shellQuote(p.name+"="+Text(v)))
		}
	}
	if m.field != "" {
		name, _ := m.filename.Eval(e.scope) // what fails has no name
		words = append(words, "-F "+shellQuote(fmt.Sprintf("%s=@-;filename=%q;type=%s", m.field, Text(name), m.contentType)))
	}
	return words
}

var encodedName = regexp.MustCompile(`%3C([A-Za-z0-9_.]+)%3E`)

// readable shows <name>, which stands for a value that is not known yet, as it is, and
// the mask.
func readable(text string) string {
	text = encodedName.ReplaceAllString(text, "<$1>")
	return strings.ReplaceAll(text, url.QueryEscape("***"), "***")
}

// shellQuote makes one word of the shell (POSIX, section 2.2.2).
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
