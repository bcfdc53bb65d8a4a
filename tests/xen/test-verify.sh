#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verify on a healthy card: board wide.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=verify-checks.sh
. "$top/tests/xen/verify-checks.sh"

verify_in_dom0 --board wide
check_verify edge
check_json "each leg of memory of ours is proved page by page, by the probe: the kernel has no events" "$out/report.json" \
    '[.legs[] | select(.path == "direct" or .path == "bounce")] | length >= 30 and all(.[]; .proof.source == "kprobe:dma_unmap_sg_attrs" and .proof.mapped_bytes == .issued_bytes)'
check_json "the environment names the probe" "$out/report.json" \
    '.environment.trace | startswith("swiotlb:swiotlb_bounced by bpf") and endswith(", dma_unmap_sg_attrs")'
tap_end
