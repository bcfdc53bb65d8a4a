/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl bench: what each path costs.
 */
#include "client/run-verb.h"
#include "client/verb.h"

int verb_bench(const CommandLine *command)
{
    return run_verb(command, "io.xdmad.Bench");
}
