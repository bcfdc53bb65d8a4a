#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What Xen tells, and what is said where xenstored or privcmd do not answer.
look() {
    timeout 60 xdmactl --exec --json inspect >"$LAB_OUT/$1.json"
    echo $? >"$LAB_OUT/$1.status"
}
cut -d. -f1 /proc/uptime >"$LAB_OUT/begin"
xl_dmesg=$(ls /usr/lib/xen-*/bin/xl)
"$xl_dmesg" dmesg >"$LAB_OUT/xl-dmesg" 2>&1
"$xl_dmesg" info >"$LAB_OUT/xl-info" 2>&1
look whole
store=$(cat /run/xen/xenstored.pid)
kill -STOP "$store"
cut -d. -f1 /proc/uptime >"$LAB_OUT/stopped-begin"
look stopped
cut -d. -f1 /proc/uptime >"$LAB_OUT/stopped-end"
kill -CONT "$store"
look continued
kill -9 "$store"
while [ -e "/proc/$store" ]; do sleep 0.1; done
look killed
rm -f /run/xenstored/* /var/lib/xenstored/tdb* /run/xen/xenstored.pid
/lab/guest/xenstored >"$LAB_OUT/restart" 2>&1
echo $? >>"$LAB_OUT/restart"
look restarted
umount -l /proc/xen # a xenstored holds it
mv /dev/xen/privcmd /dev/xen/privcmd-gone
look no-privcmd
true
