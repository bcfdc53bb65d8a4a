/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_REPORT_OUTPUT_H
#define XDMAD_CLIENT_REPORT_OUTPUT_H
/*
 * How `show` and `bench` end: the report on stdout, the verdict as the exit status.
 */

#include <stdbool.h>

#include <jansson.h>

/* Print Show's reply: as JSON the report itself, or, where a run has none, {schema, run, report:
 * null}. Returns the run's exit status. */
int report_output(const json_t *reply, bool json);

#endif
