package mapping

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"mime"
	"strings"
)

// fill writes the parts of the form around the content of the file (RFC 7578). The
// boundary is random, so that no content can be taken for the end of its part.
func (m *multipartBody) fill(r *Request, sc Scope) error {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	boundary := hex.EncodeToString(random[:])
	var b bytes.Buffer
	for _, p := range m.fields {
		v, err := p.value.Eval(sc)
		if err != nil {
			return err
		}
		if v != nil {
			fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n", boundary, quoted(p.name), Text(v))
		}
	}
	if m.field != "" {
		name, err := m.filename.Eval(sc)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%s; filename=%s\r\nContent-Type: %s\r\n\r\n",
			boundary, quoted(m.field), quoted(Text(name)), m.contentType)
	}
	r.Before = b.Bytes()
	end := "--" + boundary + "--\r\n"
	if m.field != "" {
		end = "\r\n" + end
	}
	r.After = []byte(end)
	r.Header.Set("Content-Type", mime.FormatMediaType(multipartType, map[string]string{"boundary": boundary}))
	return nil
}

// quoted writes a name as browsers do: in UTF-8, with quotes and line ends
// percent-encoded (HTML, multipart form data; RFC 7578, section 4.2).
func quoted(name string) string {
	return `"` + strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(name) + `"`
}
