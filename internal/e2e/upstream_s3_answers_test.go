//go:build e2e

package e2e

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
)

// The two servers of the S3 protocol differ; what is said of both is what a
// mapping may rely on.

func TestUpstreamVersitygwAnswers(t *testing.T) {
	u := startVersitygw(t)
	s3Both(t, u)
	t.Run("length", func(t *testing.T) {
		u.steps(t,
			step{chunked(put("/bridge/chunked", "hello")), 411, "<Code>MissingContentLength</Code>"},
			step{put("/bridge/hashed", "hello", "X-Amz-Content-Sha256", digest("other")[len("sha256:"):]), 400, "<Code>XAmzContentSHA256Mismatch</Code>"},
			step{put("/bridge/hashed", "hello", "Content-Md5", "1B2M2Y8AsgTpgAmY7PhCfg=="), 400, "<Code>BadDigest</Code>"},
		)
	})
	t.Run("directories", func(t *testing.T) {
		u.steps(t,
			step{put("/bridge/v/d/f", "x"), 200, ""},
			step{put("/bridge/v/d", "x"), 409, "<Code>ExistingObjectIsDirectory</Code>"},
			step{put("/bridge/v/d/f/below", "x"), 409, "<Code>ObjectParentIsFile</Code>"},
			step{do("HEAD", "/bridge/v/d/"), 404, ""}, // has no marker
			step{do("DELETE", "/bridge/v/d"), 204, ""},
			step{do("DELETE", "/bridge/v/d/"), 400, "<Code>ErrDirectoryNotEmpty</Code>"},
			step{do("GET", "/bridge/v/d/f"), 200, "x"},
		)
	})
	t.Run("cut", func(t *testing.T) {
		u.wantCut(t, s3Files(u), "/cut/", half, whole)
		// What says in its head what is to come is safe.
		u.wantCut(t, s3Files(u), "/cut/sum/", nothing, func(a ask) ask {
			a.header["X-Amz-Content-Sha256"] = digest(a.body)[len("sha256:"):]
			return a
		})
	})
}

func TestUpstreamRcloneS3Answers(t *testing.T) {
	u := startRcloneS3(t)
	s3Both(t, u)
	t.Run("length", func(t *testing.T) {
		u.steps(t,
			step{chunked(put("/bridge/chunked", "hello")), 200, ""},
			step{do("GET", "/bridge/chunked"), 200, "hello"},
			step{put("/bridge/hashed", "hello", "X-Amz-Content-Sha256", digest("other")[len("sha256:"):]), 200, ""}, // checks no sum
		)
	})
	t.Run("directories", func(t *testing.T) {
		u.steps(t,
			step{put("/bridge/v/d/f", "x"), 200, ""},
			step{put("/bridge/v/d", "x"), 400, "<Code>InvalidRequest</Code>"},
			step{put("/bridge/v/d/f/below", "x"), 400, "<Code>InvalidRequest</Code>"},
			step{do("HEAD", "/bridge/v/d/"), 200, "Content-Type: application/x-directory\r\n"},
			step{do("DELETE", "/bridge/v/d"), 500, "<Code>InternalError</Code>"},
			step{do("DELETE", "/bridge/v/d/"), 204, ""}, // and nothing happens
			step{do("GET", "/bridge/v/d/f"), 200, "x"},
		)
	})
	t.Run("cut", func(t *testing.T) {
		u.wantCut(t, s3Files(u), "/cut/", nothing, whole)
		u.wantCut(t, s3Files(u), "/cut/", nothing, chunked)
	})
}

// s3Both is what both servers answer.
func s3Both(t *testing.T, u *upstream) {
	t.Run("objects", func(t *testing.T) { s3Objects(t, u) })
	t.Run("conditions", func(t *testing.T) { s3Conditions(t, u) })
	t.Run("copy", func(t *testing.T) { s3Copy(t, u) })
	t.Run("listing", func(t *testing.T) { s3Listing(t, u) })
	t.Run("multipart", func(t *testing.T) { s3Multipart(t, u) })
	t.Run("names", func(t *testing.T) {
		u.wantNames(t, s3Files(u), "/names/")
		u.steps(t,
			// A path that is not encoded as AWS wants it does not match its signature.
			step{put("/bridge/a+b", "x"), 403, "<Code>SignatureDoesNotMatch</Code>"},
			step{put("/bridge/a;b", "x"), 403, "<Code>SignatureDoesNotMatch</Code>"},
		)
	})
}

