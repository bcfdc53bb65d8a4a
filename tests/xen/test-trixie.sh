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
# shellcheck source=live-checks.sh
. "$top/tests/xen/live-checks.sh"

in_dom0 bench.sh --suite trixie --board wide
check_wide_bench
check_mapping_proof "$out/report.json" bpf
check_json "Xen is 4.20, Linux 6.12, fio 3.39" "$out/report.json" \
    '.environment | (.xen_version | test("^4[.]20")) and (.kernel_release | test("^6[.]12[.]")) and .fio == "fio-3.39"'

in_dom0 live.sh --suite trixie --board window
check_live dma:dma_map_sg
check_json "the pool's high water is told" "$out/live.json" '.live.pool.high_water >= 0'

# the same proofs where the kernel takes no program of ours
in_dom0 bench-interpreted.sh --suite trixie --board window
check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
check "bench ends with 0" grep -qx 0 "$out/bench.status"
check_bench_report "$out/report.json"
check_mapping_proof "$out/report.json" tracefs

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
    lacks -v '^finding MEM-01, warn, ' "$out/journal"
tap_end
