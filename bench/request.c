/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of a run from outside: each member checked by one small reader, everything else
 * refused.
 */
#include "bench/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/profile.h"
#include "bench/verify-profile.h"
#include "common/parse.h"

#define DEFAULT_PROFILE  "quick"
#define PATHS_OWN        "own"
#define PATHS_FOREIGN    "foreign"
#define MAX_TARGET_BYTES 4095 /* Linux's PATH_MAX without the NUL */
#define CID_BYTES        16   /* of an SD or MMC card: 128 bits */

__attribute__((format(printf, 3, 4))) static int refuse(RequestError *error, const char *field,
                                                        const char *format, ...)
{
    va_list args;

    snprintf(error->field, sizeof(error->field), "%s", field);
    va_start(args, format);
    vsnprintf(error->message, sizeof(error->message), format, args);
    va_end(args);
    return -EBADMSG;
}

static bool is_printable(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

static int read_target(RunRequest *request, const json_t *value, RequestError *error)
{
    const char *text = json_string_value(value);

    if (!text || !*text)
        return refuse(error, "target", "target must be the path of a file or block device");
    if (json_string_length(value) > MAX_TARGET_BYTES)
        return refuse(error, "target", "target is longer than %d bytes", MAX_TARGET_BYTES);
    if (!is_printable(text) || strlen(text) != json_string_length(value))
        return refuse(error, "target", "target holds control characters");
    request->target = strdup(text);
    return request->target ? 0 : -ENOMEM;
}

static int read_profile(RunRequest *request, const json_t *value, RequestError *error)
{
    const Profile *profile = profile_by_name(json_string_value(value));

    if (!profile)
        return refuse(error, "profile", "profile must be smoke, quick, standard or full");
    if (request->kind == RUN_KIND_VERIFY && !verify_profile_by_name(profile->name))
        return refuse(error, "profile",
                      "a verify has no profile %s: it must be quick, standard or full",
                      profile->name);
    request->profile = profile->name;
    return 0;
}

/* Whose pages a bench is run on: Dom0's own, or such as were granted. */
static int read_paths(RunRequest *request, const json_t *value, RequestError *error)
{
    const char *paths = json_string_value(value);

    if (request->kind != RUN_KIND_BENCH)
        return refuse(error, "paths", "a %s has no such parameter: it takes every path there is",
                      run_kind_name(request->kind));
    if (!paths || (strcmp(paths, PATHS_OWN) != 0 && strcmp(paths, PATHS_FOREIGN) != 0))
        return refuse(error, "paths", "paths must be own or foreign");
    request->foreign = strcmp(paths, PATHS_FOREIGN) == 0;
    return 0;
}

static int read_dry_run(RunRequest *request, const json_t *value, RequestError *error)
{
    if (!json_is_boolean(value))
        return refuse(error, "dry_run", "dry_run must be true or false");
    request->dry_run = json_is_true(value);
    return 0;
}

static int read_scheduled(RunRequest *request, const json_t *value, RequestError *error)
{
    if (!json_is_boolean(value))
        return refuse(error, "scheduled", "scheduled must be true or false");
    request->scheduled = json_is_true(value);
    return 0;
}

static int read_confirm_cid(RunRequest *request, const json_t *value, RequestError *error)
{
    const char *text = json_string_value(value);
    uint8_t cid[CID_BYTES];
    char *lower;

    if (!text || parse_hex_bytes(text, cid, sizeof(cid)) < 0)
        return refuse(error, "confirm_cid",
                      "confirm_cid must be the card's CID: %d hexadecimal digits, as in the card's "
                      "sysfs file cid",
                      2 * CID_BYTES);
    lower = malloc(2 * sizeof(cid) + 1);
    if (!lower)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof(cid); i++)
        snprintf(lower + 2 * i, 3, "%02x", cid[i]);
    request->confirm_cid = lower;
    return 0;
}

static int read_seed(RunRequest *request, const json_t *value, RequestError *error)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return refuse(error, "seed", "seed must be a whole number from 0 to 9223372036854775807");
    request->seed = (uint64_t)json_integer_value(value);
    request->seed_given = true;
    return 0;
}

typedef struct FieldReader {
    const char *key;
    int (*read)(RunRequest *request, const json_t *value, RequestError *error);
} FieldReader;

static const FieldReader readers[] = {
    { "target", read_target },   { "profile", read_profile },
    { "dry_run", read_dry_run }, { "confirm_cid", read_confirm_cid },
    { "seed", read_seed },       { "scheduled", read_scheduled },
    { "paths", read_paths },
};

static int read_member(RunRequest *request, const char *key, const json_t *value,
                       RequestError *error)
{
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (strcmp(readers[i].key, key) == 0)
            return json_is_null(value) ? 0 : readers[i].read(request, value, error);
    }
    return refuse(error, key, "a %s has no such parameter", run_kind_name(request->kind));
}

void run_request_done(RunRequest *request)
{
    free(request->target);
    free(request->confirm_cid);
    *request = (RunRequest) { 0 };
}

int run_request_parse(RunKind kind, const json_t *parameters, RunRequest *ret_request,
                      RequestError *ret_error)
{
    RunRequest request = { .kind = kind, .profile = DEFAULT_PROFILE };
    RequestError error = { 0 };

    if (parameters && !json_is_object(parameters)) {
        refuse(ret_error, "", "the parameters of a %s must be an object", run_kind_name(kind));
        return -EBADMSG;
    }
    /* jansson's iterator wants a mutable object, though it only reads */
    json_t *object = json_incref((json_t *)(uintptr_t)parameters);
    const char *key;
    json_t *value;
    int r = 0;
    json_object_foreach(object, key, value)
    {
        r = read_member(&request, key, value, &error);
        if (r < 0)
            break;
    }
    json_decref(object);
    if (r < 0) {
        run_request_done(&request);
        if (r == -EBADMSG)
            *ret_error = error;
        return r;
    }
    *ret_request = request;
    return 0;
}

json_t *run_request_to_json(const RunRequest *request)
{
    return json_pack("{s:s*, s:s, s:s*, s:b, s:s*, s:o*, s:o*}", "target", request->target,
                     "profile", request->profile, "paths", request->foreign ? PATHS_FOREIGN : NULL,
                     "dry_run", request->dry_run, "confirm_cid", request->confirm_cid, "seed",
                     request->seed_given ? json_integer((json_int_t)request->seed) : NULL,
                     "scheduled", request->scheduled ? json_true() : NULL);
}
