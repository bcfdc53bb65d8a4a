/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_FAILURE_H
#define XDMAD_CLIENT_FAILURE_H
/*
 * Why a verb cannot go on: one sentence for the user and the exit status for the shell.
 */

#include <jansson.h>

#define FAILURE_TEXT_BYTES 2048U /* of a sentence; longer foreign reasons are cut */

typedef struct Failure {
    int exit_status; /* enum ExitStatus of common/verdict.h */
    char text[FAILURE_TEXT_BYTES];
} Failure;

/* Say what happened. Control characters in the result are replaced, so that a peer's words cannot
 * drive the terminal. */
__attribute__((format(printf, 3, 4))) void failure_set(Failure *ret_failure, int exit_status,
                                                       const char *format, ...);

/* A Varlink error reply put into a sentence: `error` is its name as it came, `parameters` an
 * object or NULL. Errors of io.xdmad and org.varlink.service are known; any other is told by its
 * name and is inconclusive. */
void failure_from_error(Failure *ret_failure, const char *error, const json_t *parameters);

/* Write the sentence to stderr, with the program's name; returns its exit status. */
int failure_tell(const Failure *failure);

#endif
