// Package wire turns the bytes of FTP into values and back: command lines,
// replies, addresses, times, facts, `ls -l` lines and the line ends of TYPE A.
// Everything here is pure; the package opens no connection.
package wire
