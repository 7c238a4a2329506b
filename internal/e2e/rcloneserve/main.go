// Command rcloneserve is rclone with nothing in it but its local backend and the
// two servers that the end-to-end tests use: the whole of rclone takes minutes to
// build. It is a module of its own, so that the bridge needs none of this.
package main

import (
	_ "github.com/rclone/rclone/backend/local"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/serve/s3"
	_ "github.com/rclone/rclone/cmd/serve/webdav"
)

func main() { cmd.Main() }
