#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fault of the lab's module, each way, on a blank card, with nothing of the project: how many
# were made and how many blocks fio then finds bad. fio's own buffers come from the top of memory,
# which bounces on board wide. Lines of $LAB_OUT/faults: fault, way, faults made, blocks bad while it
# was on, blocks bad afterwards.
card=/dev/mmcblk0

run_fio() {
    fio --name=fault --filename=$card --size=1m --bs=64k --direct=1 --ioengine=libaio --iodepth=4 \
        --thread --verify=crc32c "$@" >/tmp/fio.out 2>&1
}

write_blocks() {
    run_fio --rw=write --do_verify=0 || echo "a write failed: $(cat /tmp/fio.out)" >>"$LAB_OUT/errors"
}

# prints how many of the 16 blocks are bad: fio says a line that begins so for each
count_bad() {
    run_fio --rw=read --verify_only --continue_on_error=verify
    grep -cE '^(crc32c: verify failed|verify: bad)' /tmp/fio.out
}

made() {
    lab-fault counts | cut -d' ' -f2
}

: >"$LAB_OUT/errors"
write_blocks
echo "none - 0 0 $(count_bad)" >"$LAB_OUT/faults"
while read -r kind setting; do
    # shellcheck disable=SC2086 # no setting, or one
    lab-fault arm "$kind" direction=to-device every=3 $setting
    write_blocks
    lab-fault off
    bad=$(count_bad)
    echo "$kind to-device $(made) $bad $(count_bad)" >>"$LAB_OUT/faults"
    write_blocks
    # shellcheck disable=SC2086
    lab-fault arm "$kind" direction=from-device every=3 $setting
    bad=$(count_bad)
    lab-fault off
    echo "$kind from-device $(made) $bad $(count_bad)" >>"$LAB_OUT/faults"
done <<END
flip offset=1000 bit=7
zeros
ones
garbage
skip
partial offset=2048
shift offset=64
misplace
END
lab-fault counts >"$LAB_OUT/counts"

# one that can hit nothing makes none
lab-fault arm flip min_bytes=999999
write_blocks
made >"$LAB_OUT/too-large"
# no more than was asked for
lab-fault arm delay delay_usec=10 limit=3
write_blocks
made >"$LAB_OUT/limited"
# what the kernel reads for itself, through its page cache, and what a program does
for memory in any mapped; do
    lab-fault arm flip direction=from-device memory=$memory
    blockdev --flushbufs $card
    dd if=$card of=/dev/null bs=64k count=16 status=none
    made >"$LAB_OUT/kernel-$memory"
    count_bad >/dev/null
    made >"$LAB_OUT/program-$memory"
done
lab-fault arm nonsense 2>"$LAB_OUT/nonsense.txt"
echo $? >"$LAB_OUT/nonsense.status"
lab-fault off
rmmod lab_fault
echo $? >"$LAB_OUT/rmmod.status"
true
