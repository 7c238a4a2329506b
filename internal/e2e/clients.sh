#!/bin/sh
# Installs the FTP clients that the end-to-end tests drive and that are missing,
# where Debian's package manager is there and may be used. The tests themselves
# say what they had to leave out.
set -u
cd "$(dirname "$0")/../.."

missing=""
need() { # program package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need curl curl
need lftp lftp
need python3 python3
need tnftp tnftp
need inetutils-ftp inetutils-ftp
need ncftpput ncftp
need wget wget
need rclone rclone
need perl perl
perl -MIO::Socket::SSL -e 1 2>/dev/null || missing="$missing libio-socket-ssl-perl"

# A Java client only where Java is.
! command -v javac >/dev/null 2>&1 || need mvn maven

if [ -z "$missing" ]; then
	:
elif ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
	echo "missing clients, install them yourself:$missing" >&2
else
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q >/dev/null && apt-get install -qy --no-install-recommends $missing >/dev/null ||
		echo "could not install:$missing" >&2
fi

if command -v javac >/dev/null 2>&1 && command -v mvn >/dev/null 2>&1 && [ ! -d bin/java ]; then
	mvn -q -B --color never -f internal/e2e/testdata/pom.xml \
		dependency:copy-dependencies -DoutputDirectory="$PWD/bin/java" ||
		echo "could not fetch Commons Net" >&2
fi
exit 0
