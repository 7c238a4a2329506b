//go:build e2e

package e2e

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"
)

// s3Listing wants markers among the objects of their own directory, prefixes that
// count as much as objects do, and pages that end.
func s3Listing(t *testing.T, u *upstream) {
	for _, name := range []string{"l/", "l/1", "l/2/x", "l/2/y", "l/3", "l/4/x"} {
		u.want(t, put("/bridge/"+name, strings.TrimPrefix(name, "l/")), 200)
	}
	var got []string
	var pages int
	for query := "&max-keys=2"; query != "" && pages < 10; pages++ {
		p := u.s3List(t, "l/", query)
		if n := len(p.Contents) + len(p.CommonPrefixes); n > 2 || p.IsTruncated != (p.NextContinuationToken != "") {
			t.Errorf("page of %d: %+v", n, p)
		}
		for _, c := range p.Contents {
			got = append(got, c.Key)
			if _, err := time.Parse(time.RFC3339, c.LastModified); err != nil || !strings.HasPrefix(c.ETag, `"`) {
				t.Errorf("listed %+v (%v)", c, err)
			}
		}
		for _, c := range p.CommonPrefixes {
			got = append(got, c.Prefix)
		}
		if query = ""; p.IsTruncated {
			query = "&max-keys=2&continuation-token=" + url.QueryEscape(p.NextContinuationToken)
		}
	}
	if all := strings.Join(got, " "); pages != 3 || len(got) != 5 {
		t.Errorf("%d pages: %s", pages, all)
	}
	if p := u.s3List(t, "", "").CommonPrefixes; len(p) == 0 || !strings.HasSuffix(p[0].Prefix, "/") {
		t.Errorf("the parent's listing has %+v", p)
	}
	if p := u.s3List(t, "none/", ""); len(p.Contents)+len(p.CommonPrefixes) != 0 {
		t.Errorf("the listing of nothing is %+v", p)
	}
}

// s3Multipart wants a part to show in no way before the upload is completed, which
// makes it safe where a cut part is stored.
func s3Multipart(t *testing.T, u *upstream) {
	id := s3Begin(t, u)
	part := "/bridge/multi?partNumber=1&uploadId=" + url.QueryEscape(id)
	u.cut(t, put(part, strings.Repeat("x", 100_000)))
	u.steps(t,
		step{do("HEAD", "/bridge/multi"), 404, ""},
		step{do("DELETE", "/bridge/multi?uploadId="+url.QueryEscape(id)), 204, ""},
	)
	id = s3Begin(t, u)
	part = "/bridge/multi?partNumber=1&uploadId=" + url.QueryEscape(id)
	tag := u.want(t, put(part, "hello"), 200).header.Get("Etag")
	complete := do("POST", "/bridge/multi?uploadId="+url.QueryEscape(id))
	complete.body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + tag + "</ETag></Part></CompleteMultipartUpload>"
	u.steps(t,
		step{do("HEAD", "/bridge/multi"), 404, ""},
		step{complete, 200, "<CompleteMultipartUploadResult"},
		step{do("GET", "/bridge/multi"), 200, "hello"},
	)
}

// s3Begin begins an upload in parts; the name of its answer's root differs.
func s3Begin(t *testing.T, u *upstream) string {
	t.Helper()
	var begun struct{ UploadId string }
	if err := xml.Unmarshal([]byte(u.want(t, do("POST", "/bridge/multi?uploads="), 200).body), &begun); err != nil || begun.UploadId == "" {
		t.Fatalf("begun %+v: %v", begun, err)
	}
	return begun.UploadId
}
