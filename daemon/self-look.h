/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_SELF_LOOK_H
#define XDMAD_DAEMON_SELF_LOOK_H
/*
 * The daemon's own looks at its host: when it starts and when a run has ended, for nobody's call.
 * Nothing is polled: between them it sees what its callers' looks see.
 */

#include "daemon/manager.h"

/* Look as soon as the loop comes round, unless a run measures by then: its end is another occasion.
 * What is seen goes to manager_see(). */
void self_look_soon(Manager *manager);

#endif
