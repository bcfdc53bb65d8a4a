/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_QUESTION_H
#define XDMAD_DAEMON_STORE_QUESTION_H
/*
 * One call that is answered out of the store: asked in the offload's thread, answered on the loop.
 * Without a store it is answered as Unavailable, with the reason.
 */

#include <stdbool.h>

#include <jansson.h>

#include "daemon/manager.h"

typedef struct StoreQuestion {
    Manager *manager;  /* not owned; the thread touches store and config alone */
    PendingCall *call; /* who asks, or NULL */
    json_t *words;     /* what is asked, as `work` takes it, or NULL; stolen */
    json_t *answer;    /* what to reply; may hold what `work` completes; stolen */
    const char *error; /* or the error to answer, static, with error_parameters */
    json_t *error_parameters;
} StoreQuestion;

/* Ask. `work` gets the question, in the thread. */
void store_ask(Manager *manager, PendingCall *call, json_t *words, json_t *answer,
               void (*work)(void *question));

/* For `work`: the store answered with r < 0. */
void store_question_fail(StoreQuestion *question, int r);

/* For `work`: the record of the run that a word means (store_find_run()) into *ret_record: true, or
 * false and the error is set. */
bool store_question_find_run(StoreQuestion *question, const char *word, RunRecord *ret_record);

#endif
