// Package openapi reads OpenAPI documents, 3.0 and 3.1, and holds the contracts
// that the bridge publishes itself.
//
// A [Document] is the reduced view that the mapping language needs: operations by
// name, their parameters, bodies and security, each with its position, so that an
// error can name file, line and column. Package mapping joins a document with a
// mapping file; package preset has mapping files that come with the bridge.
//
// The native storage contract is storage.v1.yaml; see [Builtin].
package openapi
