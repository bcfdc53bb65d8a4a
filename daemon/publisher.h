/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PUBLISHER_H
#define XDMAD_DAEMON_PUBLISHER_H
/*
 * Keeps a Dom0's facts and last verdict in xenstore, under /tool/xdmad and for Dom0 alone, so that
 * its tools may read them without asking the daemon. Each publication is made by a child process
 * that is killed when xenstored does not answer: the loop never waits for it.
 */

#include <jansson.h>
#include <systemd/sd-event.h>

#include "common/clock.h"

#define PUBLISHER_PATH          "/tool/xdmad"
#define PUBLISHER_INTERVAL_USEC (5 * USEC_PER_SEC)  /* between two publications */
#define PUBLISHER_SAME_USEC     (60 * USEC_PER_SEC) /* when nothing has changed, or one has failed */
#define PUBLISHER_LIMIT_USEC    (2 * USEC_PER_SEC)  /* of one; it takes a few milliseconds */

typedef struct Publisher Publisher;

/* 0 and *ret_publisher, or -ENOMEM. */
int publisher_new(sd_event *event, Publisher **ret_publisher);

/* What is under way is given up. NULL is fine. */
Publisher *publisher_free(Publisher *publisher);

/* What was last seen of this host, type Inspection of io.xdmad (borrowed). Nothing is published of
 * a host that is no Dom0. */
void publisher_see(Publisher *publisher, json_t *inspection);

/* The last run, type Run of io.xdmad (stolen). */
void publisher_set_run(Publisher *publisher, json_t *run);

/* Mark what is published as that of a daemon that has stopped, and publish no more. `done` is
 * called behind it, at once or later: always within PUBLISHER_LIMIT_USEC. */
void publisher_stop(Publisher *publisher, void (*done)(void *userdata), void *userdata);

#endif
