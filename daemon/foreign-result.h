/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FOREIGN_RESULT_H
#define XDMAD_DAEMON_FOREIGN_RESULT_H
/*
 * Our own I/O as the gate sees it: shaped as fio's result.
 */

#include "bench/fio-result.h"
#include "daemon/foreign-io.h"

/* What fio_result_to_json() keeps as the version of what did the I/O. */
#define FOREIGN_RESULT_VERSION "own"

/*
 * Passed when all of the workload's leg was moved and no I/O failed, else with the reason; the only
 * latency is the mean over `usec`, all of the leg's time. 0 and *ret_result (release with
 * fio_result_done()), or -ENOMEM.
 */
int foreign_result_build(const ForeignIoEnd *end, const Workload *workload, uint64_t usec,
                         FioResult *ret_result);

#endif
