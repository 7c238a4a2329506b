package main

import (
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/internal/metrics"
)

// events feeds the metrics from the engine's hooks.
func events(m *metrics.Metrics) ftpfront.Events {
	return ftpfront.Events{
		SessionOpened: func(ftpfront.SessionInfo) { m.SessionOpened() },
		SessionClosed: func(ftpfront.SessionInfo) { m.SessionClosed() },
		LoginEnded: func(_ ftpfront.SessionInfo, l ftpfront.LoginInfo) {
			m.Login(string(l.Outcome))
		},
		CommandEnded: func(_ ftpfront.SessionInfo, c ftpfront.CommandInfo) {
			m.Command(c.Verb, c.Code, c.Took)
		},
		LimitReached: func(_ ftpfront.SessionInfo, l ftpfront.Limit) { m.Limit(string(l)) },
		TransferEnded: func(_ ftpfront.SessionInfo, t ftpfront.TransferInfo) {
			outcome := "completed"
			if t.Err != nil {
				outcome = "failed"
			}
			m.Transfer(string(t.Direction), outcome, t.Bytes, t.Took)
		},
	}
}
