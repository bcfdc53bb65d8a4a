#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An fsync that fails because the journal does, where the kernel lets nobody at the file system then.
# shellcheck source=foreign-fault-run.sh
. /lab/put/guest/foreign-fault-run.sh
run journal error-writes journal verify
look
true
