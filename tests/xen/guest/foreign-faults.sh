#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An I/O that fails, and an fsync that fails once and each time.
# shellcheck source=foreign-fault-run.sh
. /lab/put/guest/foreign-fault-run.sh
run data error data bench --paths foreign --profile smoke
run journal error-writes journal verify
# a file system without a journal: each fsync fails, and it goes on
e2fsck -fy /dev/mmcblk0 >"$LAB_OUT/e2fsck" 2>&1
tune2fs -O ^has_journal /dev/mmcblk0 >>"$LAB_OUT/e2fsck" 2>&1 || exit 1
run inode error-writes inode verify
look
true
