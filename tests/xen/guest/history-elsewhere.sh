#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The state directory of history.sh on a machine that was booted in another way: one bench.
socket=/run/xdmad/io.xdmad
# shellcheck source=history-daemon.sh
. "$(dirname "$0")/history-daemon.sh"
tar -C /var/lib -xf /lab/put/state.tar
start_daemon
bench elsewhere
compare boot-mode "$(jq -r .run /lab/put/bench-clean-20.json)" last
stop_daemon
true
