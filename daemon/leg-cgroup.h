/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LEG_CGROUP_H
#define XDMAD_DAEMON_LEG_CGROUP_H
/*
 * A cgroup v2 of its own for each leg, "leg-PID-N" below our own cgroup: whatever fio starts can be
 * killed as one. Where there is none, a leg goes without: harmless, and said.
 */

#include <stdbool.h>

typedef struct LegCgroup LegCgroup;

/*
 * `root` is "/" or a tree standing in for it. Legs of processes that are gone are killed and
 * removed first.
 * 1 and *ret_cgroup, 0 and *ret_reason (owned) when there is no cgroup v2 or it may not be written,
 * or negative errno.
 */
int leg_cgroup_create(const char *root, LegCgroup **ret_cgroup, char **ret_reason);

/* Kill what is left in it, remove it, free; NULL is fine. Returns NULL. */
LegCgroup *leg_cgroup_free(LegCgroup *cgroup);

/* Its folder; borrowed. */
const char *leg_cgroup_path(const LegCgroup *cgroup);

/* An open cgroup.procs, close-on-exec, kept by the cgroup: a child writes "0" there to enter. */
int leg_cgroup_procs_fd(const LegCgroup *cgroup);

/* Kill every process in it, by cgroup.kill (5.14) or one by one. 0 or negative errno. */
int leg_cgroup_kill(LegCgroup *cgroup);

/* 1 when no process is left in it, 0 when there is one, or negative errno. */
int leg_cgroup_is_empty(const LegCgroup *cgroup);

#endif
