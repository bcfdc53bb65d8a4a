#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What goes wrong around a bench, one after the other. Each leaves NAME.txt and NAME.status.
card=/media/card

# try NAME COMMAND [ARG]...
try() {
    local name=$1
    shift
    timeout 300 "$@" >"$LAB_OUT/$name.txt" 2>&1
    echo $? >"$LAB_OUT/$name.status"
}

# no fio
mkdir /tmp/empty
try no-fio env PATH=/tmp/empty /usr/bin/xdmactl --exec bench

# no root
mkdir /tmp/nobody && chown 65534 /tmp/nobody
try no-root setpriv --reuid=65534 --regid=65534 --clear-groups \
    env HOME=/tmp/nobody xdmactl --exec bench
try no-root-status setpriv --reuid=65534 --regid=65534 --clear-groups \
    env HOME=/tmp/nobody xdmactl --exec status

# a target that is not ours
echo precious >$card/precious
ln -s precious $card/.xdmad-target
try symlink xdmactl --exec bench
rm $card/.xdmad-target
ln $card/precious $card/.xdmad-target
try hardlink xdmactl --exec bench
rm $card/.xdmad-target
try regular-file xdmactl --exec bench $card/precious
try elsewhere xdmactl --exec bench /root
try missing xdmactl --exec bench $card/none

# a raw device that is in use
try raw-mounted xdmactl --exec bench /dev/mmcblk0 --confirm-cid "$(cat /sys/block/mmcblk0/device/cid)"

# a full disk: nothing is written
fallocate -l $(($(df --output=avail -B1 $card | tail -1) - (30 << 20))) $card/ballast
before=$(cat /sys/block/mmcblk0/stat)
try full-disk xdmactl --exec bench
echo "$before" >"$LAB_OUT/full-disk.before"
rm $card/ballast

# a budget that is spent
mkdir -p /etc/xdmad
printf '[bench]\nwrite_budget_per_day = 1M\n' >/etc/xdmad/xdmad.conf
try budget xdmactl --exec bench
# a configuration with a fault in it
printf '[bench]\nwrite_budget_per_day = much\n' >/etc/xdmad/xdmad.conf
try bad-config xdmactl --exec status
rm /etc/xdmad/xdmad.conf

# memory that is not to be had
printf '[arena]\nmemory_limit = 2M\npages = base\n' >/etc/xdmad/xdmad.conf
try no-memory xdmactl --exec bench
rm /etc/xdmad/xdmad.conf

cat $card/precious >"$LAB_OUT/precious"

# the card is pulled in a leg: its driver is unbound
xdmactl --exec bench >"$LAB_OUT/pulled.txt" 2>"$LAB_OUT/pulled.err" &
bench=$!
for _ in $(seq 600); do
    grep -q 'leg 3 of' "$LAB_OUT/pulled.err" && break
    sleep 0.05
done
echo 0000:00:01.0 >/sys/bus/pci/drivers/sdhci-pci/unbind
wait $bench
echo $? >"$LAB_OUT/pulled.status"
pgrep -x fio >"$LAB_OUT/pulled.fio"
true
