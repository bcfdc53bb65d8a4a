# machine-amd64.sh: what only amd64 has: a PC that starts Xen and Dom0 by multiboot.
# Needs a sourced board; image.
# shellcheck shell=bash disable=SC2154

# A processor without what Dom0 cannot take under this emulator: with "max" it crashes.
machine_base() {
	printf '%s\n' -machine pc -cpu Nehalem
}

# machine_boot BOOTARGS: add to the array qemu what starts Xen and Dom0
machine_boot() {
	# without the guards of a processor that does not exist it boots in five sixths of the time
	local kernel="$image/vmlinuz console=hvc0 mitigations=off $1"
	local xen="console=com1 com1=115200 spec-ctrl=no xpti=off"
	xen+=" dom0_mem=$BOARD_DOM0_MEM,max:$BOARD_DOM0_MEM dom0_max_vcpus=1 bootscrub=0"
	# a comma ends a module: one that is meant is doubled
	qemu+=(-kernel "$image/xen" -append "$xen"
		-initrd "${kernel//,/,,},${image//,/,,}/initrd")
}
