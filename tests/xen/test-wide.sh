#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Board wide: Dom0's RAM on both sides of what a 32-bit SD host reaches. The main job, whole.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab-test.sh
. "$top/tests/xen/lab-test.sh"
# shellcheck source=bench-checks.sh
. "$top/tests/xen/bench-checks.sh"

in_dom0 bench.sh --board wide
check_wide_bench
tap_end
