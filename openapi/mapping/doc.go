// Package mapping is the language in which a team says how FTP paths become
// resources of its API: a page of YAML beside an OpenAPI document.
//
// [Load], [Parse] and [Preset] read a mapping and what it stands on, join it with its
// document, compile every template and expression once, and report all faults with
// file, line and column; [Check] tells warnings besides. The result, a [Mapping], is
// data that never changes: [Mapping.Resolve] finds the calls for a path and a [Verb],
// and [Call.Request] makes a request from one. Nothing here sends a request; package
// httpbackend does. [Mapping.Explain] tells what it would send, [Show] where each part
// of a mapping came from, [Schema] what may stand in one.
//
// The tables of grammar.go and its neighbours are the grammar: which keys stand where,
// and what they mean. A value is a literal, a template with variables in braces, or an
// expression after "=". All three are written by the operator. What an FTP user types
// reaches them as data in a [Scope] and is never parsed as either.
package mapping
