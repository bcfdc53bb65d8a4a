#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The service under Debian 13's systemd, spoken to by its own client of the protocol.
{
    uname -r
    fio --version
    systemctl --version
    xenstore-ls -s /tool >/dev/null && echo "xenstored answers"
} >"$LAB_OUT/versions"
systemctl start xdmad && systemctl is-active xdmad >"$LAB_OUT/start"
xdmactl --json status >"$LAB_OUT/status.json"
for socket in io.xdmad io.xdmad.public; do
    varlinkctl info "/run/xdmad/$socket" >"$LAB_OUT/$socket.info" 2>&1
    varlinkctl introspect "/run/xdmad/$socket" io.xdmad >"$LAB_OUT/$socket.interface" 2>&1
    varlinkctl --json=short call "/run/xdmad/$socket" io.xdmad.GetStatus '{}' >"$LAB_OUT/$socket.status" 2>&1
done
journalctl -u xdmad -p warning -o cat -q >"$LAB_OUT/journal"
true
