#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A fleet of 36 simulated hosts, whose metrics the daemon's own code makes of real stores, scraped by a
# real Prometheus with the rules that are installed. A bad host, a bad model of card and a bad kernel
# stand out by the dashboard's own queries and fire, nothing else does, and what is mended ends.
# shellcheck disable=SC2317 # functions are called by check
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../tap.sh
. "$top/tests/tap.sh"
# in memory where there is any: the stores sync each run to their disk
scratch=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
mkdir "$scratch/hosts"
# shellcheck source=prometheus.sh
. "$top/tests/fleet/prometheus.sh"
trap 'end_prometheus; rm -rf "$scratch"' EXIT
dashboard=$top/conf/grafana/xdmad.json

# --- the fleet -----------------------------------------------------------------------------------
declare -A kernel card maker serial direct bounce
hosts=()
for k in 6.1.0-44 6.12.57 6.12.63; do
    for c in SN32G:0x000003:1 GE8QT:0x00001b:1.08 SD32G:0x000027:0.95; do
        IFS=: read -r name manfid speed <<<"$c"
        for n in 1 2 3 4; do
            host=pi-$k-$name-$n
            hosts+=("$host")
            kernel[$host]=$k card[$host]=$name maker[$host]=$manfid serial[$host]=1
            direct[$host]=$speed bounce[$host]=$speed
            mkdir -p "$scratch/state/$host"
        done
    done
done

# live RUNS EXTRA HOST...: RUNS benches on each, the last of them judged, with EXTRA words
live() {
    local runs=$1 extra=$2 host seed
    shift 2
    for host in "$@"; do
        seed=$(cksum <<<"$host" | cut -d' ' -f1)
        jq -nc --arg state "$scratch/state/$host" --arg out "$scratch/hosts/$host.prom" \
            --arg kernel "${kernel[$host]}" --arg card "${card[$host]}" --arg manfid "${maker[$host]}" \
            --arg cid "$(printf '%s%022x%08x' "${maker[$host]: -2}" "${serial[$host]}" "$seed")" \
            --argjson seed "$seed" --argjson direct "${direct[$host]}" --argjson bounce "${bounce[$host]}" \
            --argjson runs "$runs" --argjson extra "$extra" \
            '{$state, $out, $seed, $kernel, xen: "4.17.6", model: "Raspberry Pi 4 Model B Rev 1.4", $card,
              $manfid, $cid, $direct, $bounce, $runs, judged: 1} + $extra'
    done | "${BUILD:-$top/build}/tests/fleet/simulated-hosts" "$top/tests/golden/bench/report-pass.json" \
        "$top/tests/golden/client/inspect-dom0.json"
}

# panel TITLE: what the dashboard's panel shows, asked with its own query
panel() {
    ask query "$(jq -er --arg title "$1" '.panels[] | select(.type != "row" and .title == $title) | .targets[0].expr' "$dashboard" |
        sed -E 's/\$\{?\w+\}?/.*/g')"
}
# below LIMIT: of lines that end with a number those whose is less
below() {
    awk -v limit="$1" '$NF < limit { NF--; print }'
}
# same WHAT EXPECTED FOUND: both of lines; what differs is shown
same() {
    check "$1" diff -u --label expected --label found <(echo "$2") <(echo "$3")
}

check "36 hosts live for a month" live 30 '{}' "${hosts[@]}"
for host in "${hosts[@]:0:3}"; do
    check "promtool takes what $host tells" sh -c "promtool check metrics <'$scratch/hosts/$host.prom'"
done
start_prometheus "${hosts[@]}"
check "a real Prometheus takes the rules" ask ready

# --- all are well --------------------------------------------------------------------------------
check "everything is scraped and judged" ask settle
same "36 hosts tell" "36" "$(panel Hosts)"
same "nothing fires" "" "$(ask alerts firing)"
same "no kernel stands out" "" "$(panel 'Kernels beside each other' | below 0.95)"
same "no model of card stands out" "" "$(panel 'Models of card beside each other' | below 0.85)"
same "no host stands out" "" "$(panel 'Hosts behind hosts like them' | below 0.95)"
same "three kernels were compared on both paths" "6" "$(panel 'Kernels beside each other' | wc -l)"
same "and three models of card" "6" "$(panel 'Models of card beside each other' | wc -l)"

