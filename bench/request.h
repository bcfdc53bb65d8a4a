/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REQUEST_H
#define XDMAD_BENCH_REQUEST_H
/*
 * What a client asks a bench for: the parameters of io.xdmad.Bench, checked.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/profile.h"

typedef struct BenchRequest {
    char *target;           /* a path or a device's name as the client gave it, or NULL: the file of
                               our own; owned */
    const Profile *profile; /* static; "quick" when none was named */
    bool dry_run;
    char *confirm_cid; /* 32 lower-case hexadecimal digits, or NULL; owned */
    uint64_t seed;     /* at most INT64_MAX, since JSON's integers end there */
    bool seed_given;   /* false: the caller of build picks one */
} BenchRequest;

/* Which field was wrong and why, for a typed error. */
typedef struct RequestError {
    char field[64]; /* empty when the whole is no object */
    char message[192];
} RequestError;

/* Free what it owns and zero it. */
void bench_request_done(BenchRequest *request);

/*
 * Parse foreign parameters; NULL stands for an empty object, a null member for an absent one. An
 * unknown member is refused. 0 and *ret_request (the caller calls bench_request_done); -EBADMSG and
 * *ret_error; -ENOMEM.
 */
int bench_request_parse(const json_t *parameters, BenchRequest *ret_request,
                        RequestError *ret_error);

/* The same members as parse takes, defaults filled in; a new reference, NULL when out of memory. */
json_t *bench_request_to_json(const BenchRequest *request);

#endif
