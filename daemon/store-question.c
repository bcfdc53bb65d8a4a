/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store-question.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_answered(void *data)
{
    StoreQuestion *question = data;

    if (question->error) {
        json_decref(question->answer);
        call_error(question->call, question->error, question->error_parameters);
    } else {
        call_reply(question->call, question->answer);
    }
    json_decref(question->words);
    free(question);
}

void store_ask(Manager *manager, PendingCall *call, json_t *words, json_t *answer,
               void (*work)(void *question))
{
    StoreQuestion *question = manager->store ? calloc(1, sizeof(*question)) : NULL;

    if (question) {
        *question = (StoreQuestion) {
            .manager = manager,
            .call = call,
            .words = words,
            .answer = answer,
        };
        if (offload_submit(manager->offload, work, on_answered, question) >= 0)
            return;
        free(question);
    }
    json_decref(words);
    json_decref(answer);
    call_error(
        call, "io.xdmad.Unavailable",
        json_pack("{s:s}", "reason", manager->store ? "out of memory" : manager->store_failure));
}

void store_question_fail(StoreQuestion *question, int r)
{
    char reason[256];

    snprintf(reason, sizeof(reason), "the store in %s cannot be read: %s",
             question->manager->config.state_directory, strerror(-r));
    question->error = "io.xdmad.Unavailable";
    question->error_parameters = json_pack("{s:s}", "reason", reason);
}

bool store_question_find_run(StoreQuestion *question, const char *word, RunRecord *ret_record)
{
    int r = store_find_run(question->manager->store, word, ret_record);

    if (r > 0)
        return true;
    if (r == -ENOTUNIQ) {
        question->error = "io.xdmad.AmbiguousRun";
        question->error_parameters = json_pack("{s:s}", "run", word);
    } else if (r < 0) {
        store_question_fail(question, r);
    } else {
        question->error = "io.xdmad.NoSuchRun";
        question->error_parameters = json_pack("{s:s}", "run", word ? word : "(the last)");
    }
    return false;
}
