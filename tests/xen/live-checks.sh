# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Sourced: what must hold of an inspect --live on board window, beside which 4 MiB of the card were
# read.

# check_live SOURCE: mappings came from there
check_live() {
    check "the lab ran it to its end" [ "$lab_status" -eq 0 ]
    check "inspect --live ends with 0" grep -qx 0 "$out/live.status"
    check_json "mappings come from $1" "$out/live.json" ".live.sources | index(\"$1\") != null"
    check_json "all that was read is seen mapped, bounced or direct, and nothing else" "$out/live.json" \
        '.live.devices[] | select(.name == "0000:00:01.0") | (.translations | .direct.bytes + .bounced.bytes >= 4194304 and .wrong.segments == 0 and .unknown.segments == 0 and .failed.segments == 0) and .truncated == 0'
    check_json "each bounce has its reason, and as many bytes as mappings went into the pool" "$out/live.json" \
        '.live.devices[] | select(.name == "0000:00:01.0") | (.bounces | map(.bytes) | add // 0) == .translations.bounced.bytes and all(.bounces[]; .reason == "outside-window")'
    check_json "the pool's use is told" "$out/live.json" \
        '.live | .pool.slots == 32768 and .pool.used_most >= .pool.used_first and .lost == 0 and (has("unseen") | not)'
    check_json "no finding above warn follows" "$out/live.json" \
        'all(.findings[]; .severity == "warn" or .severity == "info")'
    check "the text shows it" grep -q '^Live' "$out/live.txt"
    check "no trace instance is left behind" is_empty "$out/instances"
}
