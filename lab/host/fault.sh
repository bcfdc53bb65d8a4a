# fault.sh: the test-only kernel module of lab/fault, built for a suite's kernel. The headers are
# Debian's own; the programs they build with are the suite's for this machine, run with the
# suite's own C library, which may be newer than ours.
# Needs say.sh, and cache.sh by its caller. An argument TREE is an unpacked tree (tree.sh).
# shellcheck shell=bash

# fault_kernel TREE: the tree's one kernel, as its packages spell it
fault_kernel() {
	(cd "$1/usr/lib/modules" && echo *)
}

# headers_build DIR TREE SUITE ARCH: makes DIR/usr
headers_build() {
	local dir=$1 kver log=$1/mmdebstrap.log here common
	kver=$(fault_kernel "$2")
	here=$(dpkg --print-architecture)
	common=linux-headers-${kver%-"$4"}-common
	need mmdebstrap mmdebstrap
	say "unpacking the kernel headers of $3 for $4 (once; about 6 s and a 25 MB download)"
	mkdir "$dir/root"
	# shellcheck disable=SC2016 # $1 and $d belong to the hooks
	mmdebstrap --variant=extract --mode=root --arch="$here,$4" \
		--aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
		--setup-hook='for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d"; ln -s "usr/$d" "$1/$d"; done' \
		--extract-hook='cd "$1" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download '"linux-headers-$kver:$4 $common"' &&
			for d in *.deb; do dpkg-deb -x "$d" . && rm "$d" || exit; done' \
		--include="$(headers_kbuild "$kver" "$4")" "$3" "$dir/root" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die 125 "the headers of kernel $kver could not be unpacked; mmdebstrap's last words are above. When $3 has a newer kernel by now, delete $LAB_CACHE/tree-$3-$4-* and try again"
	}
	mv "$dir/root/usr" "$dir/usr"
	mv "$dir/root/lib64" "$dir/lib64"
	rm -rf "$dir/root"
	# Debian's file names /usr/src, but these lie elsewhere
	sed -i "s,/usr/src/,../," "$dir/usr/src/linux-headers-$kver/Makefile"
	headers_wrap "$dir"
}

# headers_kbuild KVER ARCH: the package of the programs; Debian 12 names it by the series alone
headers_kbuild() {
	if [[ $1 == *+deb* ]]; then
		echo "linux-kbuild-${1%-"$2"}"
	else
		echo "linux-kbuild-$(cut -d. -f1,2 <<<"$1")"
	fi
}

# headers_wrap DIR: have every program among the scripts run with the C library that lies beside it
headers_wrap() {
	local file loader up
	loader=$(cd "$1" && echo usr/lib/*-linux-gnu/ld-linux-*.so.*)
	find "$1"/usr/lib/linux-kbuild-* -type f -perm -u+x -print0 | while IFS= read -r -d '' file; do
		[[ $(head -c 4 "$file") == $'\x7fELF' ]] || continue
		up=$(realpath --relative-to="$(dirname "$file")" "$1")
		mv "$file" "$file.elf"
		cat >"$file" <<-END
			#!/bin/sh
			self=\$(readlink -f "\$0")
			top=\${self%/*}/$up
			exec "\$top/$loader" --library-path "\$top/${loader%/*}" "\$self.elf" "\$@"
		END
		chmod +x "$file"
	done
	# Debian's modpost only finds out whether it is this one that is wanted.
	ln -sf modpost.real-lsb-64 "$(echo "$1"/usr/lib/linux-kbuild-*/scripts/mod)/modpost"
}

# fault_build DIR HEADERS TREE ARCH: makes DIR/lab_fault.ko; ARCH_CROSS is set. The kernel names arm64 as
# Debian does.
fault_build() {
	local kver log=$1/make.log
	kver=$(fault_kernel "$3")
	need make make
	need "${ARCH_CROSS}gcc" "$ARCH_CC_PACKAGE"
	say "building the fault module for $kver"
	mkdir "$1/build"
	cp "$LAB"/fault/{Kbuild,lab_fault.c} "$1/build/"
	# Without what the kernel's own, newer compiler can do and ours cannot, and without type data,
	# for which a program (pahole) would be missing.
	(unset MAKEFLAGS MAKELEVEL MFLAGS
		make -C "$2/usr/src/linux-headers-$kver" "M=$1/build" "ARCH=$4" \
			"CROSS_COMPILE=$ARCH_CROSS" "CC=${ARCH_CROSS}gcc" CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= \
			CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-Werror modules) >"$log" 2>&1 || {
		cat "$log" >&2
		die 125 "the fault module did not build for $kver; make's words are above"
	}
	mv "$1/build/lab_fault.ko" "$1/"
	rm -rf "$1/build"
}
