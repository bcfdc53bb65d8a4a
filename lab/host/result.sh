# result.sh: a run's folder, its output as it comes, its end.
# Needs say.sh, machine.sh; top, board, boot, timeout, out, verbose.
# shellcheck shell=bash disable=SC2154

readers=()

# result_folder: make $run; sweep what killed runs left, told by the lock they held
result_folder() {
	local base=${TMPDIR:-/tmp} old
	for old in "$base"/xdmad-lab.*/; do
		[[ -e $old/lock ]] || continue
		(flock -n 8 && rm -rf "$old") 8<"$old/lock" || :
	done
	run=$(mktemp -d "$base/xdmad-lab.XXXXXX")
	exec 8>"$run/lock"
	flock 8
}

# result_channels: forward the command's output while it comes
result_channels() {
	mkfifo "$run/stdout" "$run/stderr"
	# held open here until the machine is gone, so that no reader waits for a first writer
	exec {hold_stdout}<>"$run/stdout" {hold_stderr}<>"$run/stderr" {status}<>"$run/status"
	cat "$run/stdout" {hold_stdout}>&- {hold_stderr}>&- {status}>&- &
	readers+=($!)
	cat "$run/stderr" {hold_stdout}>&- {hold_stderr}>&- {status}>&- >&2 &
	readers+=($!)
	: >"$run/console.log"
	if [[ $verbose ]]; then
		tail -n +1 -f "$run/console.log" {hold_stdout}>&- {hold_stderr}>&- {status}>&- >&2 &
		tail_pid=$!
	fi
}

# result_wait: follow the status port to the end, then exit
result_wait() {
	local began=$EPOCHREALTIME end line left word code up
	end=$((SECONDS + timeout))
	while :; do
		left=$((end - SECONDS))
		((left > 0)) && read -r -t "$left" -u "$status" line || line=timeout
		read -r word code up <<<"$line"
		case $word in
		start) say "$board/$boot is up after $(since "$began") s (guest: $code s)" ;;
		exit)
			result_collect
			say "command ended with status $code after $(since "$began") s (guest: $up s)"
			[[ $code == 0 ]] || result_keep
			exit "$code"
			;;
		timeout)
			result_end
			result_keep
			die 124 "no end within $timeout s; the machine was stopped. Raise --timeout, or see the console"
			;;
		*)
			result_end
			cat "$run/qemu.log" >&2
			grep -av 'vGIC.: ' "$run/console.log" | tail -n 15 >&2
			result_keep
			die 125 "the machine ended (QEMU: ${line#gone }) before the command did: no boot, a panic, or a power-off. Its last words are above"
			;;
		esac
	done
}

since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# result_end: stop the machine and let the readers finish
result_end() {
	machine_stop
	exec {hold_stdout}>&- {hold_stderr}>&-
	wait "${readers[@]}" 2>/dev/null || :
	readers=()
}

# result_collect: after the end, unpack what came back
result_collect() {
	result_end
	[[ -s $run/out.tar ]] || return 0
	[[ $out ]] || out=$top/build/lab/out/$board-$boot-$(date +%Y%m%dT%H%M%S)-$$
	mkdir -p "$out"
	tar -xf "$run/out.tar" --no-same-owner -C "$out" || die 125 "the files of \$LAB_OUT did not unpack into '$out'"
	say "files of \$LAB_OUT are in $out"
}

# result_keep: keep the consoles of a run that failed
result_keep() {
	local dir
	dir=$top/build/lab/failed/$board-$boot-$(date +%Y%m%dT%H%M%S)-$$
	mkdir -p "$dir" && cp "$run/console.log" "$run/qemu.log" "$dir/" &&
		say "consoles of kernel and Xen kept in $dir/console.log"
}

# result_cleanup: on every way out; nothing stays behind
result_cleanup() {
	machine_stop
	[[ -z ${tail_pid-} ]] || kill "$tail_pid" 2>/dev/null || :
	((${#readers[@]} == 0)) || kill "${readers[@]}" 2>/dev/null || :
	rm -rf "$run"
}
