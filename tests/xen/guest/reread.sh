#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A running card's registers read again while the bounce path is broken; lines of $LAB_OUT/counts:
# fault, faults made.
look() {
    xdmactl --exec --json doctor >"$LAB_OUT/$1.json"
    echo $? >"$LAB_OUT/$1.status"
}

look before
while read -r name kind setting; do
    # shellcheck disable=SC2086 # no setting, or some
    lab-fault arm "$kind" direction=from-device min_bytes=0 every=3 $setting
    look "$name"
    echo "$name $(lab-fault counts | cut -d' ' -f2)" >>"$LAB_OUT/counts"
    lab-fault off
done <<END
stale skip
zeros zeros
ones ones
flips flip offset=1 bit=3
garbage garbage
END
look after
true
