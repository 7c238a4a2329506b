package mapping_test

import (
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

func TestTransferBeforeTheContent(t *testing.T) {
	const early = "is not known before the content has been sent"
	for call, want := range map[string]string{
		`{http: {method: PUT, url: /o}, body: stream, params: {sha: =transfer.sha256}}`:                                                                      "transfer.sha256 " + early,
		`{http: {method: PUT, url: /o}, body: stream, params: {all: "{transfer.seq}-{transfer.bytes}"}}`:                                                     "transfer.bytes " + early,
		`{http: {method: PUT, url: /o}, body: stream, idempotency_key: "=string(transfer)"}`:                                                                 "transfer.bytes " + early,
		`{steps: [{http: {method: POST, url: /a}, body: {json: {n: =transfer.bytes}}}, {http: {method: PUT, url: /o}, body: stream}]}`:                       "transfer.bytes " + early,
		`{http: {method: PUT, url: /o}, body: stream, params: {seq: =transfer.seq}}`:                                                                         "",
		`{http: {method: PUT, url: /o}, body: stream, needs_length: spool, params: {sha: =transfer.sha256}}`:                                                 "",
		`{http: {method: PUT, url: /o}, body: stream, reply: "{transfer.sha256}"}`:                                                                           "",
		`{steps: [{http: {method: PUT, url: /o}, body: stream}, {http: {method: POST, url: /a}, body: {json: {sha: =transfer.sha256}}}]}`:                    "",
		`{steps: [{http: {method: POST, url: /a}, params: {n: =transfer.bytes}}, {http: {method: PUT, url: /o}, body: stream, needs_length: memory(1MiB)}]}`: "",
	} {
		_, err := mapping.Parse("x", []byte("ftpmap: 1\nroutes:\n  - path: /{name}\n    write: "+call+"\n"))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", call, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), early) != 1):
			t.Errorf("%s: error %v, want %q once", call, err, want)
		}
	}
}
