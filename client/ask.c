/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: one call, one reply, for the verbs.
 */
#include "client/ask.h"

#include <errno.h>

#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

LinkTarget ask_target(const CommandLine *command)
{
    return (LinkTarget) {
        .host = command->host,
        .socket = command->socket,
        .exec = command->exec || command->root || command->dtb || command->replay ||
                command->verb->names_file,
    };
}

static bool keep_reply(const json_t *parameters, void *userdata)
{
    json_t **reply = userdata;

    json_decref(*reply);
    *reply = json_deep_copy(parameters);
    return true;
}

static int call_once(Link *link, const char *method, json_t *parameters, bool patient,
                     json_t **ret_reply, Failure *ret_failure)
{
    _cleanup_json_ json_t *reply = NULL;
    LinkCall call = {
        .method = method,
        .parameters = parameters,
        .more = patient,
        .on_reply = keep_reply,
        .userdata = &reply,
    };
    int r = link_call(link, &call, ret_failure);

    if (r < 0)
        return r;
    if (!reply) {
        failure_set(ret_failure, EXIT_STATUS_INCONCLUSIVE, "out of memory while reading a reply");
        return -ENOMEM;
    }
    *ret_reply = take_ptr(reply);
    return 0;
}

int ask_link(Link *link, const char *method, json_t *parameters, json_t **ret_reply,
             Failure *ret_failure)
{
    return call_once(link, method, parameters, false, ret_reply, ret_failure);
}

static int connect_and_call(const CommandLine *command, const char *method, json_t *parameters,
                            bool patient, json_t **ret_reply)
{
    LinkTarget target = ask_target(command);
    _cleanup_link_ Link *link = NULL;
    Failure failure;

    if (link_open(&target, &link, &failure) < 0) {
        json_decref(parameters);
        return failure_tell(&failure);
    }
    if (call_once(link, method, parameters, patient, ret_reply, &failure) < 0)
        return failure_tell(&failure);
    return 0;
}

int ask(const CommandLine *command, const char *method, json_t *parameters, json_t **ret_reply)
{
    return connect_and_call(command, method, parameters, false, ret_reply);
}

int ask_patiently(const CommandLine *command, const char *method, json_t *parameters,
                  json_t **ret_reply)
{
    return connect_and_call(command, method, parameters, true, ret_reply);
}
