// Package ftpfront is an FTP and FTPS server engine to embed. It speaks the
// protocol and keeps its promises; who may log in and where files live is said
// by two interfaces, [Authenticator] and [storage.Backend].
//
// A minimal server:
//
//	srv, err := ftpfront.New(ftpfront.Options{Authenticator: myUsers})
//	if err != nil {
//		return err
//	}
//	ln, err := net.Listen("tcp", "127.0.0.1:2121")
//	if err != nil {
//		return err
//	}
//	return srv.Serve(ln)
//
// What clients may rely on:
//
//   - Every command gets exactly one final reply, by a deadline.
//   - 226 to an upload is sent after the backend's Put has returned, never before.
//   - 150 to a download or a listing is sent after the storage has agreed, so
//     that what is missing is a plain 550.
//   - An upload that was cut short (ABOR, a lost connection, TLS without
//     close_notify) reaches the backend as a failing reader.
//   - Commands that arrive during a transfer are answered in order after it;
//     NOOP and STAT at once; ABOR cancels it.
//
// Covered: RFC 959 and 1123 section 4.1, RFC 2228 and 4217 (explicit and
// implicit TLS), RFC 2389 (FEAT, OPTS), RFC 2428 (EPRT, EPSV), RFC 2640 (UTF-8,
// LANG), RFC 3659 (MDTM, SIZE, REST, MLST, MLSD), RFC 7151 (HOST), MFMT and MFF of
// draft-somers-ftp-mfxx, HASH of draft-bryan-ftpext-hash with RANG of
// draft-bryan-ftp-range, MODE Z of draft-preston-ftpext-deflate, and the de-facto
// XCRC, XMD5, XSHA1, XSHA256, XSHA512, MD5, AVBL, COMB and SITE UTIME.
//
// Left out: record and page structures, block mode and the compressed mode of RFC
// 959, EBCDIC, the server-to-server transfers of RFC 959 (a bounce attack cannot
// be told from them).
package ftpfront
