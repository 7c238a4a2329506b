// Package httpbackend is a storage.Backend whose operations are HTTP requests
// described by a mapping (package openapi/mapping).
//
// [New] makes an [Upstream]: one HTTP client with its connections, circuit breaker
// and limits, shared by all sessions, and one more for each mount of the mapping.
// [Upstream.Backend] binds it to one [Caller]: the user, and the credentials that
// requests of this session carry; package credential has the usual ones.
//
// An operation goes one way: target.go finds its route and calls, lookup.go what the
// path alone does not tell, call.go sends a request, answer.go reads what came of it,
// errors.go says what that means. Listings are in list.go and beside it, uploads in
// put.go, upload.go and chain.go, downloads in download.go and render.go.
//
// Content streams in both directions and is never held whole, unless the mapping says
// needs_length; listings are read item by item. A request is sent once; only one that
// cannot have reached the upstream, or that was refused with 401 before its body was
// used, is sent again. Redirects are followed only where the mapping says where to.
// Content that breaks off ends in a reset of its connection.
package httpbackend
