/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_FOLLOW_H
#define XDMAD_CLIENT_FOLLOW_H
/*
 * Follow a run by its events until it has ended.
 */

#include "client/link.h"
#include "client/progress.h"

typedef struct Follow {
    Link *link;               /* borrowed */
    const LinkTarget *target; /* borrowed: a cancel goes over a link of its own */
    const char *run;          /* or NULL for all runs, which never ends by itself */
    Progress *progress;       /* lines for a person, or NULL */
    bool json_lines;          /* each event as a line of JSON on stdout */
    int interrupt_fd;         /* a signalfd; -1 leaves signals alone. Its first signal asks the run
                                 to stop, its second leaves. A private daemon's run is
                                 stopped by leaving */
} Follow;

/* Watch. 0 and the last event (a new reference; NULL when none came); -ECANCELED when left by a
 * second interrupt or since stdout is gone, any other negative errno with the sentence. */
int follow(const Follow *follow, json_t **ret_last_event, Failure *ret_failure);

/* SIGINT and SIGTERM from now on as readable bytes: a signalfd, or negative errno. */
int follow_open_interrupts(void);

#endif
