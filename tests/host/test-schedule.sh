#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs by schedule on a host that has no card: the units as systemd reads them, each try answered with
# its reason, and the latch of boots that ended under runs, which are put into the store.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

# --- units ---
mkdir "$scratch/units"
for unit in xdmad.service conf/xdmad.socket conf/xdmad-public.socket conf/xdmad-bench.service conf/xdmad-bench.timer; do
    sed -e "s|@PREFIX@/sbin/xdmad|$build/xdmad|" -e "s|@PREFIX@/bin/xdmactl|$build/xdmactl|" "$top/$unit" >"$scratch/units/${unit##*/}"
done
check "systemd takes the units as they are" sh -c \
    "out=\$(systemd-analyze verify --man=no '$scratch/units'/xdmad-bench.* 2>&1) && [ -z \"\$out\" ] || { echo \"\$out\"; false; }"
calendar=$(sed -n 's/^OnCalendar=//p' "$top/conf/xdmad-bench.timer")
systemd-analyze calendar --iterations=13 "$calendar" >"$scratch/calendar" 2>&1
check "twelve tries a night, from two to six" sh -c \
    "[ \$(grep -oE '[0-9]{2}:[0-9]{2}:00 ' '$scratch/calendar' | sort -u | grep -cE '^0[2-5]:[024]0:00') -eq 12 ]"
check "none of them within ten minutes of boot" grep -qx 'OnBootSec=15min' "$top/conf/xdmad-bench.timer"
check "that there was none is no failure of the unit" grep -qx 'SuccessExitStatus=5' "$top/conf/xdmad-bench.service"

# --- tries ---
# configure LINE...: the [schedule] of the next daemon
configure() {
    printf '%s\n' '[schedule]' "$@" >"$scratch/xdmad.conf"
}
# stop: so that the next start waits for sockets of its own
stop() {
    end_daemon
    rm -f "$scratch"/run/io.xdmad*
}
daemon_options=(--config "$scratch/xdmad.conf")
configure 'boot_wait_sec = 0' 'quiet_window_sec = 1'
start_daemon
ctl fresh --json status
check_json "a new host has no run by schedule, and none was refused" "$scratch/fresh.out" \
    '.schedule == {unclean_boots: 0} and .written_bytes_week == 0'
ctl card bench --scheduled
ends card 5
check "without a card there is none, and it says so" grep -q 'refused: no MMC or SD card is ready' "$scratch/card.err"
ctl verify verify --scheduled
ends verify 5
ctl twice --json status
check_json "the status tells how often there was none, and why the last time" "$scratch/twice.out" \
    '.schedule.refused | .n == 2 and .cause == "target" and (.reason | test("no MMC or SD card")) and .realtime_usec > 0'
check "and so does the journal" grep -q 'no verify by schedule now (target)' "$scratch/daemon.err"
ctl metrics metrics
check "promtool takes the metrics" sh -c "promtool check metrics <'$scratch/metrics.out'"
check "which tell the cause" sh -c \
    "grep -qx 'xdmad_schedule_refused{cause=\"target\"} 1' '$scratch/metrics.out' && grep -qx 'xdmad_schedule_refusals 2' '$scratch/metrics.out'"
ctl plan bench --dry-run --scheduled
ends plan 2
printf '{"method":"io.xdmad.ClearSchedule"}\0' | timeout 20 socat -t 2 - "UNIX-CONNECT:$scratch/run/io.xdmad.public" >"$scratch/public"
check "who may only read releases nothing" grep -q 'io.xdmad.ReadOnly' "$scratch/public"
stop

# --- spacing: a run has just ended, by the wall clock ---
"$build/tests/bench/store-append" "$scratch/state" "$top/tests/golden/bench/report-pass.json" 1 >/dev/null
configure 'boot_wait_sec = 0' 'interval_hours = 8760'
start_daemon
ctl soon bench --scheduled
ends soon 5
check "a run that was not long ago keeps the next one off" grep -q 'the last run ended .* ago, and runs by schedule are spaced 8760 h apart' "$scratch/soon.err"
ctl spaced --json status
check_json "which is the ordinary answer, and not noted" "$scratch/spaced.out" '.schedule.refused.n == 2'
stop

