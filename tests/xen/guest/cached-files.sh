#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory out of the window while files that were read since boot lie in most of it, and the kernel has
# other memory to give; then where the kernel cannot be asked to free some of those.
free_pages() { awk '$3 == "zone" && $4 == "Normal" { here = 1 } here && /pages free/ { print $3; exit }' /proc/zoneinfo; }
find /usr -xdev -type f -size +32k | while read -r file && [ "$(free_pages)" -gt 4000 ]; do
    cat "$file" >/dev/null
done
free_pages >"$LAB_OUT/free_pages"
/lab/put/bounce-memory 48 >"$LAB_OUT/had.json"
find /usr -xdev -type f -size +32k | while read -r file && [ "$(free_pages)" -gt 4000 ]; do
    cat "$file" >/dev/null
done
umount /sys/fs/cgroup
/lab/put/bounce-memory 48 >"$LAB_OUT/not-asked.json"
