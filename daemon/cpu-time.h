/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CPU_TIME_H
#define XDMAD_DAEMON_CPU_TIME_H
/*
 * How long the CPUs have worked for anybody. The copies of the bounce path are made in kernel
 * threads as well, so fio's own CPU time does not hold them: the whole host's does.
 */

#include <stdbool.h>
#include <stdint.h>

typedef struct CpuTime {
    uint64_t busy_usec; /* since boot, of all CPUs together */
    unsigned n_cpus;    /* that are summed up; 0 when the source does not tell them apart */
} CpuTime;

/*
 * Time that tasks, kernel threads included, have run: the sum of the seventh figure of each cpu
 * line of /proc/schedstat, in ns (Documentation/scheduler/sched-stats.rst, 6.1; kernels with
 * CONFIG_SCHED_INFO). Elsewhere from /proc/stat, which counts ticks of 1/_SC_CLK_TCK s: user, nice,
 * system, irq, softirq and steal (proc(5)).
 * 0 and *ret_time, or negative errno.
 */
int cpu_time_read(CpuTime *ret_time);

/* What lies between two readings: true and *ret_usec, or false when they do not compare, since a
 * CPU came or went. */
bool cpu_time_between(const CpuTime *before, const CpuTime *after, uint64_t *ret_usec);

#endif
