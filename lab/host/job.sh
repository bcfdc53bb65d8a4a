# job.sh: build and install the project for the run's suite and architecture, and pack everything a run
# carries into Dom0 in one tar: project, guest scripts, command, put files.
# Needs say.sh; a sourced board and its file of arches/; LAB, top, suite, sysroot, run,
# fault (the module's file, or empty).
# shellcheck shell=bash disable=SC2154

# job_project: make and install into $run/stage; a tree without Makefile is no error
job_project() {
	local make o=build/lab-$suite-$BOARD_ARCH
	if [[ ! -e $top/Makefile ]]; then
		say "no Makefile in $top: running without the project installed"
		return 0
	fi
	need make make
	need "${ARCH_CROSS}gcc" "$ARCH_CC_PACKAGE"
	make=(make -C "$top" -s --no-print-directory "O=$o"
		"CROSS_COMPILE=$ARCH_CROSS" "SYSROOT=$sysroot")
	# runs side by side share the objects
	mkdir -p "$top/build"
	(
		flock 9
		unset MAKEFLAGS MAKELEVEL MFLAGS
		"${make[@]}" -j"$(nproc)" >&2 9>&- &&
			"${make[@]}" install "DESTDIR=$run/stage" PREFIX=/usr >&2 9>&-
	) 9>"$top/$o.lock" ||
		die 125 "the project did not build or install for $BOARD_ARCH; make's words are above (--no-project runs without it)"
}

# quote ARG: one word for any POSIX shell
quote() {
	local q="'\\''"
	printf "'%s'" "${1//\'/$q}"
}

# job_pack COMMAND...: write $run/job.tar
job_pack() {
	local stage=$run/stage path word
	mkdir -p "$stage/lab/put" "$stage/lab/guest"
	cp -r "$LAB/guest/." "$stage/lab/guest/"
	for path in ${puts[@]+"${puts[@]}"}; do
		cp -a --no-preserve=ownership "$path" "$stage/lab/put/$(basename "$path")" ||
			die 125 "cannot copy '$path' (--put)"
	done
	if [[ $fault ]]; then
		mkdir -p "$stage/lab/fault" "$stage/usr/sbin"
		cp "$fault" "$stage/lab/fault/"
		install -m 755 "$LAB"/fault/lab-{fault,medium} "$stage/usr/sbin/"
	fi
	{
		printf exec
		for word; do
			printf ' '
			quote "$word"
		done
		echo
	} >"$stage/lab/command"
	cat >"$stage/lab/settings" <<-END
		LAB_BOARD=$board
		LAB_BOOT=$boot
		LAB_XEN=$BOARD_XEN
		LAB_CARD=$card_kind
		LAB_CARD_EXPECT=$BOARD_CARD
	END
	tar -cf "$run/job.tar" -C "$stage" --owner=0 --group=0 --numeric-owner .
	rm -rf "$stage"
}

# job_card: make the run's card, a sparse raw file of a power of two; in memory where there
# is room, since the emulated card reads and writes 512 bytes at a time
job_card() {
	local own=
	[[ $card_kind != none ]] || return 0
	if [[ $card_file ]]; then
		[[ -e $card_file ]] && return 0
	else
		card_file=$run/card.img
		if [[ -w /dev/shm ]] && (($(df --output=avail -B1 /dev/shm | tail -n 1) > 2 * $(numfmt --from=iec "$card_size"))); then
			card_file=$(mktemp /dev/shm/xdmad-lab.XXXXXX)
			own=yes
		fi
	fi
	truncate -s "$card_size" "$card_file"
	if [[ $card_kind == ext4 ]]; then
		# all tables written now: no lazy work in the background of a measurement
		mkfs.ext4 -q -F -m 0 -L card -E lazy_itable_init=0,lazy_journal_init=0,nodiscard "$card_file" >&2
	fi
	if [[ $own ]]; then
		# without a name it cannot outlive the run, however that ends
		exec {card_fd}<>"$card_file"
		rm "$card_file"
		card_file=/proc/self/fd/$card_fd
	fi
}
