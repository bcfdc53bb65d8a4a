/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_PROGRESS_H
#define XDMAD_CLIENT_PROGRESS_H
/*
 * The events of a run as lines. On a terminal one line is redrawn; elsewhere each stage and leg
 * gets a line of its own, and the progress within a leg at most one in five seconds. Pure: time is
 * handed in.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

typedef struct Progress {
    FILE *out;        /* borrowed */
    bool redraw;      /* out is a terminal */
    bool one_run;     /* all events are of one run, which needs no naming */
    unsigned columns; /* of it */
    bool drawn;       /* a line stands there that the next one replaces */
    bool printed;     /* a line of progress was printed, at last_usec */
    uint64_t last_usec;
} Progress;

/* Show one Event of io.xdmad (a foreign object) that came at now_usec. */
void progress_event(Progress *progress, const json_t *event, uint64_t now_usec);

/* A sentence of the client's own among them, on its own line. */
void progress_note(Progress *progress, const char *text);

/* Take the redrawn line away. */
void progress_end(Progress *progress);

#endif