func s3Files(u *upstream) store {
	return store{
		put: func(path, body string) ask { return put("/bridge"+path, body) },
		get: func(path string) ask { return do("GET", "/bridge"+path) },
		list: func(t *testing.T, dir string) []string {
			prefix := strings.TrimPrefix(dir, "/")
			var names []string
			for _, c := range u.s3List(t, prefix, "").Contents {
				names = append(names, strings.TrimPrefix(c.Key, prefix))
			}
			return names
		},
	}
}

// s3List lists what begins with a prefix, up to the next slash.
func (u *upstream) s3List(t *testing.T, prefix, query string) (p s3Page) {
	t.Helper()
	path := "/bridge?list-type=2&delimiter=%2F&prefix=" + url.QueryEscape(prefix) + query
	if err := xml.Unmarshal([]byte(u.want(t, do("GET", path), 200).body), &p); err != nil {
		t.Error(err)
	}
	return p
}

// s3Page is a page of a listing.
type s3Page struct {
	Contents []struct {
		Key, ETag, LastModified string
		Size                    int64
	}
	CommonPrefixes        []struct{ Prefix string }
	IsTruncated           bool
	NextContinuationToken string
}

func s3Objects(t *testing.T, u *upstream) {
	u.steps(t,
		step{bare(do("GET", "/bridge")), 403, "<Code>AccessDenied</Code>"},
		step{put("/bridge/o/a.txt", "hello"), 200, "Etag: "},
		step{put("/bridge/o/a.txt", "hello world!!"), 200, "Etag: "},
		step{put("/bridge/empty", ""), 200, ""},
		step{do("HEAD", "/bridge/o/a.txt"), 200, "Content-Length: 13\r\n"},
		step{do("HEAD", "/bridge/o"), 404, ""}, // a prefix is no object
		step{do("GET", "/bridge/o/a.txt", "Range", "bytes=3-"), 206, "Content-Range: bytes 3-12/13\r\n"},
		step{do("GET", "/bridge/o/a.txt", "Range", "bytes=13-"), 416, "<Code>InvalidRange</Code>"},
		step{do("GET", "/bridge/none"), 404, "<Code>NoSuchKey</Code>"},
		step{do("GET", "/none?list-type=2"), 404, "<Code>NoSuchBucket</Code>"},
		step{put("/none/x", "x"), 404, "<Code>NoSuchBucket</Code>"},
		step{do("DELETE", "/bridge/empty"), 204, ""},
		step{do("DELETE", "/bridge/empty"), 204, ""}, // no 404
		step{put("/bridge/marker/", ""), 200, ""},
		step{put("/bridge/marker/", ""), 200, ""},
		step{put("/bridge/full/", "x"), 400, ""},
		step{do("HEAD", "/bridge/marker/"), 200, "Content-Type: application/x-directory\r\n"},
		step{do("DELETE", "/bridge/marker/"), 204, ""},
		step{do("HEAD", "/bridge/marker/"), 404, ""},
	)
}

func s3Conditions(t *testing.T, u *upstream) {
	u.steps(t, step{put("/bridge/new", "1", "If-None-Match", "*"), 200, ""})
	tag := u.want(t, do("HEAD", "/bridge/new"), 200).header.Get("Etag")
	u.steps(t,
		step{put("/bridge/new", "2", "If-None-Match", "*"), 412, "<Code>PreconditionFailed</Code>"},
		step{put("/bridge/new", "2", "If-Match", `"other"`), 412, "<Code>PreconditionFailed</Code>"},
		step{put("/bridge/new", "2", "If-Match", tag), 200, ""},
		step{do("GET", "/bridge/new", "If-Match", tag), 412, "<Code>PreconditionFailed</Code>"},
		step{do("DELETE", "/bridge/new", "If-Match", tag), 412, "<Code>PreconditionFailed</Code>"},
	)
}

func s3Copy(t *testing.T, u *upstream) {
	u.steps(t,
		step{put("/bridge/a%20b", "1"), 200, ""},
		step{put("/bridge/c/copy", "", "X-Amz-Copy-Source", "/bridge/a%20b"), 200, "<CopyObjectResult"},
		step{do("GET", "/bridge/c/copy"), 200, "1"},
		// A copy overwrites, whatever the condition.
		step{put("/bridge/c/copy", "", "X-Amz-Copy-Source", "bridge/a%20b", "If-None-Match", "*"), 200, ""},
		step{put("/bridge/c/none", "", "X-Amz-Copy-Source", "/bridge/none"), 404, "<Code>NoSuchKey</Code>"},
	)
}
