#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory out of the window while files that were read since boot lie in most of it, and the kernel has
# other memory to give; then where the kernel cannot be asked to free some of those.
free_pages() { awk '$3 == "zone" && $4 == "Normal" { here = 1 } here && /pages free/ { print $3; exit }' /proc/zoneinfo; }
fill() {
    find /usr -xdev -type f -size +32k | while read -r file && [ "$(free_pages)" -gt 4000 ]; do
        cat "$file" >/dev/null
    done
    free_pages >>"$LAB_OUT/free_pages"
}
fill
/lab/put/bounce-memory 48 base >"$LAB_OUT/base.json"
fill
/lab/put/bounce-memory 24 huge >"$LAB_OUT/huge.json"
cat /proc/sys/vm/nr_hugepages /sys/kernel/mm/hugepages/*/{nr,surplus}_hugepages >"$LAB_OUT/pool"
fill
umount /sys/fs/cgroup
/lab/put/bounce-memory 48 base >"$LAB_OUT/not-asked.json"
