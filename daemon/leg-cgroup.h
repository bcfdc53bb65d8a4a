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
 * Whether our own place is the root of the hierarchy, as without a service manager. There a leg
 * needs no cgroup and should have none: a level that nobody else pays for would cost fio each
 * switch of tasks, even with its pressure uncounted (psi_group_change(), kernel/sched/psi.c, and
 * __cgroup_account_cputime(), kernel/cgroup/rstat.c, 6.1), a hundredth of its throughput in the
 * lab's counted time. Its session and PR_SET_PDEATHSIG hold fio there. `root` as below.
 */
bool leg_cgroup_is_at_root(const char *root);

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
