#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Suite trixie: Debian 13's Xen, kernel, fio and systemd, and the project built for them from the
# same source. The main job, whole, and the service as that systemd and its Varlink client see it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"

in_dom0 bench.sh --suite trixie --board wide
check_wide_bench
check_mapping_proof "$out/report.json"
check_json "Xen is 4.20, Linux 6.12, fio 3.39" "$out/report.json" \
    '.environment | (.xen_version | test("^4[.]20")) and (.kernel_release | test("^6[.]12[.]")) and .fio == "fio-3.39"'

in_dom0 live.sh --suite trixie --board window
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "inspect --live ends with 0" grep -qx 0 "$out/live.status"
check_json "all that was read is seen mapped, bounced or direct, and nothing else" "$out/live.json" \
    '.live.devices[] | select(.name == "0000:00:01.0") | (.translations | .direct.bytes + .bounced.bytes >= 4194304 and .wrong.segments == 0 and .unknown.segments == 0 and .failed.segments == 0) and .truncated == 0'
check_json "each bounce has its reason, and as many bytes as mappings went into the pool" "$out/live.json" \
    '.live.devices[] | select(.name == "0000:00:01.0") | (.bounces | map(.bytes) | add // 0) == .translations.bounced.bytes and all(.bounces[]; .reason == "outside-window")'
check_json "the pool's use and high water are told" "$out/live.json" \
    '.live | .pool.slots == 32768 and .pool.high_water >= 0 and .pool.used_most >= .pool.used_first and .lost == 0 and (has("unseen") | not)'
check_json "no finding above warn follows" "$out/live.json" \
    'all(.findings[]; .severity == "warn" or .severity == "info")'
check "the text shows it" grep -q '^Live' "$out/live.txt"
check "no trace instance is left behind" [ ! -s "$out/instances" ]

in_dom0 bench.sh --suite trixie --board window
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "bench ends with 0" grep -qx 0 "$out/bench.status"
check_bench_report "$out/report.json"
check_mapping_proof "$out/report.json"

in_dom0 trixie.sh --suite trixie --board wide --boot systemd
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "systemd is 257" grep -q '^systemd 257' "$out/versions"
check "xenstored answers" grep -qx 'xenstored answers' "$out/versions"
check "systemctl start" grep -qx active "$out/start"
check_json "status tells mode and state directory" "$out/status.json" \
    '.mode == "xen-dom0" and .state_directory == "/var/lib/xdmad"'
for socket in io.xdmad io.xdmad.public; do
    check "varlinkctl info on $socket" grep -q 'io.xdmad$' "$out/$socket.info"
    check "varlinkctl introspect on $socket" grep -q '^method GetStatus' "$out/$socket.interface"
    check_json "varlinkctl call on $socket" "$out/$socket.status" '.mode == "xen-dom0"'
done
check "the journal has no warning of xdmad but of the RAM out of reach" \
    sh -c "! grep -v '^finding MEM-01, warn, ' '$out/journal'"
tap_end
