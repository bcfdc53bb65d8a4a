#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verify on a healthy card: board wide, on the kernel and fio of suite trixie.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=verify-checks.sh
. "$top/tests/xen/verify-checks.sh"

verify_in_dom0 --suite trixie --board wide
check_verify edge
tap_end
