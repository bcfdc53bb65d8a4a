# cache.sh: where built things lie and how they get there: keyed by a hash of their
# inputs, made in a directory of its own, renamed when complete, one builder at a time.
# Needs say.sh and LAB (the lab's folder).
# shellcheck shell=bash

LAB_CACHE=${LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/xdmad/lab}

# hash_of FILE...: names and contents, 16 hex digits
hash_of() {
	(cd "$LAB" && sha256sum -- "$@") | sha256sum | cut -c1-16
}

# cached NAME FUNCTION ARGS...: print the path of $LAB_CACHE/NAME; when it is not there,
# FUNCTION TMPDIR ARGS... makes it. FUNCTION's stdout goes to stderr. Call it where
# "set -e" is in force (no "||" around), so that a failing step ends the build.
cached() {
	local name=$1 dir=$LAB_CACHE/$1 tmp
	shift
	if [[ ! -d $dir ]]; then
		mkdir -p "$LAB_CACHE" || die 125 "cannot make the cache folder $LAB_CACHE; set LAB_CACHE to a folder that can be written"
		(
			flock 9
			[[ -d $dir ]] && exit 0
			tmp=$LAB_CACHE/$name.tmp.$$
			# only the holder of the lock builds: whatever is half-made is stale
			rm -rf "$LAB_CACHE/$name".tmp.*
			mkdir "$tmp"
			# shellcheck disable=SC2064 # expanded now: builders have a tmp of their own
			trap "rm -rf '$tmp'" EXIT
			"$1" "$tmp" "${@:2}" >&2
			mv -T "$tmp" "$dir"
		) 9>"$LAB_CACHE/$name.lock"
	fi
	printf '%s\n' "$dir"
}
