package httpbackend

// mount is a folder with an upstream of its own.
type mount struct {
	at string
	up *Upstream
}
