# say.sh: messages of the lab, all on stderr; stdout belongs to the job.
# shellcheck shell=bash

say() { printf 'lab: %s\n' "$*" >&2; }

# die CODE MESSAGE...: the message says what happened, why, and what to do
die() {
	local code=$1
	shift
	printf 'lab: error: %s\n' "$*" >&2
	exit "$code"
}

# need PROGRAM PACKAGE: refuse early, naming the package to install
need() {
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ||
		die 125 "program '$1' is missing; install Debian package '$2' (make setup does)"
}
