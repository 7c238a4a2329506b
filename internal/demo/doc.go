// Package demo holds what `bridge demo` runs beside the bridge itself, each part
// small enough to be copied as the start of a real one:
//
//   - files is a storage service: the native storage contract over a folder.
//   - login is a login webhook that knows one user.
//   - bearer checks the bridge's tokens for a service.
//   - problem is the form of their error answers.
//
// The package itself serves them, makes a certificate for FTPS and puts a few
// files in place.
package demo
