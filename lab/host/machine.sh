# machine.sh: the emulated machine: device tree, command line, start.
# Needs say.sh; a sourced board; image, run (the run's folder), boot, card_kind.
# shellcheck shell=bash disable=SC2154

# where Xen finds Dom0's kernel and initrd; Xen itself sits at 0x40000000 and the
# firmware tables right behind, so these leave 144 MiB for them and 64 MiB for a kernel
readonly KERNEL_ADDR=49000000 INITRD_ADDR=4d000000

# One CPU and counted instructions: equal runs take equal guest time, and the guest's
# idle time is skipped. With two CPUs it does not boot.
machine_base() {
	printf '%s\n' -machine "virt,virtualization=on,gic-version=3,dtb-randomness=off$1" \
		-cpu cortex-a57 -smp 1 -m "$BOARD_RAM" -nodefaults -nic none -display none
}

# machine_module NODE TYPE FILE: the node by which Xen finds a loaded file
machine_module() {
	local dtb=$run/machine.dtb node=/chosen/module@$1
	fdtput -p -t s "$dtb" "$node" compatible "multiboot,$2" multiboot,module
	fdtput -t x "$dtb" "$node" reg 0 "$1" 0 "$(printf '%x' "$(stat -c %s "$3")")"
}

# machine_tree BOOTARGS: write $run/machine.dtb, QEMU's own tree with the board's edits.
# guest-loader would register the modules by itself, but not in an edited tree.
machine_tree() {
	local dtb=$run/machine.dtb base words
	mapfile -t base < <(machine_base ",dumpdtb=$dtb")
	qemu-system-aarch64 "${base[@]}" >"$run/dumpdtb.log" 2>&1 || :
	[[ -s $dtb ]] ||
		die 125 "QEMU did not write its device tree: $(tail -n 1 "$run/dumpdtb.log")"
	if [[ $BOARD_DMA_RANGES ]]; then
		read -ra words <<<"$BOARD_DMA_RANGES"
		fdtput -t x "$dtb" /pcie@10000000 dma-ranges "${words[@]#0x}"
	fi
	if [[ $BOARD_XEN == yes ]]; then
		fdtput -t x "$dtb" /chosen '#address-cells' 2
		fdtput -t x "$dtb" /chosen '#size-cells' 2
		machine_module $KERNEL_ADDR kernel "$image/vmlinuz"
		fdtput -t s "$dtb" /chosen/module@$KERNEL_ADDR bootargs "$1"
		machine_module $INITRD_ADDR ramdisk "$image/initrd"
	fi
}

# machine_command: set the array qemu to the whole command line
machine_command() {
	# nokaslr, norandmaps: nothing random, and the emulator finds its translated code of a
	# program again by virtual address (fio starts in half the time).
	# nohz=off: while the guest waits for a disk it is idle, and idle time is skipped; the
	# tick bounds the leap, else guest time runs off by tens of seconds on a busy host.
	# audit=0: it only costs time.
	# panic=-1: a dead kernel resets at once, and -no-reboot ends the machine.
	local args="quiet loglevel=4 nokaslr norandmaps nohz=off audit=0 random.trust_cpu=on panic=-1 rdinit=/init"
	if [[ $boot == systemd ]]; then
		args+=" systemd.unit=lab.target systemd.show_status=0 systemd.getty_auto=0"
	fi
	mapfile -t qemu < <(machine_base "")
	qemu=(qemu-system-aarch64 "${qemu[@]}" -no-reboot -monitor none
		-accel "tcg,thread=single" -icount "shift=1,sleep=off"
		-chardev "file,id=console,path=$run/console.log" -serial chardev:console)
	if [[ $BOARD_XEN == yes ]]; then
		machine_tree "console=hvc0 $args"
		qemu+=(-kernel "$image/xen"
			-append "console=dtuart dtuart=/pl011@9000000 dom0_mem=$BOARD_DOM0_MEM dom0_max_vcpus=1 bootscrub=0"
			-dtb "$run/machine.dtb"
			-device "loader,file=$image/vmlinuz,addr=0x$KERNEL_ADDR,force-raw=on"
			-device "loader,file=$image/initrd,addr=0x$INITRD_ADDR,force-raw=on")
	else
		qemu+=(-kernel "$image/vmlinuz" -initrd "$image/initrd" -append "console=ttyAMA0 $args")
		if [[ $BOARD_DMA_RANGES ]]; then
			machine_tree ""
			qemu+=(-dtb "$run/machine.dtb")
		fi
	fi
	# root.ext4 is shared by all runs: writes go to an overlay that ends with the run
	qemu+=(-drive "if=none,id=root,format=raw,snapshot=on,file=$image/root.ext4"
		-device "virtio-blk-device,drive=root,serial=root"
		-drive "if=none,id=job,format=raw,readonly=on,file=$run/job.tar"
		-device "virtio-blk-device,drive=job,serial=job")
	# the job channel: guest/job says what each port carries
	qemu+=(-device "virtio-serial-device,id=channel")
	local nr=1 port
	for port in stdout stderr status out.tar; do
		qemu+=(-chardev "file,id=port$nr,path=$run/$port"
			-device "virtserialport,bus=channel.0,nr=$nr,chardev=port$nr,name=lab.$port")
		nr=$((nr + 1))
	done
	# random numbers from the first moment on
	qemu+=(-object "rng-builtin,id=rng" -device "virtio-rng-device,rng=rng")
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
