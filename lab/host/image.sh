# image.sh: the bootable image of a tree: root.ext4, vmlinuz, initrd, xen.
# shellcheck shell=bash

# image_build DIR ROOT ARCH: ROOT is an unpacked tree (tree.sh)
image_build() {
	local dir=$1 root=$2 xen=$2/boot/xen-$SUITE_XEN-$3 kver
	need mkfs.ext4 e2fsprogs
	need depmod kmod
	need cpio cpio
	say "making the root image and the initrd"
	kver=$(cd "$root/usr/lib/modules" && echo *)
	cp "$root/boot/vmlinuz-$kver" "$dir/vmlinuz"
	# no loader unpacks it for us
	if [[ -e $xen.gz ]]; then
		gzip -dc "$xen.gz" >"$dir/xen"
	else
		cp "$xen" "$dir/xen"
	fi
	echo "$kver" >"$dir/kernel-version"
	mkdir "$dir/root"
	image_prune "$root" "$dir/root" "$kver"
	image_initrd "$dir" "$kver"
	# no journal: writes are thrown away after the run. 400 MiB: twice the tree.
	mkfs.ext4 -q -F -O '^has_journal' -E lazy_itable_init=0,root_owner=0:0 \
		-L labroot -d "$dir/root" "$dir/root.ext4" 400M >/dev/null
	rm -rf "$dir/root"
}

# copy what a running Dom0 needs (hard links: nothing below is edited in place)
image_prune() {
	local root=$1 to=$2 kver=$3 kind pattern mods=usr/lib/modules/$3
	(cd "$root" && find . \( \
		-path ./usr/include -o -path ./boot -o -path ./usr/share/doc -o \
		-path ./usr/share/man -o -path ./usr/share/locale -o -path ./usr/share/info -o \
		-path ./usr/share/perl -o -path ./usr/share/perl5 -o -path ./usr/share/python3 -o \
		-path ./usr/share/i18n -o -path ./usr/share/zoneinfo -o -path './usr/lib/python3*' -o \
		-path './usr/lib/linux-image-*' -o -path './usr/share/bash-completion' -o \
		-path "./$mods/kernel" -o -path ./usr/lib/udev/hwdb.d -o \
		-path './usr/lib/*/gconv' -o -path './usr/lib/*/perl*' -o -path './usr/lib/*/pkgconfig' -o \
		-path './var/cache/*' -o -path './var/lib/dpkg' -o -path './var/lib/apt' -o \
		-path './dev/*' -o -name '*.a' -o -name '*.o' \
		\) -prune -o -print0 |
		cpio -0 -p -d -l --quiet "$to")
	while read -r kind pattern; do
		[[ $kind == keep ]] || continue
		(cd "$root/$mods" && find kernel -type f -path "kernel/$pattern" -print0 |
			cpio -0 -p -d -l --quiet "$to/$mods")
	done <"$LAB/modules.txt"
	# depmod writes new files beside the linked ones and renames them
	depmod -b "$to" "$kver"
}

# the initrd: busybox, the modules in their order of loading, guest/initramfs as /init
image_initrd() {
	local dir=$1 kver=$2 kind name line file tmp=$1/initrd.d
	mkdir -p "$tmp"/{bin,dev,proc,sys,root,modules}
	cp "$dir/root/usr/bin/busybox" "$tmp/bin/busybox"
	install -m 755 "$LAB/guest/initramfs" "$tmp/init"
	while read -r kind name; do
		[[ $kind == initrd ]] || continue
		modprobe -d "$dir/root" -S "$kver" --show-depends "$name" ||
			die 125 "kernel $kver has no module '$name' in the image; see lab/modules.txt"
	done <"$LAB/modules.txt" | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
		while read -r line; do
			file=$(basename "$line")
			case $file in
			*.xz) file=${file%.xz}; xz -dc "$line" >"$tmp/modules/$file" ;;
			*.zst) file=${file%.zst}; zstd -qdc "$line" >"$tmp/modules/$file" ;;
			*) cp "$line" "$tmp/modules/$file" ;;
			esac
			echo "$file"
		done >"$tmp/modules/order"
	grep -q '^ext4.ko$' "$tmp/modules/order" ||
		die 125 "the initrd of $kver has no ext4 module; see lab/modules.txt"
	(cd "$tmp" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc --quiet) >"$dir/initrd"
	rm -rf "$tmp"
}
