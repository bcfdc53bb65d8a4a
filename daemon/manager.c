/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/manager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include <systemd/sd-daemon.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/api.h"
#include "daemon/evidence.h"
#include "daemon/finding-news.h"
#include "daemon/huge-pool.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/self-look.h"
#include "daemon/store-time.h"

static void on_quiet(void *userdata)
{
    Manager *manager = userdata;

    sd_event_exit(manager->event, 0);
}

static void on_idle(void *userdata)
{
    Manager *manager = userdata;

    if (manager->publisher)
        publisher_stop(manager->publisher, on_quiet, manager);
    else
        on_quiet(manager);
}

void manager_see(Manager *manager, json_t *inspection)
{
    _cleanup_json_ json_t *before = manager->last_inspection;

    manager->last_inspection = json_incref(inspection);
    metrics_note_findings(manager, inspection);
    if (manager->private_)
        return;
    publisher_see(manager->publisher, inspection);
    finding_news_tell(manager, before, inspection);
}

static void on_run_end(const RunRecord *record, void *userdata)
{
    Manager *manager = userdata;

    if (manager->publisher)
        publisher_set_run(manager->publisher, run_record_to_json(record));
    metrics_refresh(manager);
    if (!manager->private_)
        self_look_soon(manager);
}

/* Of what is no run's end, and the metrics tell. */
static void on_run_news(void *userdata)
{
    metrics_refresh(userdata);
}

static void stop(Manager *manager)
{
    sd_notify(0, "STOPPING=1");
    schedule_stop(manager->schedule);
    jobs_stop(manager->jobs, on_idle, manager);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
    (void)source;
    (void)info;
    stop(userdata);
    return 0;
}

static void on_last_peer(void *userdata)
{
    Manager *manager = userdata;

    if (manager->private_)
        stop(manager);
}

static const char *explain_open(int r)
{
    switch (r) {
    case -EBUSY:
        return "another xdmad uses it; ask that one, or give a directory of your own in "
               "XDMAD_STATE_DIRECTORY";
    case -EPROTONOSUPPORT:
        return "its schema is newer than this xdmad; install the newer one again";
    default:
        return strerror(-r);
    }
}

/* A daemon without a store still inspects: it says why it does nothing more. */
static void open_store(Manager *manager)
{
    const char *directory = manager->config.state_directory;
    _cleanup_free_ char *notice = NULL;
    StoreInterrupted interrupted = { 0 };
    StoreTime now = store_time_now();
    int r = store_open(directory, &manager->store, &notice);

    if (notice)
        log_error("%s", notice);
    if (r >= 0) {
        evidence_sweep(manager->config.runtime_directory, directory);
        r = store_interrupt_unfinished(manager->store, &now, &interrupted);
        if (r < 0)
            manager->store = store_close(manager->store);
    }
    if (interrupted.n_runs > 0)
        journal_runs_interrupted(&interrupted);
    if (r >= 0)
        return;
    if (asprintf(&manager->store_failure, "no run can be recorded in %s: %s", directory,
                 explain_open(r)) < 0)
        manager->store_failure = NULL;
    log_warning("%s", manager->store_failure ? manager->store_failure : "out of memory");
}

/* The last run that is recorded; the loop does not run yet, so that the store may be asked here. */
static void publish_last_run(Manager *manager)
{
    RunRecord record;

    if (!manager->store || store_get_run(manager->store, NULL, &record) <= 0)
        return;
    publisher_set_run(manager->publisher, run_record_to_json(&record));
    run_record_done(&record);
}

/* A run that was killed may have left the pool of huge pages raised. */
static void recover_huge_pages(void)
{
    int r = huge_pool_recover("/");

    if (r > 0)
        log_warning("a run that was killed had raised the pool of huge pages: put back");
    else if (r < 0 && r != -EBUSY && r != -EACCES)
        log_warning("the pool of huge pages cannot be put back to what it was: %s", strerror(-r));
}

static int prepare_loop(Manager *manager)
{
    int r = sd_event_default(&manager->event);

    if (r >= 0)
        r = sd_event_add_signal(manager->event, NULL, SIGTERM, on_signal, manager);
    if (r >= 0)
        r = sd_event_add_signal(manager->event, NULL, SIGINT, on_signal, manager);
    /* Fed by the loop itself: a loop that is stuck feeds nothing. */
    if (r >= 0)
        r = sd_event_set_watchdog(manager->event, 1);
    return r;
}

/* Children and the loop's signals: blocked here, so before any thread or child. */
static int block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -errno : 0;
}

int manager_new(Config *config, bool private_, Manager **ret_manager)
{
    Manager *manager = calloc(1, sizeof(*manager));
    int r;

    if (!manager) {
        config_done(config);
        return -ENOMEM;
    }
    manager->config = *config;
    *config = (Config) { 0 };
    manager->private_ = private_;
    manager->started_boottime_usec = clock_boottime_usec();
    r = block_signals();
    if (r >= 0)
        r = prepare_loop(manager);
    if (r >= 0)
        r = offload_new(manager->event, &manager->offload);
    if (r >= 0) {
        open_store(manager);
        recover_huge_pages();
        r = jobs_new(manager->event, &manager->config, manager->store, manager->offload,
                     &(JobsListener) { on_run_end, on_run_news, on_run_news, manager },
                     &manager->jobs);
    }
    if (r >= 0)
        r = schedule_new(manager, &manager->schedule);
    if (r >= 0 && !private_)
        r = publisher_new(manager->event, &manager->publisher);
    if (r >= 0 && !private_)
        publish_last_run(manager);
    if (r >= 0)
        r = metrics_refresh_by_time(manager);
    if (r >= 0)
        r = varlink_server_new(manager->event, api_handle, on_last_peer, manager, &manager->server);
    if (r < 0) {
        manager_free(manager);
        return r;
    }
    *ret_manager = manager;
    return 0;
}

Manager *manager_free(Manager *manager)
{
    if (!manager)
        return NULL;
    /* first the questions under way, then who may have asked them */
    manager->offload = offload_free(manager->offload);
    manager->schedule = schedule_free(manager->schedule);
    manager->jobs = jobs_free(manager->jobs);
    manager->server = varlink_server_free(manager->server);
    manager->publisher = publisher_free(manager->publisher);
    manager->store = store_close(manager->store);
    sd_event_source_disable_unref(manager->self_look);
    sd_event_source_disable_unref(manager->textfile_refresh);
    sd_event_unref(manager->event);
    config_done(&manager->config);
    free(manager->store_failure);
    json_decref(manager->last_inspection);
    json_decref(manager->findings_key);
    free(manager);
    return NULL;
}

int manager_run(Manager *manager)
{
    sd_notifyf(0, "READY=1\nSTATUS=%s",
               manager->store ? "Waiting for calls" : manager->store_failure);
    if (!manager->private_)
        self_look_soon(manager);
    return sd_event_loop(manager->event);
}
