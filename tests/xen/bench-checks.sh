# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by tests of a whole bench: what holds of every report that passed, and of the whole run of
# guest/bench.sh on board wide, on whatever suite. Needs lab-test.sh.

# check_bench_report FILE: 48 legs of the quick profile, each proved on its planned path
check_bench_report() {
    check_json "the verdict is pass" "$1" '.verdict == "pass" and (.reasons | length) == 0'
    check_json "48 legs were run, 24 on each path" "$1" \
        '(.legs | length) == 48 and ([.legs[] | select(.path == "direct")] | length) == 24'
    check_json "every leg is proved on the path it was planned for" "$1" \
        'all(.legs[]; .proof.state == "proved" and .proof.proved == .path)'
    check_json "no byte of the arena bounced on a direct leg" "$1" \
        'all(.legs[] | select(.path == "direct"); .proof.arena_bytes == 0 and .proof.no_address_bytes == 0)'
    check_json "no event was lost" "$1" 'all(.legs[]; .proof.lost == 0)'
    check_json "every workload has its ratio with an interval around it" "$1" \
        '(.workloads | length) == 4 and all(.workloads[].ratio; .low <= .estimate and .estimate <= .high and .n == 6 and .confidence >= 0.95)'
    check_json "the report says that an emulator's speed is no hardware's" "$1" \
        '.emulated and (.note | test("no hardware"))'
    check_json "the kernel counted what the plan wrote, and little more" "$1" \
        '.bytes.kernel_written >= .bytes.planned_write and .bytes.kernel_written < 1.3 * .bytes.planned_write'
    check_json "the card is named" "$1" '.target.cid | test("^aa5859")'
}

# check_wide_bench: what bench.sh on board wide left in $out
check_wide_bench() {
    check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "inspect ends with 0" grep -qx 0 "$out/inspect.status"
    check "the doctor ends with 0" grep -qx 0 "$out/doctor.status"
    check_json "it finds the RAM out of reach, and nothing worse" "$out/doctor.json" \
        '(.findings | any(.id == "MEM-01" and .severity == "warn")) and all(.findings[]; .severity == "warn" or .severity == "info")'
    check_json "mode is xen-dom0" "$out/inspect.json" '.schema == 1 and .mode == "xen-dom0"'
    check_json "Xen tells its version, and that Dom0 is direct-mapped" "$out/inspect.json" \
        '.xen.present and (.xen.version | test("^4[.]")) and .xen.direct_mapped and (.xen.unknown | length) == 0'
    check_json "RAM lies on both sides of 4 GiB" "$out/inspect.json" \
        '.ram | any(.end == "0xffffffff" or .end < "0x100000000") and any(.start == "0x120000000")'
    check_json "the SD host is known with its 32-bit mask and no window" "$out/inspect.json" \
        '.devices | length == 1 and .[0].dma_mask == "0xffffffff" and .[0].window == [] and .[0].state == "ready"'
    check_json "a twelfth of RAM is out of its reach" "$out/inspect.json" \
        '.devices[0].share | .bounce > 0.08 and .bounce < 0.09 and .unknown == 0'
    check_json "the pool is seen, within reach" "$out/inspect.json" \
        '.pool.present and .pool.bytes == 67108864 and .devices[0].pool_in_window'
    check_json "each register that comes by data was read again and again, and was right" "$out/inspect.json" \
        '.devices[0].card.reread.registers | length == 3 and all(.[]; .reads == 32 and .errors == {}) and
         ([.[] | select(.transport == "data")] | length == 2 and all(.[]; .different == 0 and .changed == 0))'
    check_json "the doctor counts them" "$out/doctor.json" \
        '.findings | any(.id == "REG-01" and .severity == "info" and (.evidence | any(test("^scr, by data DMA: 32 reads, 0 different"))))'
    check "bench ends with 0" grep -qx 0 "$out/bench.status"
    check_bench_report "$out/report.json"
    check_json "the bounced bytes of the arena equal fio's bytes on every bounce leg" "$out/report.json" \
        'all(.legs[] | select(.path == "bounce"); .proof.arena_bytes == .issued_bytes and .issued_bytes > 0)'
    check_json "bounce is slower than direct where the copy weighs" "$out/report.json" \
        '.workloads[] | select(.name == "seq-read-64k-qd4") | .ratio.low > 1.1'
    check "the evidence carries its seal" grep -qx 0 "$out/seal.status"
    check "the evidence has request, plan, host and report" \
        sh -c "cd '$out' && grep -qx request.json evidence.list && grep -qx plan.json evidence.list && grep -qx host.json evidence.list && grep -qx report.json evidence.list"
    check "and job, output, error output and record of every leg" \
        sh -c "[ \$(grep -cE '^leg-[0-9]{3}[.](fio|stdout|stderr|json)\$' '$out/evidence.list') -eq 192 ]"
    check "the text shows the ratio and the verdict" sh -c "grep -q RATIO '$out/report.txt' && grep -q 'Verdict: pass' '$out/report.txt'"
    check "no trace instance is left behind" is_empty "$out/instances"
    check "the pool of huge pages is as it was" grep -qx 0 "$out/nr_hugepages"
}

# check_mapping_proof FILE bpf|tracefs: on a kernel with dma:* events each leg is proved by its
# mappings, to the byte, and they were heard so
check_mapping_proof() {
    check_json "every leg is proved by the kernel's mappings" "$1" \
        'all(.legs[]; .proof.source == "dma:dma_map_sg") and .environment.trace == "dma:dma_map_sg by '"$2"'"'
    check_json "the bytes of the arena that were mapped are those that were issued, on each leg" "$1" \
        'all(.legs[]; .proof.mapped_bytes == .issued_bytes and .issued_bytes > 0)'
    check_json "all of a direct leg's at their own bus address" "$1" \
        'all(.legs[] | select(.path == "direct"); .proof.direct_bytes == .issued_bytes and .proof.bounced_bytes == 0)'
    check_json "all of a bounce leg's in the pool" "$1" \
        'all(.legs[] | select(.path == "bounce"); .proof.bounced_bytes == .issued_bytes and .proof.direct_bytes == 0)'
    check_json "no translation was wrong or unknown, no mapping cut" "$1" \
        'all(.legs[]; .proof | .wrong_bytes == 0 and .unknown_bytes == 0 and .truncated == 0 and (has("first_wrong") | not))'
}