# --- one host, one kernel, one model of card go bad; others have troubles of their own -----------
bad_host=pi-6.1.0-44-SN32G-2
damaged=pi-6.1.0-44-GE8QT-1
astray=pi-6.12.57-GE8QT-3
gone=pi-6.12.57-SN32G-4
worse=("$bad_host") upgraded=() replaced=()
bounce[$bad_host]=0.7
for host in "${hosts[@]}"; do
    changed=0
    if [ "${kernel[$host]}" = 6.12.63 ]; then # its bounces cost a fifth more
        kernel[$host]=6.12.73 changed=1
        bounce[$host]=$(jq -n "${bounce[$host]} * 0.8")
        upgraded+=("$host")
    fi
    if [ "${card[$host]}" = SD32G ]; then # another maker's, slow on both paths
        card[$host]=BARGN maker[$host]=0x0000fe serial[$host]=2 changed=1
        direct[$host]=$(jq -n "${direct[$host]} * 0.65")
        bounce[$host]=$(jq -n "${bounce[$host]} * 0.65")
        replaced+=("$host")
    fi
    [ $changed = 0 ] || [ "$host" = "$bad_host" ] || worse+=("$host")
done
check "they run for another ten days" live 10 '{}' "${worse[@]}"
check "a verify finds damaged bytes on one host" live 0 '{"verify": "corruption"}' "$damaged"
check "a bench finds a wrong translation on one" live 1 '{"wrong_translation": true}' "$astray"
rm "$scratch/hosts/$gone.prom"
check "all of that is scraped and judged" ask settle "$gone"

same "the bad kernel stands out, on the path it is bad on, and no other" \
    "kernel=6.12.73 path=bounce" "$(panel 'Kernels beside each other' | below 0.9)"
same "the bad model of card stands out, and no other" \
    $'card=BARGN manfid=0x0000fe path=bounce\ncard=BARGN manfid=0x0000fe path=direct' \
    "$(panel 'Models of card beside each other' | below 0.8)"
same "the bad host stands out, and no other" \
    "instance=$bad_host job=node path=bounce" "$(panel 'Hosts behind hosts like them' | below 0.8)"
same "damage is told by kernel" $'kernel=6.1.0-44 1\nkernel=6.12.57 0\nkernel=6.12.73 0' \
    "$(panel 'Hosts with damaged bytes, by kernel')"
same "and by card" $'card=BARGN manfid=0x0000fe 0\ncard=GE8QT manfid=0x00001b 1\ncard=SN32G manfid=0x000003 0' \
    "$(panel 'Hosts with damaged bytes, by card')"
# of the 12 upgraded hosts 4 have a new card, whose speed before nobody knows
same "regressed hosts are told by kernel" $'kernel=6.1.0-44 0.0833\nkernel=6.12.57 0\nkernel=6.12.73 0.667' \
    "$(panel 'Hosts that regressed, by kernel')"

expected=$({
    echo "XdmadCorruption $damaged"
    echo "XdmadLatchedCard $damaged"
    echo "XdmadWrongTranslation $astray PATH-04"
    echo "XdmadHostBehindPeers $bad_host bounce"
    echo "XdmadKernelSlower 6.12.73 bounce"
    printf 'XdmadCardModelSlower BARGN %s\n' direct bounce
    for host in "$bad_host" "${upgraded[@]}"; do
        [ "${card[$host]}" = BARGN ] || printf "XdmadRegression $host %s\n" bounce both
    done
} | LC_ALL=C sort)
same "these alerts fire and no others" "$expected" "$(ask alerts firing | LC_ALL=C sort)"
same "the host that is gone waits for its hour" "XdmadGone $gone" "$(ask alerts pending | grep XdmadGone)"
same "each names a command" "" "$(ask words | grep -v xdmactl)"
same "the table of the dashboard has them all" "$(wc -l <<<"$expected")" "$(panel 'Alerts that fire' | wc -l)"

# --- mended, but for the cards -------------------------------------------------------------------
bounce[$bad_host]=1
for host in "${upgraded[@]}"; do
    kernel[$host]=6.12.74
    bounce[$host]=$(jq -n "${bounce[$host]} / 0.8")
done
check "host and kernel are mended for three weeks" live 20 '{}' "$bad_host" "${upgraded[@]}"
check "a verify passes" live 0 '{"verify": "pass"}' "$damaged"
check "a bench finds all translations right" live 1 '{}' "$astray"
check "the host that was gone is back" live 1 '{}' "$gone"
check "all of that is scraped and judged" ask settle
same "every alert has ended but that on the cards" \
    $'XdmadCardModelSlower BARGN bounce\nXdmadCardModelSlower BARGN direct' "$(ask alerts firing)"
same "nobody is gone" "" "$(ask alerts pending | grep XdmadGone)"
same "no kernel stands out any more" "" "$(panel 'Kernels beside each other' | below 0.95)"
same "no host does" "" "$(panel 'Hosts behind hosts like them' | below 0.95)"
same "Prometheus had nothing to complain of" "" "$(cat "$scratch/prometheus.log")"
tap_end
