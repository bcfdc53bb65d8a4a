/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl verify: whether each path carries the bytes.
 */
#include "client/run-verb.h"
#include "client/verb.h"

int verb_verify(const CommandLine *command)
{
    return run_verb(command, "io.xdmad.Verify");
}
