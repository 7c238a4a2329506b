// Package openapi reads OpenAPI documents, 3.0, 3.1 and 3.2, and holds the contracts
// that the bridge publishes itself.
//
// A [Document] is the reduced view that the mapping language needs: operations by
// name, their parameters, bodies, answers and security, each with its position, so
// that an error can name file, line and column. Each [Schema] is reduced to what is
// certain about a value. Package mapping joins a document with a mapping file; package
// preset has mapping files that come with the bridge.
//
// Loading a document reads and checks all of it. An operation is converted when it is
// asked for first, and [Document.Release] gives up the others, so that a mapping which
// uses five operations does not keep five hundred in memory.
//
// The native storage contract is storage.v1.yaml; see [Builtin].
package openapi
