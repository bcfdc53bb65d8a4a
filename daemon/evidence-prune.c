/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/evidence-prune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "daemon/evidence.h"

#define MAX_ENTRIES 100000U

/* --- choosing ------------------------------------------------------------------------------ */

/* Let the oldest go, of a corruption or not, until the rest takes no more room than there is. */
static uint64_t make_room(EvidenceEntry *entries, size_t n, bool corruption, uint64_t bytes,
                          uint64_t max_bytes)
{
    for (size_t i = 0; i + 1 < n && bytes > max_bytes; i++) {
        if (entries[i].goes || entries[i].is_corruption != corruption)
            continue;
        entries[i].goes = true;
        bytes -= entries[i].bytes;
    }
    return bytes;
}

void evidence_choose(EvidenceEntry *entries, size_t n, uint64_t max_bytes, uint64_t max_age_usec)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < n; i++) {
        entries[i].goes = i + 1 < n && entries[i].age_known && !entries[i].is_corruption &&
                          entries[i].age_usec > max_age_usec;
        if (!entries[i].goes)
            bytes += entries[i].bytes;
    }
    bytes = make_room(entries, n, false, bytes, max_bytes);
    make_room(entries, n, true, bytes, max_bytes);
}

/* --- what is there ------------------------------------------------------------------------- */

typedef struct EvidenceList {
    EvidenceEntry *entries;
    size_t n, capacity;
} EvidenceList;

static uint64_t bytes_of(int runs_fd, const char *name)
{
    int fd = openat(runs_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_closedir_ DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    uint64_t bytes = 0;
    struct stat st;

    while (directory && (entry = readdir(directory)))
        if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            bytes += (uint64_t)st.st_size;
    return bytes;
}

static EvidenceEntry *list_add(EvidenceList *list)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        EvidenceEntry *entries = reallocarray(list->entries, capacity, sizeof(*entries));
        if (!entries)
            return NULL;
        list->entries = entries;
        list->capacity = capacity;
    }
    memset(&list->entries[list->n], 0, sizeof(list->entries[list->n]));
    return &list->entries[list->n++];
}

/* Fill in what the store knows of the run. One that it does not know, of a store that was set
 * aside, say, counts as the oldest. */
static int fill(Store *store, const StoreTime *now, EvidenceEntry *entry, uint64_t *ret_sequence)
{
    RunRecord record;
    int r = store_get_run(store, entry->name, &record);

    *ret_sequence = 0;
    if (r <= 0)
        return r;
    entry->is_corruption = record.has_verdict && record.verdict == VERDICT_CORRUPTION;
    entry->age_known = record.clock == RUN_CLOCK_SYNCHRONISED &&
                       now->clock == RUN_CLOCK_SYNCHRONISED &&
                       now->realtime_usec >= record.started_realtime_usec;
    entry->age_usec = entry->age_known ? now->realtime_usec - record.started_realtime_usec : 0;
    run_record_done(&record);
    return store_get_sequence(store, entry->name, ret_sequence);
}

/* An entry beside the order it has. */
typedef struct Ordered {
    uint64_t sequence;
    EvidenceEntry entry;
} Ordered;

static int compare_order(const void *a, const void *b)
{
    const Ordered *x = a, *y = b;

    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* Oldest first, in place. */
static int sort_entries(Store *store, const StoreTime *now, EvidenceList *list)
{
    _cleanup_free_ Ordered *ordered = calloc(list->n + 1, sizeof(*ordered));
    int r = ordered ? 0 : -ENOMEM;

    for (size_t i = 0; r >= 0 && i < list->n; i++) {
        r = fill(store, now, &list->entries[i], &ordered[i].sequence);
        ordered[i].entry = list->entries[i];
    }
    if (r < 0)
        return r;
    qsort(ordered, list->n, sizeof(*ordered), compare_order);
    for (size_t i = 0; i < list->n; i++)
        list->entries[i] = ordered[i].entry;
    return 0;
}

static int list_evidence(DIR *runs, EvidenceList *list)
{
    const struct dirent *entry;

    while ((entry = readdir(runs)) && list->n < MAX_ENTRIES) {
        EvidenceEntry *added;

        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof(added->name))
            continue;
        added = list_add(list);
        if (!added)
            return -ENOMEM;
        memcpy(added->name, entry->d_name, strlen(entry->d_name) + 1);
        added->bytes = bytes_of(dirfd(runs), entry->d_name);
    }
    return 0;
}

/* --- pruning ------------------------------------------------------------------------------- */

static int remove_chosen(Store *store, const Config *config, const EvidenceList *list)
{
    int n = 0, r = 0;

    for (size_t i = 0; r >= 0 && i < list->n; i++) {
        if (!list->entries[i].goes)
            continue;
        r = store_forget_evidence(store, list->entries[i].name);
        if (r >= 0)
            evidence_remove(config->state_directory, list->entries[i].name);
        n++;
    }
    return r < 0 ? r : n;
}

int evidence_prune(Store *store, const Config *config, const StoreTime *now)
{
    _cleanup_free_ char *path = evidence_path(config->state_directory, ".");
    _cleanup_closedir_ DIR *runs = path ? opendir(path) : NULL;
    EvidenceList list = { 0 };
    int r;

    if (!path)
        return -ENOMEM;
    if (!runs)
        return errno == ENOENT ? 0 : -errno;
    r = list_evidence(runs, &list);
    if (r >= 0)
        r = sort_entries(store, now, &list);
    if (r >= 0) {
        evidence_choose(list.entries, list.n, config->evidence_max_bytes,
                        config->evidence_max_age_usec);
        r = remove_chosen(store, config, &list);
    }
    free(list.entries);
    return r;
}
