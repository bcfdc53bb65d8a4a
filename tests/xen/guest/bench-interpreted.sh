#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One whole bench on a kernel that would interpret programs of ours, so that it is not for them.
echo 0 >/proc/sys/net/core/bpf_jit_enable
# shellcheck source=bench.sh
. /lab/put/guest/bench.sh
