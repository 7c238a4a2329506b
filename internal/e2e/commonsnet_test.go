//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCommonsNet(t *testing.T) {
	t.Parallel()
	need(t, "javac") // java compiles a source file by its means
	source, jars := absolute(t, "testdata/CommonsNet.java"), absolute(t, "../../bin/java")
	if _, err := os.Stat(jars); err != nil {
		lack(t, "Commons Net; clients.sh fetches it with mvn")
	}
	inEach(t, "Commons Net", func(t *testing.T, c *client, b *bridge, l link) {
		up := uploads(t)
		c.run(t, "", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", filepath.Join(jars, "*"), source,
			string(l.security), string(l.mode), b.host, b.port, user, password, up)
		wantSameTree(t, up, filepath.Join(b.dir, "up"))
	})
}
