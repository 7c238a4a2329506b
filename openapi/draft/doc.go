// Package draft writes a first mapping for an API from the shapes in its document: a
// GET that answers a list is a directory, the path of one item a file or a folder. It
// guesses, and says so: what it makes nothing of stands in comments, with the reason.
// The draft is always a mapping that can be loaded.
package draft
