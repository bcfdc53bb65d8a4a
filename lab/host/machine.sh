# machine.sh: the emulated machine: command line, start, stop.
# Needs say.sh; a sourced board, its file of arches/ and its machine-ARCH.sh; image, run
# (the run's folder), boot, card_kind.
# shellcheck shell=bash disable=SC2154

# One CPU; nothing that the board did not ask for.
machine_common() {
	printf '%s\n' -smp 1 -m "$BOARD_RAM" -nodefaults -nic none -display none
}

# machine_arguments: the kernel's command line, but for its console
machine_arguments() {
	# nokaslr, norandmaps: nothing random, and the emulator finds its translated code of a
	# program again by virtual address (fio starts in half the time).
	# nohz=off: while the guest waits for a disk it is idle, and idle time is skipped; the
	# tick bounds the leap, else guest time runs off by tens of seconds on a busy host.
	# audit=0: it only costs time.
	# panic=-1: a dead kernel resets at once, and -no-reboot ends the machine.
	printf '%s' "quiet loglevel=4 nokaslr norandmaps nohz=off audit=0 random.trust_cpu=on panic=-1 rdinit=/init"
	if [[ $boot == systemd ]]; then
		printf ' %s' systemd.unit=lab.target systemd.show_status=0 systemd.getty_auto=0
	fi
}

# machine_command: set the array qemu to the whole command line
machine_command() {
	mapfile -t qemu < <(machine_base; machine_common)
	# Counted instructions: equal runs take equal guest time, and the guest's idle time is
	# skipped. With two CPUs it does not boot.
	qemu=("$ARCH_QEMU" "${qemu[@]}" -no-reboot -monitor none
		-accel "tcg,thread=single" -icount "shift=1,sleep=off"
		-chardev "file,id=console,path=$run/console.log" -serial chardev:console)
	machine_boot "$(machine_arguments)"
	# root.ext4 is shared by all runs: writes go to an overlay that ends with the run
	qemu+=(-drive "if=none,id=root,format=raw,snapshot=on,file=$image/root.ext4"
		-device "virtio-blk-$ARCH_VIRTIO,drive=root,serial=root"
		-drive "if=none,id=job,format=raw,readonly=on,file=$run/job.tar"
		-device "virtio-blk-$ARCH_VIRTIO,drive=job,serial=job")
	# the job channel: guest/job says what each port carries
	qemu+=(-device "virtio-serial-$ARCH_VIRTIO,id=channel")
	local nr=1 port
	for port in stdout stderr status out.tar; do
		qemu+=(-chardev "file,id=port$nr,path=$run/$port"
			-device "virtserialport,bus=channel.0,nr=$nr,chardev=port$nr,name=lab.$port")
		nr=$((nr + 1))
	done
	# random numbers from the first moment on
	qemu+=(-object "rng-builtin,id=rng" -device "virtio-rng-$ARCH_VIRTIO,rng=rng")
	qemu+=(-device sdhci-pci)
	if [[ $card_kind != none ]]; then
		qemu+=(-drive "if=none,id=card,format=raw,cache=unsafe,file=$card_file" -device "sd-card,drive=card")
	fi
}

# machine_start: run it in the background, so that it dies with this shell however that
# ends; "gone" on the status port tells that it ended by itself. Sets machine_pid.
machine_start() {
	# shellcheck disable=SC2016 # $1 and "$@" belong to the inner shell
	TMPDIR=$run setpriv --pdeathsig KILL bash -c '
		run=$1; shift
		setpriv --pdeathsig KILL "$@" </dev/null >"$run/qemu.log" 2>&1 &
		trap "kill $! 2>/dev/null; wait $!; exit" TERM INT HUP
		wait $!
		echo "gone $?" >>"$run/status"' machine "$run" "${qemu[@]}" &
	machine_pid=$!
}

# machine_stop: end it and wait until it is gone
machine_stop() {
	[[ ${machine_pid-} ]] || return 0
	kill "$machine_pid" 2>/dev/null || :
	wait "$machine_pid" 2>/dev/null || :
	machine_pid=
}
