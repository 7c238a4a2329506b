//go:build e2e

package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"
)

const azureBase = "/" + azureAccount + "/bridge"

// azurePut uploads a blob in one request.
func azurePut(name, body string, header ...string) ask {
	return put(azureBase+"/"+name, body, append(header, "X-Ms-Blob-Type", "BlockBlob")...)
}

func azureGet(name string, header ...string) ask { return do("GET", azureBase+"/"+name, header...) }

// azurePage is a page of a listing.
type azurePage struct {
	Prefixes []string `xml:"Blobs>BlobPrefix>Name"`
	Blobs    []struct {
		Name     string
		Etag     string `xml:"Properties>Etag"`
		Modified string `xml:"Properties>Last-Modified"`
		Length   int64  `xml:"Properties>Content-Length"`
	} `xml:"Blobs>Blob"`
	NextMarker string
}

func (u *upstream) azureList(t *testing.T, prefix, query string) (p azurePage) {
	t.Helper()
	path := azureBase + "?restype=container&comp=list&delimiter=%2F&prefix=" + url.QueryEscape(prefix) + query
	if err := xml.Unmarshal([]byte(u.want(t, do("GET", path), 200).body), &p); err != nil {
		t.Error(err)
	}
	return p
}

func TestUpstreamAzuriteAnswers(t *testing.T) {
	u := startAzurite(t)
	files := store{
		put: func(path, body string) ask { return azurePut(strings.TrimPrefix(path, "/"), body) },
		get: func(path string) ask { return azureGet(strings.TrimPrefix(path, "/")) },
		list: func(t *testing.T, dir string) []string {
			prefix := strings.TrimPrefix(dir, "/")
			var names []string
			for _, b := range u.azureList(t, prefix, "").Blobs {
				names = append(names, strings.TrimPrefix(b.Name, prefix))
			}
			return names
		},
	}
	t.Run("blobs", func(t *testing.T) { azureBlobs(t, u) })
	t.Run("conditions", func(t *testing.T) { azureConditions(t, u) })
	t.Run("copy", func(t *testing.T) { azureCopy(t, u) })
	t.Run("blocks", func(t *testing.T) { azureBlocks(t, u) })
	t.Run("listing", func(t *testing.T) { azureListing(t, u) })
	t.Run("access", func(t *testing.T) { azureAccess(t, u) })
	t.Run("names", func(t *testing.T) { u.wantNames(t, files, "/names/", `back\slash`) }) // becomes a slash
	t.Run("cut", func(t *testing.T) { u.wantCut(t, files, "/cut/", nothing, whole) })
}

func azureBlobs(t *testing.T, u *upstream) {
	meta := do("PUT", azureBase+"/b/a.txt?comp=metadata", "X-Ms-Meta-Mtime", "1577934245")
	u.steps(t,
		step{azurePut("b/a.txt", "hello"), 201, "Etag: \"0x"},
		step{azurePut("b/a.txt", "hello world!!"), 201, "Etag: \"0x"},
		step{azurePut("empty", ""), 201, ""},
		step{put(azureBase+"/untyped", "x"), 400, ""},
		step{chunked(azurePut("chunked", "x")), 400, ""},
		step{azurePut("b/a.txt/below", "x"), 201, ""},
		step{do("HEAD", azureBase+"/b/a.txt"), 200, "Content-Length: 13\r\n"},
		step{do("HEAD", azureBase+"/b"), 404, "X-Ms-Error-Code: BlobNotFound\r\n"}, // a prefix is no blob
		step{azureGet("b/a.txt", "Range", "bytes=3-"), 206, "Content-Range: bytes 3-12/13\r\n"},
		step{azureGet("b/a.txt", "Range", "bytes=13-"), 206, "Content-Range: bytes 13-12/13\r\n"}, // no 416 yet
		step{azureGet("b/a.txt", "Range", "bytes=14-"), 416, "Content-Range: bytes */13\r\n"},
		step{azureGet("none"), 404, "<Code>BlobNotFound</Code>"},
		step{put("/"+azureAccount+"/none/x", "x", "X-Ms-Blob-Type", "BlockBlob"), 404, "<Code>ContainerNotFound</Code>"},
		step{meta, 200, ""},
		step{azureGet("b/a.txt"), 200, "X-Ms-Meta-Mtime: 1577934245\r\n"},
		step{do("DELETE", azureBase+"/b"), 404, ""},
		step{do("DELETE", azureBase+"/empty"), 202, ""},
		step{do("DELETE", azureBase+"/empty"), 404, ""},
	)
}