# --- boot ---
configure 'boot_wait_sec = 86400'
start_daemon
ctl boot bench --scheduled
ends boot 5
read -r uptime _ </proc/uptime
if [ "${uptime%.*}" -lt 86000 ]; then
    check "a host that has just come up is left alone" grep -q 'the host has been up for .* and for the first 24 h' "$scratch/boot.err"
fi
stop

# --- boots that ended under runs ---
# dies_under RUN BOOT: a run that was under way when that boot ended
dies_under() {
    python3 - "$scratch/state/xdmad.db" "$1" "$2" <<'END'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("INSERT INTO run (id, kind, state, legs_done, legs_total, started_realtime_usec,"
               " started_boottime_usec, boot_id) VALUES (?, 'bench', 'queued', 0, 48, 5, 5, ?)", sys.argv[2:])
END
}
configure 'boot_wait_sec = 0' 'interval_hours = 0'
dies_under aaaaaaaa11 boot-1
start_daemon
ctl once --json status
check_json "one boot that ended under a run is counted" "$scratch/once.out" \
    '.schedule.unclean_boots == 1 and (.schedule | has("latched") | not)'
ctl still bench --scheduled
check "and keeps none off" grep -q 'no MMC or SD card' "$scratch/still.err"
stop
dies_under bbbbbbbb22 boot-2
start_daemon
ctl off bench --scheduled
ends off 5
check "two in a row take the schedule off" grep -q 'off, since the host went down 2 times in a row .* under run bbbbbbbb22' "$scratch/off.err"
ctl latched --json status
check_json "the status has it" "$scratch/latched.out" \
    '.schedule.latched.run == "bbbbbbbb22" and .schedule.unclean_boots == 2 and .schedule.refused.cause == "latched"'
ctl text status
check "in words" grep -q 'OFF since' "$scratch/text.out"
ctl doctor --json doctor
check_json "the doctor finds it" "$scratch/doctor.out" \
    '.findings[] | select(.id == "SCHED-01") | .severity == "warn" and (.evidence[0] | test("bbbbbbbb22"))'
ctl by-hand bench
ends by-hand 4
ctl made --json history
check_json "a run by hand is not kept off: it is made, and ends for want of a card" "$scratch/made.out" \
    '.runs[0] | .state == "done" and .verdict == "inconclusive" and (.scheduled | not) and (.reason | test("no MMC or SD"))'
stop
start_daemon
for _ in $(seq 100); do
    grep -q 'finding SCHED-01' "$scratch/daemon.err" && break
    sleep 0.1
done
check "after a restart it is off all the same, and the journal says so" grep -q 'finding SCHED-01, warn, on host' "$scratch/daemon.err"
ctl again bench --scheduled
ends again 5
ctl metrics2 metrics
check "the metrics have it" grep -qx 'xdmad_schedule_off 1' "$scratch/metrics2.out"
ctl clear bench --clear
ends clear 0
check "a release says what it released" grep -q 'off since run bbbbbbbb22' "$scratch/clear.out"
ctl clear2 --json bench --clear
check_json "which is done once" "$scratch/clear2.out" '.schema == 1 and (has("cleared") | not) and .unclean_boots == 0'
ctl on bench --scheduled
check "and the schedule is on again" grep -q 'no MMC or SD card' "$scratch/on.err"
ctl healed --json doctor
check_json "the finding is gone" "$scratch/healed.out" 'all(.findings[]; .id != "SCHED-01")'
end_daemon
check "SIGTERM ends it cleanly, with nothing leaked" [ "$daemon_status" -eq 0 ]

configure 'boot_wait_sec = never'
"$build/xdmad" --config "$scratch/xdmad.conf" 2>"$scratch/wrong.err"
check "a value that is none stops the daemon with a sentence" grep -q '\[schedule\] boot_wait_sec = never: allowed is whole seconds' "$scratch/wrong.err"
tap_end
