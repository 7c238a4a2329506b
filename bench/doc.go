// Package bench measures the bridge as a whole process: what a session costs at
// rest, and how fast content and small files move. Run it by `make bench`. It
// prints ratios and sizes, and fails nothing: the numbers to reach are in
// docs/performance.md.
package bench
