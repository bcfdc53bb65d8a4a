/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CPU_TIME_H
#define XDMAD_DAEMON_CPU_TIME_H
/*
 * How long the CPUs have worked. The copies of the bounce path are made in kernel threads and
 * interrupts, so fio's own CPU time does not hold them: the whole host's does.
 */

#include <stdint.h>

/* Time since boot in which CPUs were not idle, of all CPUs together: the sum of /proc/stat's user,
 * nice, system, irq, softirq and steal (proc(5)), in ticks of 1/_SC_CLK_TCK s.
 * 0 and *ret_usec, or negative errno. */
int cpu_time_busy_usec(uint64_t *ret_usec);

#endif
