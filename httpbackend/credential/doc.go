// Package credential holds the ways in which requests of package httpbackend
// prove who is calling, besides the tokens of package auth/token.
//
// Some are fixed: [Basic], [Header] and [Query]. [SigV4] and [AzureSharedKey]
// sign each request. [ClientCredentials] and [GoogleServiceAccount] ask an
// OAuth 2.0 server for a token and share it among all sessions; [TokenExchange]
// asks for one in the name of each session.
//
// All of them may be used by many sessions at once. What is shared is built once,
// at the start; what belongs to a session costs little. No error and no form of
// printing shows a secret.
//
// A credential that signs must be the last one applied to a request, since it
// covers the URL and the headers as they are then.
//
// Standards: RFC 6749 section 4.4 (client credentials), RFC 7523 section 2.1
// (assertions), RFC 7617 (Basic), RFC 8693 (token exchange), AWS Signature
// Version 4, Azure Storage Shared Key.
package credential
