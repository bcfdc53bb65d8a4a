#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The service on a machine without Xen.
systemctl start xdmad && systemctl is-active xdmad >"$LAB_OUT/start"
xdmactl --json status >"$LAB_OUT/status.json"
echo $? >"$LAB_OUT/status.status"
xdmactl --json inspect >"$LAB_OUT/inspect.json"
xdmactl --json doctor >"$LAB_OUT/doctor.json"
echo $? >"$LAB_OUT/doctor.status"
systemctl stop xdmad
systemctl is-failed xdmad >"$LAB_OUT/stop"
journalctl -u xdmad -p warning -o cat -q >"$LAB_OUT/journal"
true
