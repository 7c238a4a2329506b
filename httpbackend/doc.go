// Package httpbackend is a storage.Backend whose operations are HTTP requests
// described by a mapping (package openapi/mapping).
//
// [New] makes an [Upstream]: one HTTP client with its connections, circuit breaker
// and limits, shared by all sessions. [Upstream.Backend] binds it to one [Caller]:
// the user, and the credentials that requests of this session carry.
//
// Content streams in both directions and is never held whole, nor are listings.
// A request is sent once; only one that cannot have reached the upstream, or that
// was refused with 401 before its body was used, is sent again. Redirects are not
// followed. What an answer means is decided in errors.go and nowhere else.
package httpbackend
