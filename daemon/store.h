/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_H
#define XDMAD_DAEMON_STORE_H
/*
 * What outlives the daemon: runs with their figures, the series these add up to, findings, and the
 * writes charged to the card. SQLite in WAL mode with full
 * sync, so that a power cut leaves the old or the new state. Calls may wait for the disk: they are
 * made from one thread only, the offload's (daemon/offload.h), or before the loop runs.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "daemon/run-record.h"

typedef struct Store Store;

/* Now, on both clocks: a Pi has none that survives a reboot. */
typedef struct StoreTime {
    char boot_id[40];
    uint64_t boottime_usec; /* of this boot */
    uint64_t realtime_usec;
    RunClock clock; /* what realtime_usec is worth */
} StoreTime;

/*
 * Open or make DIRECTORY/xdmad.db and bring it to the present schema. A file that is no sound
 * database is set aside as xdmad.db.damaged-N and *ret_notice (owned) says so; a schema newer than
 * this program is left alone: -EPROTONOSUPPORT. 0 or negative errno.
 */
int store_open(const char *directory, Store **ret_store, char **ret_notice);
Store *store_close(Store *store);

/* What was under way when the last daemon ended. */
typedef struct StoreInterrupted {
    unsigned n_runs;
    unsigned n_unclean_boots; /* boots that ended under one of them, whatever they were */
    bool latched;             /* by now that is too many: see daemon/store-schedule.h */
} StoreInterrupted;

/*
 * Every run that was queued or running is now interrupted: nobody is left to run it. Its verdict
 * is none, but for a corruption, which stays what it is. A run of another boot than this one is one
 * that the host went down under, for a daemon that is stopped in order ends its runs; which boots
 * these were is counted in the same transaction. 0 and *ret_interrupted, or negative errno.
 */
int store_interrupt_unfinished(Store *store, const StoreTime *now,
                               StoreInterrupted *ret_interrupted);

/* Bytes written in the 24 hours and in the 7 days before now: those that were charged, or those
 * that may be. */
typedef struct StoreWrites {
    uint64_t day_bytes;
    uint64_t week_bytes;
} StoreWrites;

/*
 * Admit a run: its record and its charge in one transaction, both or neither.
 * 1 admitted; 0 when `write_bytes` more would pass the budget of a day or of a week (*ret_charged
 * is what store_charged_writes() tells); negative errno.
 */
int store_admit_run(Store *store, const RunRecord *record, uint64_t write_bytes,
                    const StoreWrites *budget, const StoreTime *now, StoreWrites *ret_charged);

/*
 * Write how a run ended, in one transaction: the record; what the kernel counted as written, where
 * it is known (NULL: the charge stays), which settles the charge from now on; and of its report
 * (NULL when there is none; borrowed) the environment, the reasons of the verdict, the legs'
 * figures and a point of each series, with what its history says of it. 0 or negative errno.
 */
int store_finish_run(Store *store, const RunRecord *record, const StoreTime *now,
                     const uint64_t *written_bytes, const json_t *report);

/* The newest runs, newest first; *ret_records is an array of *ret_n that the caller frees with
 * store_free_runs(). */
int store_list_runs(Store *store, size_t limit, RunRecord **ret_records, size_t *ret_n);
void store_free_runs(RunRecord *records, size_t n);

/* One run: 1 and *ret_record (the caller's), 0 when there is none of that id, negative errno.
 * id NULL: the newest. */
int store_get_run(Store *store, const char *id, RunRecord *ret_record);

/*
 * The run that a word means: its id or the beginning of it, STORE_LEAST_PREFIX characters at least;
 * "last" or "previous", of the runs that have figures; NULL is the newest of all. 1 and
 * *ret_record (the caller's), 0 when there is none, -ENOTUNIQ when several ids begin so, negative
 * errno.
 */
#define STORE_LEAST_PREFIX 4U
int store_find_run(Store *store, const char *word, RunRecord *ret_record);

/* The newest run that ended with a verdict: 1 and *ret_record (the caller's), 0, or negative errno.
 */
int store_get_last_verdict(Store *store, RunRecord *ret_record);

/* The newest run that was asked for by a calendar: likewise. */
int store_get_last_scheduled(Store *store, RunRecord *ret_record);

/* Whether a run found corruption and no verify has passed since. 0 or negative errno. */
int store_is_corrupted(Store *store, bool *ret_corrupted);

/* How many runs have found corruption: no run is ever forgotten, so it never falls. 0 or negative
 * errno. */
int store_count_corruptions(Store *store, uint64_t *ret_n);

/* The place of a run among all, from 1: an order that no clock can upset. 0, -ENOENT or another
 * negative errno. */
int store_get_sequence(Store *store, const char *id, uint64_t *ret_sequence);

/* The evidence of a run is about to be removed: its record no longer says where it is. 0 or
 * negative errno. */
int store_forget_evidence(Store *store, const char *id);

/* A card that is not written to: since which run, and why. */
#define CARD_LATCH_BYTES 80U /* of its name, with the NUL: a CID, or "disk:" and a disk's name */
typedef struct CardLatch {
    char card[CARD_LATCH_BYTES];
    char run[40];
    char reason[256];
    uint64_t realtime_usec;
} CardLatch;

/* Keep one, unless the card has one, and with it that its run's verdict is corruption, both or
 * neither; forget one, or all (NULL). 0 or negative errno. */
int store_set_latch(Store *store, const CardLatch *latch);
int store_clear_latch(Store *store, const char *card);

/* All of them, the oldest first; the caller frees *ret_latches. 0 or negative errno. */
int store_list_latches(Store *store, CardLatch **ret_latches, size_t *ret_n);

/* What was charged before now, by either clock: one that was set back or forward frees nothing of
 * this boot, and a charge from the future still counts. */
int store_charged_writes(Store *store, const StoreTime *now, StoreWrites *ret_charged);

#endif
