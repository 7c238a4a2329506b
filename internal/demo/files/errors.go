package files

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"syscall"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

// fault makes a problem document. The slug completes its type.
func fault(status int, slug, title, detail string) *problem.Details {
	return &problem.Details{Type: "/problems/" + slug, Title: title, Status: status, Detail: detail}
}

func badRequest(detail string) *problem.Details {
	return &problem.Details{
		Title:  http.StatusText(http.StatusBadRequest),
		Status: http.StatusBadRequest,
		Detail: detail,
	}
}

func notFound(p string) *problem.Details {
	return fault(http.StatusNotFound, "not-found", "Not found", displayName(p)+" does not exist.")
}

func exists(p string) *problem.Details {
	return fault(http.StatusConflict, "exists", "Already exists", displayName(p)+" already exists.")
}

func isDirectory(p string) *problem.Details {
	return fault(http.StatusConflict, "is-directory", "Is a directory", displayName(p)+" is a directory.")
}

func notDirectory(p string) *problem.Details {
	return fault(http.StatusConflict, "not-directory", "Not a directory", displayName(p)+" is not a directory.")
}

func forbiddenRoot() *problem.Details {
	return fault(http.StatusForbidden, "denied", "Denied", "The top directory stays as it is.")
}

func noSpace() *problem.Details {
	return fault(http.StatusInsufficientStorage, "no-space", "No space", "There is no space left.")
}

func outOfSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// fromStaging turns an error of the staging folder into a problem. Want of
// space is for the user to hear of; anything else is the service's own fault, for
// a staging file that is missing is not a missing file of the user's.
func fromStaging(err error) error {
	d := problem.Internal(nil)
	if outOfSpace(err) {
		d = noSpace()
	}
	d.Cause = err
	return d
}

// fromDisk turns an error of the file system into a problem. Problems pass through unchanged.
func fromDisk(err error, p string) error {
	if _, ok := errors.AsType[*problem.Details](err); ok || err == nil {
		return err
	}
	d := classify(err, p)
	d.Cause = err
	return d
}

func classify(err error, p string) *problem.Details {
	errno, isErrno := errors.AsType[syscall.Errno](err)
	_, isPath := errors.AsType[*fs.PathError](err)
	switch {
	// ENOTEMPTY comes first, for package fs counts it as ErrExist.
	case errno == syscall.ENOTEMPTY:
		return fault(http.StatusConflict, "not-empty", "Directory not empty", displayName(p)+" is not empty.")
	case errors.Is(err, fs.ErrExist):
		return exists(p)
	case errors.Is(err, fs.ErrNotExist), errno == syscall.ENOTDIR, errno == syscall.ELOOP:
		return notFound(p)
	case errno == syscall.EISDIR:
		return isDirectory(p)
	case errors.Is(err, fs.ErrPermission), errno == syscall.EROFS:
		return fault(http.StatusForbidden, "denied", "Denied", displayName(p)+" may not be used in this way.")
	case errno == syscall.ENAMETOOLONG, errno == syscall.EINVAL, errno == syscall.EILSEQ:
		return fault(http.StatusBadRequest, "invalid-name", "Invalid name", displayName(p)+" cannot be a name here.")
	case outOfSpace(err):
		return noSpace()
	case isPath && !isErrno && !errors.Is(err, os.ErrClosed):
		// Of all path errors only os.Root's refusal to leave the directory has
		// no system error behind it. What lies outside does not exist here.
		return notFound(p)
	}
	return problem.Internal(nil)
}
