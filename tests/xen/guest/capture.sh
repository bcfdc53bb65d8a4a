#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A capture beside what the host itself answers.
xdmactl --exec --json capture "$LAB_OUT/host.tar" >"$LAB_OUT/capture.json"
echo $? >"$LAB_OUT/capture.status"
mkdir /tmp/tree && tar -xf "$LAB_OUT/host.tar" -C /tmp/tree
echo $? >"$LAB_OUT/tar.status"
for verb in inspect doctor; do
    xdmactl --exec --json "$verb" >"$LAB_OUT/$verb.json"
    echo $? >"$LAB_OUT/$verb.status"
    xdmactl --json "$verb" --root /tmp/tree >"$LAB_OUT/$verb-captured.json"
    echo $? >"$LAB_OUT/$verb-captured.status"
done
xdmactl --exec bugreport >"$LAB_OUT/bugreport.txt"
echo $? >"$LAB_OUT/bugreport.status"
true
