# tree.sh: unpack the suite's packages and put right what maintainer scripts would have.
# The tree boots with the lab's own init and with systemd, and serves as sysroot.
# shellcheck shell=bash

# tree_build DIR SUITE ARCH: makes DIR/root; SUITE_XEN and ARCH_USR are set
tree_build() {
	local root=$1/root suite=$2 arch=$3 packages log=$1/mmdebstrap.log
	need mmdebstrap mmdebstrap
	need systemd-sysusers systemd
	say "unpacking the packages of $suite for $arch (once; about 20 s and a 160 MB download)"
	packages=$(sed -e 's/#.*//' -e "s/@XEN@/$SUITE_XEN/g" -e "s/@ARCH@/$arch/g" "$LAB/packages.txt" | tr -s ' \t\n' ',,,')
	packages=${packages#,}
	# shellcheck disable=SC2016 # $1 and $d belong to the hook
	mmdebstrap --variant=extract --mode=root --arch="$arch" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Languages "none"' \
		--setup-hook="for d in $ARCH_USR"'; do mkdir -p "$1/usr/$d"; ln -s "usr/$d" "$1/$d"; done' \
		--include="${packages%,}" "$suite" "$root" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die 125 "mmdebstrap could not unpack $suite for $arch; its last words are above. Is the package mirror reachable, and 'apt-get update' working?"
	}
	tree_link "$root"
	tree_accounts "$root"
	tree_files "$root"
}

# links that the packages' scripts would have made
tree_link() {
	local root=$1 link
	ln -s gawk "$root/usr/bin/awk"
	# else xenstored's socket is misplaced and xen-init-dom0 waits for ever
	rmdir "$root/var/run" "$root/var/lock"
	ln -s ../run "$root/var/run"
	ln -s ../run/lock "$root/var/lock"
	ln -sf ../proc/self/mounts "$root/etc/mtab"
	# absolute links between libraries would lead the linker out of the sysroot
	find "$root"/usr/lib* -type l -name '*.so*' -lname '/*' -print0 |
		while IFS= read -r -d '' link; do
			ln -srfn "$root$(readlink "$link")" "$link"
		done
}

# users and groups: base-passwd's master files, then what the packages ask of sysusers
tree_accounts() {
	local root=$1
	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	# groups that udev's own script would make, and the project's, which boot "fast"
	# does not make by itself
	systemd-sysusers --root="$root" --inline 'g input - -' 'g kvm - -' 'g render - -' \
		'g sgx - -' 'g xdmad - -' 2>/dev/null
	systemd-sysusers --root="$root" 2>/dev/null
	rm -f "$root"/etc/*.lock "$root"/etc/{passwd,group,shadow,gshadow}-
}

# the few files of /etc a running system wants
tree_files() {
	local root=$1
	# any fixed value: an empty or missing one makes systemd treat it as a first boot
	echo 7864616d61646c616200000000000000 >"$root/etc/machine-id"
	echo lab >"$root/etc/hostname"
	printf '127.0.0.1 localhost lab\n' >"$root/etc/hosts"
	: >"$root/etc/fstab"
	# systemd would make a unit of each, Xen's waits for a tool stack
	rm -rf "$root/etc/init.d" "$root"/etc/rc?.d
}
