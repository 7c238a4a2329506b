// Package auth answers who is logging in. [Credentials] go in; a [Principal]
// comes out, or the reason why not.
//
// A [Source] has one method. What it fails with matters as much as what it
// returns: [ErrDenied] is a "no" that counts against the guesser, [ErrNotMine]
// leaves the answer to the next source, [ErrNeedAccount] asks for one more
// secret, a [*ThrottledError] asks to wait, and every other error means that
// the question could not be asked. Nothing but a nil error lets anyone in.
//
// The sources:
//
//   - [Webhook] asks an HTTP service, in the contract of openapi/login.v1.yaml,
//     signed after Standard Webhooks.
//   - [Static] reads a file of users with argon2id or bcrypt password hashes.
//   - [Chain] asks several in turn; the first that decides, decides.
//   - [Guard] stands before another source and slows down who guesses.
//
// A minimal use:
//
//	hook, err := auth.NewWebhook(auth.WebhookOptions{
//		URL:     "https://login.acme.example/ftp",
//		Secrets: []string{"whsec_…"},
//	})
//	if err != nil {
//		return err
//	}
//	defer hook.Close()
//	source, err := auth.NewGuard(auth.GuardOptions{}, hook)
//	if err != nil {
//		return err
//	}
//	who, err := source.Authenticate(ctx, credentials)
//
// Package auth/token signs the tokens by which storage services learn who is
// calling.
//
// Passwords appear in no error of this package, and it writes no log. The
// package knows nothing of FTP replies or of storage.
//
// Standards: Standard Webhooks 1.0, W3C Trace Context, RFC 9106 (Argon2),
// RFC 8176 (authentication method names).
package auth
