/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REQUEST_H
#define XDMAD_BENCH_REQUEST_H
/*
 * What a client asks a run for: the parameters of io.xdmad.Bench, checked.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/run-kind.h"

typedef struct RunRequest {
    RunKind kind;
    char *target;        /* a path or a device's name as the client gave it, or NULL: the file of
                            our own; owned */
    const char *profile; /* static; "quick" when none was named */
    bool foreign;        /* a bench on granted pages: paths was "foreign" */
    bool dry_run;
    bool scheduled;    /* by a calendar: to be started only when the time is right */
    char *confirm_cid; /* 32 lower-case hexadecimal digits, or NULL; owned */
    uint64_t seed;     /* at most INT64_MAX, since JSON's integers end there */
    bool seed_given;   /* false: the caller of build picks one */
} RunRequest;

/* Which field was wrong and why, for a typed error. */
typedef struct RequestError {
    char field[64]; /* empty when the whole is no object */
    char message[192];
} RequestError;

/* Free what it owns and zero it. */
void run_request_done(RunRequest *request);

/*
 * Parse foreign parameters; NULL stands for an empty object, a null member for an absent one. An
 * unknown member is refused. 0 and *ret_request (the caller calls run_request_done); -EBADMSG and
 * *ret_error; -ENOMEM.
 */
int run_request_parse(RunKind kind, const json_t *parameters, RunRequest *ret_request,
                      RequestError *ret_error);

/* The same members as parse takes, defaults filled in; a new reference, NULL when out of memory. */
json_t *run_request_to_json(const RunRequest *request);

#endif
