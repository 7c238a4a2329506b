package storage

import (
	"context"
	"io"
	"iter"
	"time"
)

// Backend keeps the files of one account. All methods may be called
// concurrently, obey their context, and fail with *[Error] (or with the
// context's error when that ended the call).
type Backend interface {
	// Stat describes one file or directory. The root always exists.
	Stat(ctx context.Context, name Path) (Entry, error)

	// List yields the entries of a directory, in no particular order, without
	// "." and "..". It is lazy: nothing is asked before the iteration starts,
	// and what the caller stops asking for is not fetched. An error is yielded
	// once, with a zero Entry, and ends the sequence; entries before it do not
	// make a complete listing. Names that are not [ValidName] are left out.
	List(ctx context.Context, name Path) iter.Seq2[Entry, error]

	// Open returns the content of a file from offset (in bytes) on. It returns
	// once the storage has accepted the read, so that a missing file is an
	// error here and not of the first Read. An offset equal to the size gives
	// an empty content; one past it fails with BadRestart. The reader reports
	// content that broke off as an error other than io.EOF. The caller closes it.
	Open(ctx context.Context, name Path, offset int64) (io.ReadCloser, error)

	// Put stores body under name and returns once it is durable. When reading
	// body fails with anything but io.EOF the upload was cut short: Put fails,
	// and the part that came must not pass for the whole file. Put stops
	// reading body before it returns, and need not read it to its end if it fails.
	Put(ctx context.Context, name Path, body io.Reader, opt PutOptions) (Receipt, error)

	// Rename moves a file or directory. Whether an existing file at the new
	// name is replaced is the storage's choice.
	Rename(ctx context.Context, from, to Path) error

	// Delete removes a file; a directory fails with IsDir.
	Delete(ctx context.Context, name Path) error

	// MakeDir makes a directory whose parent exists; one that is there fails
	// with Exists.
	MakeDir(ctx context.Context, name Path) error

	// RemoveDir removes an empty directory; one with entries fails with
	// NotEmpty, a file with NotDir.
	RemoveDir(ctx context.Context, name Path) error
}

// PutMode says what an upload does to the file that may already be there.
type PutMode uint8

const (
	// Replace stores a new file or replaces the whole of an old one.
	Replace PutMode = iota
	// Create stores a new file; one that exists fails with Exists.
	Create
	// Append adds to the end of a file, or stores a new one.
	Append
	// Resume goes on at PutOptions.Offset, which must not lie past the end
	// of the file; what followed it is replaced. Otherwise BadRestart.
	Resume
)

// PutOptions qualifies an upload. The zero value replaces the file and knows
// no size.
type PutOptions struct {
	Mode PutMode
	// Offset is where Resume starts, in bytes; unused by other modes.
	Offset int64
	// Size is the announced length of body in bytes (ALLO); 0 is not known.
	// It is the client's claim: a backend that relies on it fails when body
	// turns out longer or shorter.
	Size int64
}

// Receipt is what a storage says of an upload it has taken.
type Receipt struct {
	// Text, if not empty, is meant for the user in the final reply: one
	// printable line. It never changes the outcome.
	Text string
}

// Type tells files from directories.
type Type uint8

const (
	// File is a regular file, the zero value.
	File Type = iota
	// Dir is a directory.
	Dir
)

// Entry describes a file or a directory.
type Entry struct {
	// Name is the last segment of the path; "/" for the root.
	Name string
	Type Type
	// Size in bytes; UnknownSize if the storage does not tell.
	Size int64
	// ModTime is zero if the storage does not tell.
	ModTime time.Time
	// ETag identifies this version of the content; empty if not known.
	ETag string
	// Permitted is what the storage says may be done with this very entry.
	// Zero means that it says nothing, which forbids nothing.
	Permitted Actions
}

// UnknownSize is the size of an Entry whose storage does not tell one.
const UnknownSize = -1

// IsDir reports whether e is a directory.
func (e Entry) IsDir() bool { return e.Type == Dir }
