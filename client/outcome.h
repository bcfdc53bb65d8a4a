/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_OUTCOME_H
#define XDMAD_CLIENT_OUTCOME_H
/*
 * What a run ended in, for the shell.
 */

#include <jansson.h>

/* The exit status of a Run, or of the Event that ended one (both have `state` and `verdict`): its
 * verdict. A pass counts only in state "done"; a run without a verdict known here is
 * inconclusive. */
int outcome_exit_status(const json_t *run);

#endif
