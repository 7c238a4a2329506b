package admin

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"
)

// healthz answers 200 as long as the process can answer at all. It asks nobody:
// a storage service that is down is no reason to restart the bridge.
func healthz(c echo.Context) error {
	return alright(c)
}

// readyz answers 200 while new sessions are welcome and 503 with the reason
// otherwise.
func readyz(ready func(context.Context) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		if ready == nil {
			return alright(c)
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
		defer cancel()
		if err := ready(ctx); err != nil {
			noStore(c)
			return echo.NewHTTPError(http.StatusServiceUnavailable, err.Error())
		}
		return alright(c)
	}
}

func alright(c echo.Context) error {
	noStore(c)
	return c.String(http.StatusOK, "ok\n")
}

// noStore keeps caches from answering in the place of the bridge.
func noStore(c echo.Context) { c.Response().Header().Set(echo.HeaderCacheControl, "no-store") }
