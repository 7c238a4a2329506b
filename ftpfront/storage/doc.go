// Package storage is the interface between the FTP engine and what keeps the
// files: the only thing that a new kind of storage has to implement.
//
// A [Backend] is handed out at login and already acts for the account that
// logged in, so no method takes a user. Names arrive as [Path] values: absolute,
// slash separated, free of "." and "..". Content streams through io.Reader and
// io.ReadCloser, listings through iter.Seq2; nothing is held whole.
//
// A Backend fails with *[Error], whose [Kind] says in storage's own terms what
// went wrong. The engine turns kinds into FTP replies; a backend never names a
// reply code.
//
// What only some backends can do (set a modification time, tell a digest or
// the free space, tell who may do what) is said by [Abilities], a struct of functions in which nil means "no".
// It is looked up once at login, so that FEAT tells the truth, and it survives
// wrapping, which add-on interfaces do not.
//
// The conformance kit in package storagetest holds what every backend must
// keep; package memstore is a complete backend in memory.
//
// This package imports the standard library only.
package storage
