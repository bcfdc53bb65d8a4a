/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_RUN_VERB_H
#define XDMAD_CLIENT_RUN_VERB_H
/*
 * What the verbs that start a run have in common. The run is the daemon's; this client may leave it
 * and come back with `watch` and `show`.
 */

#include "client/command-line.h"

/* Ask the method ("io.xdmad.Bench") for the run that the command line describes, follow it, and
 * show its report; or its plan, or its id. Returns an enum ExitStatus. */
int run_verb(const CommandLine *command, const char *method);

#endif
