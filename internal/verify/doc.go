// Package verify tries a storage that is in use: what the engine promises to FTP
// clients has to be kept by the service behind it, and only trying tells whether it
// is. It works in a scratch folder of its own and removes it at the end.
//
// It asks for the same things as storagetest, the conformance kit for backends, but
// of a storage that has other content, may lack verbs, is reached over a network
// and must be left as it was found.
package verify
