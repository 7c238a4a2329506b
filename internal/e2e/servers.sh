#!/bin/sh
# Installs the HTTP storage servers that the end-to-end tests put behind the
# bridge. Each is of one version, kept in a folder outside the repository, so that
# a second run has nothing to do; bin/servers points there. The tests themselves
# say what they had to leave out.
set -u
cd "$(dirname "$0")/../.."

cache="${XDG_CACHE_HOME:-$HOME/.cache}/ftpbridge-e2e"
links="$PWD/bin/servers"
mkdir -p "$cache" "$links" || exit 0

link() { # program path
	ln -sf "$2" "$links/$1"
}
lost() {
	echo "could not install: $1" >&2
}

# install_go program version package
install_go() {
	dir="$cache/$1@$2"
	[ -x "$dir/$1" ] ||
		(cd / && GOFLAGS= CGO_ENABLED=0 GOBIN="$dir" nice go install "$3@$2" 2>"$cache/$1.log") ||
		{ cat "$cache/$1.log" >&2; lost "$1"; return; }
	link "$1" "$dir/$1"
}
install_go fake-gcs-server v1.56.1 github.com/fsouza/fake-gcs-server
install_go versitygw v1.8.0 github.com/versity/versitygw/cmd/versitygw
install_go registry v3.1.2 github.com/distribution/distribution/v3/cmd/registry

# rclone, cut down to what is needed: its module pins the version. What it was
# built from is kept beside it.
sources="$(cat internal/e2e/rcloneserve/go.mod internal/e2e/rcloneserve/main.go | cksum | cut -d ' ' -f 1)"
dir="$cache/rcloneserve@$sources"
if [ -x "$dir/rcloneserve" ] ||
	(cd internal/e2e/rcloneserve && GOFLAGS= CGO_ENABLED=0 nice go build -trimpath -buildvcs=false -o "$dir/rcloneserve" . 2>"$cache/rcloneserve.log"); then
	link rcloneserve "$dir/rcloneserve"
else
	cat "$cache/rcloneserve.log" >&2
	lost rcloneserve
fi

# Azurite needs Node; 3.35.0 is the last version that runs on Node 20.
if command -v npm >/dev/null 2>&1; then
	dir="$cache/azurite-3.35.0"
	if [ ! -x "$dir/node_modules/.bin/azurite-blob" ]; then
		mkdir -p "$dir" && echo '{"private": true}' >"$dir/package.json" &&
			(cd "$dir" && npm install --silent --no-audit --no-fund --ignore-scripts azurite@3.35.0 >/dev/null) || lost azurite
	fi
	[ ! -x "$dir/node_modules/.bin/azurite-blob" ] || link azurite-blob "$dir/node_modules/.bin/azurite-blob"
else
	lost "azurite (there is no npm)"
fi

# nginx is unpacked and not installed: its package would start it on port 80. Every
# one of Debian's has the DAV module.
if path="$(command -v nginx)" || path="$(ls -d /usr/sbin/nginx 2>/dev/null)"; then
	link nginx "$path"
elif [ -x "$cache/nginx/usr/sbin/nginx" ]; then
	link nginx "$cache/nginx/usr/sbin/nginx"
elif command -v apt-get >/dev/null 2>&1; then
	mkdir -p "$cache/nginx"
	fetch() { (cd "$cache/nginx" && apt-get -qq download nginx 2>/dev/null && dpkg-deb -x nginx_*.deb .); }
	fetch || { [ "$(id -u)" = 0 ] && apt-get update -q >/dev/null && fetch; }
	if "$cache/nginx/usr/sbin/nginx" -V >/dev/null 2>&1; then
		link nginx "$cache/nginx/usr/sbin/nginx"
	else
		lost nginx
	fi
else
	lost "nginx (there is no apt-get)"
fi
exit 0
