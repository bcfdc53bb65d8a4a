/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_VERDICT_H
#define XDMAD_COMMON_VERDICT_H
/*
 * What a run may end in, and the exit status that tells it to a shell. The numbers are a contract
 * with scripts: they never change.
 */

typedef enum Verdict {
    VERDICT_INCONCLUSIVE, /* proof or data do not suffice; the zero value, so that a forgotten
                             verdict is never a pass */
    VERDICT_PASS,
    VERDICT_REGRESSION,
    VERDICT_CORRUPTION,
    VERDICT_REFUSED, /* not run, for safety */
} Verdict;

enum ExitStatus {
    EXIT_STATUS_PASS = 0,
    EXIT_STATUS_REGRESSION = 1, /* or a finding of severity error */
    EXIT_STATUS_USAGE = 2,
    EXIT_STATUS_CORRUPTION = 3,
    EXIT_STATUS_INCONCLUSIVE = 4,
    EXIT_STATUS_REFUSED = 5,
    EXIT_STATUS_UNREACHABLE = 6, /* the daemon */
};

/* "pass", "regression", "corruption", "inconclusive" or "refused"; static, never NULL. */
const char *verdict_name(Verdict verdict);

/* 0 and *ret_verdict, or -EINVAL when the name is none of these. */
int verdict_from_name(const char *name, Verdict *ret_verdict);

/* The exit status a shell sees for this verdict. */
int verdict_exit_status(Verdict verdict);

#endif
