package exchange

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// operate makes one operation and says what it gave.
func operate(ctx context.Context, b storage.Backend, words []string) string {
	name := storage.Path(words[1])
	var out string
	var err error
	switch words[0] {
	case "stat":
		var e storage.Entry
		e, err = b.Stat(ctx, name)
		out = describe(e)
	case "list":
		for e, listErr := range b.List(ctx, name) {
			if err = listErr; err == nil {
				out += describe(e)
			}
		}
	case "open":
		offset, _ := strconv.ParseInt(words[2], 10, 64)
		out, err = openAll(ctx, b, name, offset)
	case "put", "create", "append", "resume":
		opt := storage.PutOptions{Mode: map[string]storage.PutMode{"create": storage.Create, "append": storage.Append, "resume": storage.Resume}[words[0]]}
		content := words[2]
		if n, err := strconv.Atoi(content); err == nil {
			content = strings.Repeat("x", n)
		}
		if len(words) > 3 {
			opt.Offset, _ = strconv.ParseInt(words[3], 10, 64)
		}
		if content == "-" { // nothing
			content = ""
		}
		var receipt storage.Receipt
		if receipt, err = b.Put(ctx, name, strings.NewReader(content), opt); receipt.Text != "" {
			out = "told: " + receipt.Text + "\n"
		}
	case "delete":
		err = b.Delete(ctx, name)
	case "mkdir":
		err = b.MakeDir(ctx, name)
	case "rmdir":
		err = b.RemoveDir(ctx, name)
	case "rename":
		err = b.Rename(ctx, name, storage.Path(words[2]))
	case "mtime":
		at, _ := time.Parse(time.RFC3339, words[2])
		err = storage.AbilitiesOf(b).SetModTime(ctx, name, at)
	case "space":
		var room storage.Space
		room, err = storage.AbilitiesOf(b).Space(ctx, name)
		out = fmt.Sprintf("free=%d total=%d\n", room.Free, room.Total)
	case "digest":
		var sum []byte
		sum, err = storage.AbilitiesOf(b).Digest(ctx, name, storage.Algorithm(words[2]), storage.Whole)
		out = fmt.Sprintf("%x of %v\n", sum, storage.AbilitiesOf(b).Digests)
	default:
		return "unknown operation " + words[0] + "\n"
	}
	if err == nil {
		return strings.Join(words, " ") + ": done\n" + out
	}
	if e, ok := err.(*storage.Error); ok && e.Text != "" {
		err = fmt.Errorf("%w\nshown: %s", err, e.Text)
	}
	return strings.Join(words, " ") + ": " + err.Error() + "\n"
}

func openAll(ctx context.Context, b storage.Backend, name storage.Path, offset int64) (string, error) {
	r, err := b.Open(ctx, name, offset)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data) + "\n", err
}

func describe(e storage.Entry) string {
	return fmt.Sprintf("%q type=%d size=%d mtime=%s etag=%s permitted=%b\n",
		e.Name, e.Type, e.Size, e.ModTime.UTC().Format(time.RFC3339), e.ETag, e.Permitted)
}
