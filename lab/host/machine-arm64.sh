# machine-arm64.sh: what only arm64 has: the board itself, its device tree, how Xen finds
# Dom0. Needs say.sh; a sourced board; image, run (the run's folder).
# shellcheck shell=bash disable=SC2154

# where Xen finds Dom0's kernel and initrd; Xen itself sits at 0x40000000 and the
# firmware tables right behind, so these leave 144 MiB for them and 64 MiB for a kernel
readonly KERNEL_ADDR=49000000 INITRD_ADDR=4d000000

# machine_base [SUFFIX]: SUFFIX goes to the -machine option
machine_base() {
	printf '%s\n' -machine "virt,virtualization=on,gic-version=3,dtb-randomness=off${1-}" \
		-cpu cortex-a57
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
	need fdtput device-tree-compiler
	mapfile -t base < <(machine_base ",dumpdtb=$dtb"; machine_common)
	"$ARCH_QEMU" "${base[@]}" >"$run/dumpdtb.log" 2>&1 || :
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

# machine_boot BOOTARGS: add to the array qemu what starts Xen and Dom0, or the kernel alone
machine_boot() {
	if [[ $BOARD_XEN == yes ]]; then
		machine_tree "console=hvc0 $1"
		qemu+=(-kernel "$image/xen"
			-append "console=dtuart dtuart=/pl011@9000000 dom0_mem=$BOARD_DOM0_MEM dom0_max_vcpus=1 bootscrub=0"
			-dtb "$run/machine.dtb"
			-device "loader,file=$image/vmlinuz,addr=0x$KERNEL_ADDR,force-raw=on"
			-device "loader,file=$image/initrd,addr=0x$INITRD_ADDR,force-raw=on")
		return
	fi
	qemu+=(-kernel "$image/vmlinuz" -initrd "$image/initrd" -append "console=ttyAMA0 $1")
	if [[ $BOARD_DMA_RANGES ]]; then
		machine_tree ""
		qemu+=(-dtb "$run/machine.dtb")
	fi
}
