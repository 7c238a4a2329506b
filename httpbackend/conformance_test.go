package httpbackend_test

import (
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/storagetest"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

func TestConformance(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Backend { return serve(t, newNative()) })
}

func TestConformanceOfCollectedContent(t *testing.T) {
	for what, length := range map[string]mapping.Length{
		"memory": {Collect: true, Limit: 64 << 20}, "spool": {Collect: true, Spool: true},
	} {
		t.Run(what, func(t *testing.T) {
			m, err := mapping.Preset("files") // one of our own, since it is changed
			if err != nil {
				t.Fatal(err)
			}
			m.Each(func(c *mapping.Call) {
				if c.Body.Streams() {
					c.Length = length
				}
			})
			storagetest.Run(t, func(t *testing.T) storage.Backend {
				return serve(t, newNative(), func(o *httpbackend.Options) { o.Mapping = m })
			})
		})
	}
}
