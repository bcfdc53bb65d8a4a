/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CHILD_H
#define XDMAD_DAEMON_CHILD_H
/*
 * Work that may block is done in a child process, so that the loop never does: a forked copy of
 * the daemon runs one function, sends JSON messages up a pipe, and ends. It dies with the daemon
 * (PR_SET_PDEATHSIG), and whatever it started dies with it in the same way.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>
#include <systemd/sd-event.h>

typedef struct Child Child;

/* In the child: its two ends. */
typedef struct ChildLink {
    int out_fd;     /* messages go up here, by child_send() */
    int control_fd; /* readable or hung up when the daemon wants an end */
} ChildLink;

typedef struct ChildEnd {
    bool clean;      /* exited with status 0 */
    int exit_status; /* or -1 when a signal ended it */
    int signal;      /* or 0 */
    bool timed_out;  /* the deadline passed */
    bool bad_output; /* what it sent was no message */
} ChildEnd;

typedef struct ChildSpec {
    const char *name;                               /* for the log; static */
    int (*main)(const ChildLink *link, void *data); /* in the child: its exit status */
    void *data;                                     /* seen by main as it was at the fork */
    uint64_t deadline_usec;                         /* after the start; 0 = none */
    /* In the daemon, on the loop. `message` is borrowed. */
    void (*on_message)(const json_t *message, void *userdata);
    /* The last thing: every message has been seen, the Child is freed behind it. */
    void (*on_end)(const ChildEnd *end, void *userdata);
    void *userdata;
} ChildSpec;

/* Start it. 0, or negative errno (then nothing is called). The child is borrowed by the caller
 * until on_end. */
int child_start(sd_event *event, const ChildSpec *spec, Child **ret_child);

/* Ask it to end: its control_fd hangs up. Killed 15 s later if it has not. */
void child_cancel(Child *child);

/* Kill it at once and forget it; on_end is not called. NULL is fine. */
Child *child_kill(Child *child);

/* In the child: send one message up (stolen). 0, or negative errno when the daemon is gone. */
int child_send(const ChildLink *link, json_t *message);

/* In the child: whether the daemon wants an end. */
bool child_is_cancelled(const ChildLink *link);

#endif
