/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/log.h"
#include "daemon/look.h"
#include "daemon/metrics-store.h"
#include "daemon/store-finding.h"
#include "daemon/store-question.h"
#include "daemon/store-time.h"
#include "daemon/write-all.h"

#define TEXTFILE "xdmad.prom"

/* --- what the store has to tell ------------------------------------------------------------ */

/* What the loop knows, for the thread: {inspection, running, queued, corrupt_cards}. NULL when out
 * of memory. */
static json_t *loop_words(const Manager *manager, json_t *inspection)
{
    _cleanup_json_ json_t *queued = jobs_queued_to_json(manager->jobs);

    return json_pack("{s:O*, s:b, s:I, s:o}", "inspection", inspection, "running",
                     jobs_running(manager->jobs) != NULL, "queued",
                     (json_int_t)json_array_size(queued), "corrupt_cards",
                     card_latches_to_json(jobs_latches(manager->jobs)));
}

/* In the thread. 0 and *ret_text (the caller frees), or negative errno. */
static int build_text(const Manager *manager, const json_t *words, char **ret_text)
{
    MetricsInput known = {
        .version = XDMAD_VERSION,
        .inspection = json_object_get(words, "inspection"),
        .running = json_get_bool(words, "running", false),
        .n_queued = (size_t)json_get_int(words, "queued", 0),
        .corrupt_cards = json_object_get(words, "corrupt_cards"),
        .budget_bytes = manager->config.write_budget_bytes_per_day,
    };

    return metrics_from_store(manager->store, &known, ret_text);
}

/* --- by a call ----------------------------------------------------------------------------- */

static void answer_work(void *data)
{
    StoreQuestion *question = data;
    _cleanup_free_ char *text = NULL;
    int r = build_text(question->manager, question->words, &text);

    if (r >= 0)
        question->answer = json_pack("{s:s}", "text", text);
    else
        store_question_fail(question, r);
}

/* Without a look at the host the rest is told all the same. */
static void look_done(Manager *manager, PendingCall *call, json_t *inspection, const char *failure)
{
    (void)failure;
    store_ask(manager, call, loop_words(manager, inspection), NULL, answer_work);
}

void metrics_answer(Manager *manager, PendingCall *call)
{
    look(manager, call, &(LookSpec) { .done = look_done });
}

/* --- the textfile -------------------------------------------------------------------------- */

typedef struct Refresh {
    Manager *manager;
    json_t *words;
    json_t *findings; /* to be stored first, or NULL */
    int result;
} Refresh;

/* Readable by the node exporter, whoever that is; hidden until it is whole, which also keeps it
 * from being read as *.prom. */
static int write_textfile(const char *directory, const char *text)
{
    _cleanup_close_ int directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int fd = -1;
    int r;

    if (directory_fd < 0)
        return -errno;
    unlinkat(directory_fd, "." TEXTFILE, 0);
    fd = openat(directory_fd, "." TEXTFILE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0644);
    if (fd < 0)
        return -errno;
    r = fchmod(fd, 0644) < 0 ? -errno : write_all(fd, text, strlen(text));
    if (r >= 0 && renameat(directory_fd, "." TEXTFILE, directory_fd, TEXTFILE) < 0)
        r = -errno;
    if (r < 0)
        unlinkat(directory_fd, "." TEXTFILE, 0);
    return r;
}

static void refresh_work(void *data)
{
    Refresh *refresh = data;
    const char *directory = refresh->manager->config.textfile_directory;
    StoreTime now = store_time_now();
    _cleanup_free_ char *text = NULL;

    if (refresh->findings)
        refresh->result = store_note_findings(refresh->manager->store, refresh->findings, &now);
    if (refresh->result < 0 || !directory)
        return;
    refresh->result = build_text(refresh->manager, refresh->words, &text);
    if (refresh->result >= 0)
        refresh->result = write_textfile(directory, text);
}

static void refresh_done(void *data)
{
    Refresh *refresh = data;
    const char *directory = refresh->manager->config.textfile_directory;

    if (refresh->result < 0)
        log_warning("metrics cannot be written to %s: %s",
                    directory ? directory : refresh->manager->config.state_directory,
                    strerror(-refresh->result));
    json_decref(refresh->words);
    json_decref(refresh->findings);
    free(refresh);
}

static void refresh(Manager *manager, json_t *findings)
{
    Refresh *refresh_ = manager->store ? calloc(1, sizeof(*refresh_)) : NULL;

    if (!refresh_)
        return;
    *refresh_ = (Refresh) {
        .manager = manager,
        .words = loop_words(manager, manager->last_inspection),
        .findings = json_incref(findings),
    };
    if (offload_submit(manager->offload, refresh_work, refresh_done, refresh_) < 0) {
        refresh_->result = -ENOMEM;
        refresh_done(refresh_);
    }
}

void metrics_refresh(Manager *manager)
{
    if (manager->config.textfile_directory)
        refresh(manager, NULL);
}

static int on_refresh_time(sd_event_source *source, uint64_t usec, void *userdata)
{
    Manager *manager = userdata;

    (void)usec;
    metrics_refresh(manager);
    sd_event_source_set_time_relative(source, manager->config.textfile_refresh_usec);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int metrics_refresh_by_time(Manager *manager)
{
    if (!manager->config.textfile_directory)
        return 0;
    return sd_event_add_time_relative(manager->event, &manager->textfile_refresh, CLOCK_BOOTTIME,
                                      manager->config.textfile_refresh_usec, 0, on_refresh_time,
                                      manager);
}

/* What makes a finding another one: its numbers may move all the time. A new reference. */
static json_t *findings_key(const json_t *findings)
{
    json_t *key = json_array();

    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);

        json_array_append_new(key, json_pack("[s, s, s]", json_get_string(finding, "id", ""),
                                             json_get_string(finding, "device", ""),
                                             json_get_string(finding, "severity", "")));
    }
    return key;
}

void metrics_note_findings(Manager *manager, const json_t *inspection)
{
    json_t *findings = json_object_get(inspection, "findings");
    json_t *key = findings_key(findings);

    if (manager->findings_key && json_equal(key, manager->findings_key)) {
        json_decref(key);
        return;
    }
    json_decref(manager->findings_key);
    manager->findings_key = key;
    refresh(manager, findings);
}
