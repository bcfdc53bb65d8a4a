#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xdmactl --exec: every verb without a running daemon, on a machine without Xen.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=daemon.sh
. "$top/tests/host/daemon.sh"

own status --json status
ends status 0
check_json "status has its schema and its state directory" "$scratch/status.out" \
    ".schema == 1 and .state_directory == \"$scratch/state\""
own list --json list
ends list 0
check_json "list answers devices" "$scratch/list.out" '.schema == 1 and (.devices | type) == "array"'
own inspect --json inspect
ends inspect 0
check_json "inspect has the promised members" "$scratch/inspect.out" \
    '.schema == 1 and (.mode == "bare-metal" or .mode == "xen-dom0") and has("xen") and has("ram") and has("pool") and has("devices")'
check_json "a machine without Xen says so" "$scratch/inspect.out" '.xen.present | not'

cat >"$scratch/pi.dts" <<'DTS'
/dts-v1/;
/ {
    #address-cells = <2>; #size-cells = <1>;
    emmc2bus {
        compatible = "simple-bus"; #address-cells = <2>; #size-cells = <1>;
        ranges = <0x0 0x7e000000 0x0 0xfe000000 0x01800000>;
        dma-ranges = <0x0 0xc0000000 0x0 0x00000000 0x40000000>;
        mmc@7e340000 { compatible = "brcm,bcm2711-emmc2"; reg = <0x0 0x7e340000 0x100>; };
    };
};
DTS
dtc -q -O dtb -o "$scratch/pi.dtb" "$scratch/pi.dts"
own dtb --json inspect --dtb "$scratch/pi.dtb"
ends dtb 0
check_json "a device tree file alone gives the window" "$scratch/dtb.out" \
    '.devices | length == 1 and .[0].node == "/emmc2bus/mmc@7e340000" and .[0].window == [{"cpu_start": "0x0", "cpu_end": "0x3fffffff", "bus_start": "0xc0000000"}]'
head -c 100 "$scratch/pi.dtb" >"$scratch/cut.dtb"
own cut inspect --dtb "$scratch/cut.dtb"
ends cut 2
check "cut: names the file" grep -q 'cut.dtb' "$scratch/cut.err"
own nofile inspect --dtb "$scratch/none.dtb"
ends nofile 2
own nodevice inspect mmc99
ends nodevice 2
own dry --json bench --dry-run --seed 7
ends dry 0
check_json "a dry run answers the plan and starts nothing" "$scratch/dry.out" '.plan.seed == 7 or .seed == 7'
own again --json bench --dry-run --seed 7
check "the same seed gives the same plan" cmp "$scratch/dry.out" "$scratch/again.out"
own granted --json bench --paths foreign --dry-run --seed 7
ends granted 0
check_json "granted pages have a plan and workloads of their own" "$scratch/granted.out" \
    '.plan | .foreign and all(.workloads[]; .name | startswith("granted-")) and all(.legs[]; .path | startswith("foreign-"))'
own paths verify --paths foreign
ends paths 2
own nocard bench
case $(jq '[.devices[] | select(.state == "ready")] | length' "$scratch/list.out") in
0)
    ends nocard 4
    check "nocard: says so" grep -q 'no MMC or SD card is ready' "$scratch/nocard.out"
    own history --json history
    check_json "and the run is remembered" "$scratch/history.out" '.runs | length == 1 and .[0].verdict == "inconclusive"'
    own show --json show
    ends show 4
    PATH=$scratch/nothing own nofio bench
    ends nofio 4
    check "nofio: says so" grep -q 'no fio in .*install it' "$scratch/nofio.out"
    PATH=$scratch/nothing own nofio-granted bench --paths foreign
    ends nofio-granted 4
    check "granted pages are not fio's: the card is what is missing" \
        grep -q 'no MMC or SD card is ready' "$scratch/nofio-granted.out"
    ;;
esac
seq 1 40 | awk '{ print ($1 * 7919) % 10 }' >"$scratch/steady.txt"
seq 1 40 | awk '{ print ($1 * 7919) % 10 + 30 }' | cat "$scratch/steady.txt" - >"$scratch/step.txt"
own step --json analyze "$scratch/step.txt"
ends step 0
check_json "analyze finds a step" "$scratch/step.out" \
    '.schema == 1 and .n == 80 and .changepoints == [40] and (.segments | length) == 2 and .changes[0].effect == 30 and .honesty.smallest_step > 0'
own steady --json analyze "$scratch/steady.txt"
ends steady 0
check_json "and none where there is none" "$scratch/steady.out" '.changepoints == []'
"$build/xdmactl" --json analyze - <"$scratch/step.txt" >"$scratch/stdin.out" 2>"$scratch/stdin.err"
check "stdin is a series too, and needs no --exec" cmp "$scratch/step.out" "$scratch/stdin.out"
jq -s '{name: "x", y: .}' "$scratch/step.txt" >"$scratch/step.json"
# shellcheck disable=SC2002 # a pipe is what is tested
cat "$scratch/step.json" | "$build/xdmactl" --json analyze - >"$scratch/pipe.out" 2>"$scratch/pipe.err"
check "so is JSON from a pipe" cmp "$scratch/step.out" "$scratch/pipe.out"
own person analyze "$scratch/step.txt"
check "a person gets a table" grep -qE '^ +40 +79 +40 +34\.5 +\+30 ' "$scratch/person.out"
printf '1\n2\nnan\n' >"$scratch/nan.txt"
own nan analyze "$scratch/nan.txt"
ends nan 2
check "nan: names file and line" grep -q 'nan.txt: line 3: "nan" is no finite number' "$scratch/nan.err"
own binary analyze "$build/xdmactl"
ends binary 2
own empty analyze /dev/null
ends empty 2
own directory analyze "$scratch"
ends directory 2
own noseries analyze "$scratch/none.txt"
ends noseries 2
"$build/xdmactl" -H localhost analyze "$scratch/step.txt" >/dev/null 2>"$scratch/elsewhere.err"
echo $? >"$scratch/elsewhere.status"
ends elsewhere 2
own unknown frobnicate
ends unknown 2
own badprofile bench --profile huge
ends badprofile 2
"$build/xdmactl" --socket "$scratch/none" status >/dev/null 2>"$scratch/unreachable.err"
echo $? >"$scratch/unreachable.status"
ends unreachable 6
check "unreachable: says what to do" grep -q -- '--exec' "$scratch/unreachable.err"
XDMAD_STATE_DIRECTORY=relative "$build/xdmactl" --exec status >/dev/null 2>"$scratch/relative.err"
check "a relative state directory is refused by name" grep -q 'no absolute path' "$scratch/relative.err"
tap_end
