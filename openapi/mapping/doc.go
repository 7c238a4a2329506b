// Package mapping is the language in which a team says how FTP paths become
// resources of its API: a page of YAML beside an OpenAPI document.
//
// [Load] and [Parse] read a mapping file, join it with its document, compile
// every template and expression once, and report all faults with file, line and
// column. The result, a [Mapping], is data that never changes: [Mapping.Resolve]
// finds the [Call] for a path and a [Verb], and [Call.Request] makes the request
// from it. Nothing here sends a request; package httpbackend does.
//
// A value in a mapping is a literal, a template with variables in braces, or an
// expression after "=". All three are written by the operator. What an FTP user
// types reaches them as data in a [Scope] and is never parsed as either.
//
// The language is grown step by step. A key that belongs to the language and is
// not executed by this version is an error when the mapping is loaded, never ignored.
package mapping