func azureConditions(t *testing.T, u *upstream) {
	u.steps(t, step{azurePut("new", "1", "If-None-Match", "*"), 201, ""})
	tag := u.want(t, do("HEAD", azureBase+"/new"), 200).header.Get("Etag")
	u.steps(t,
		step{azurePut("new", "2", "If-None-Match", "*"), 409, "<Code>BlobAlreadyExists</Code>"}, // no 412
		step{azurePut("new", "2", "If-Match", `"0x1"`), 412, "<Code>ConditionNotMet</Code>"},
		step{azurePut("new", "2", "If-Match", tag), 201, ""},
		step{azureGet("new", "If-Match", tag), 412, "<Code>ConditionNotMet</Code>"},
		step{do("DELETE", azureBase+"/new", "If-Match", tag), 412, "<Code>ConditionNotMet</Code>"},
	)
}

func azureCopy(t *testing.T, u *upstream) {
	from := func(name string, header ...string) ask {
		return do("PUT", azureBase+"/c/copy", append(header, "X-Ms-Copy-Source", u.url+azureBase+"/"+name)...)
	}
	u.steps(t,
		step{azurePut("a%20b", "1"), 201, ""},
		step{from("a%20b"), 202, "X-Ms-Copy-Status: success\r\n"},
		step{azureGet("c/copy"), 200, "1"},
		step{from("a%20b", "If-None-Match", "*"), 409, ""},
		step{from("none"), 404, ""},
		step{do("PUT", azureBase+"/c/copy", "X-Ms-Copy-Source", azureBase+"/a%20b"), 400, ""}, // no URL
	)
}

func azureBlocks(t *testing.T, u *upstream) {
	block := azureBase + "/blocks?comp=block&blockid=MDE%3D"
	list := put(azureBase+"/blocks?comp=blocklist", `<?xml version="1.0"?><BlockList><Latest>MDE=</Latest></BlockList>`)
	u.cut(t, put(block, strings.Repeat("x", 100_000)))
	u.steps(t,
		step{list, 400, "<Code>InvalidBlockList</Code>"},
		step{chunked(put(block, "hello")), 400, ""},
		step{put(block, "hello"), 201, ""},
		step{azureGet("blocks"), 404, ""},
		step{list, 201, ""},
		step{azureGet("blocks"), 200, "hello"},
	)
	appended := put(azureBase+"/log?comp=appendblock", "hello", "X-Ms-Blob-Condition-Appendpos", "0")
	u.steps(t,
		step{do("PUT", azureBase+"/log", "X-Ms-Blob-Type", "AppendBlob"), 201, ""},
		step{appended, 201, "X-Ms-Blob-Append-Offset: 0\r\n"},
		step{appended, 412, "<Code>AppendPositionConditionNotMet</Code>"},
	)
}

// azureListing wants a marker among the blobs of its own directory, prefixes that
// count as much as blobs do, and pages that end.
func azureListing(t *testing.T, u *upstream) {
	for _, name := range []string{"l/", "l/1", "l/2/x", "l/2/y", "l/3", "l/4/x"} {
		u.want(t, azurePut(name, strings.TrimPrefix(name, "l/")), 201)
	}
	var blobs, prefixes, pages int
	for query := "&maxresults=2"; query != "" && pages < 10; pages++ {
		p := u.azureList(t, "l/", query)
		for _, b := range p.Blobs {
			if _, err := time.Parse(time.RFC1123, b.Modified); err != nil || !strings.HasPrefix(b.Etag, "0x") {
				t.Errorf("listed %+v (%v)", b, err) // the tag is without quotes
			}
		}
		blobs, prefixes = blobs+len(p.Blobs), prefixes+len(p.Prefixes)
		if query = ""; p.NextMarker != "" {
			query = "&maxresults=2&marker=" + url.QueryEscape(p.NextMarker)
		}
	}
	if blobs != 3 || prefixes != 2 || pages != 3 {
		t.Errorf("%d blobs and %d prefixes on %d pages", blobs, prefixes, pages)
	}
	if p := u.azureList(t, "none/", ""); len(p.Blobs)+len(p.Prefixes) != 0 {
		t.Errorf("the listing of nothing is %+v", p)
	}
}

// azureAccess wants a signature in the query to do as well as one in the header.
func azureAccess(t *testing.T, u *upstream) {
	const version, permissions = "2020-10-02", "racwdl"
	end := time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
	text := strings.Join([]string{
		permissions, "", end, "/blob/" + azureAccount + "/bridge", "", "", "", version, "c", "", "", "", "", "", "",
	}, "\n")
	key, err := base64.StdEncoding.DecodeString(azureKey)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	access := url.Values{
		"sv": {version}, "sr": {"c"}, "sp": {permissions}, "se": {end},
		"sig": {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}.Encode()
	write := azurePut("by-query?"+access, "x")
	u.steps(t,
		step{bare(azureGet("by-query")), 403, "<Code>AuthorizationFailure</Code>"},
		step{bare(write), 201, ""},
		step{bare(azureGet("by-query?" + access)), 200, "x"},
		step{bare(azureGet("by-query?" + access + "x")), 403, "<Code>AuthorizationFailure</Code>"},
		step{azureGet("b/a.txt", "X-Ms-Version", "2099-01-01"), 400, "<Code>InvalidHeaderValue</Code>"},
	)
}
