/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/quiet.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/block-device.h"
#include "daemon/cpu-time.h"
#include "daemon/host.h"
#include "daemon/target-cards.h"
#include "daemon/target-claim.h"
#include "placement/card.h"

/* Counters at one moment. */
typedef struct Counters {
    uint64_t boottime_usec;
    bool cpu_known, disk_known;
    CpuTime cpu;
    BlockCount disk;
} Counters;

static Counters read_counters(const char *disk)
{
    Counters counters = { .boottime_usec = clock_boottime_usec() };

    counters.cpu_known = cpu_time_read(&counters.cpu) >= 0;
    counters.disk_known = block_count(disk, &counters.disk) >= 0;
    return counters;
}

/* The share of the time between that all CPUs together were busy; NAN when it is unknown. */
static double cpu_busy(const Counters *before, const Counters *after)
{
    long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t usec;

    if (!before->cpu_known || !after->cpu_known || n_cpus < 1 ||
        !cpu_time_between(&before->cpu, &after->cpu, &usec))
        return NAN;
    return (double)usec / (double)(after->boottime_usec - before->boottime_usec) / (double)n_cpus;
}

static double disk_busy(const Counters *before, const Counters *after)
{
    if (!before->disk_known || !after->disk_known || after->disk.busy_usec < before->disk.busy_usec)
        return NAN;
    return (double)(after->disk.busy_usec - before->disk.busy_usec) /
           (double)(after->boottime_usec - before->boottime_usec);
}

/* The whole window, or until the daemon wants an end: -ECANCELED. */
static int wait_window(const ChildLink *link, uint64_t window_usec)
{
    struct pollfd control = { .fd = link->control_fd, .events = POLLIN };
    uint64_t end_usec = clock_boottime_usec() + window_usec, now;

    while ((now = clock_boottime_usec()) < end_usec) {
        struct timespec left = { .tv_sec = (time_t)((end_usec - now) / USEC_PER_SEC),
                                 .tv_nsec =
                                     (long)((end_usec - now) % USEC_PER_SEC * NSEC_PER_USEC) };
        int r = ppoll(&control, 1, &left, NULL);

        if (r > 0)
            return -ECANCELED;
        if (r < 0 && errno != EINTR)
            return -errno;
    }
    return 0;
}

static void set_share(json_t *message, const char *key, double share)
{
    if (isfinite(share))
        json_object_set_new(message, key, json_real(share < 1 ? share : 1));
}

static int watch(const ChildLink *link, const QuietInput *input, const char *disk, bool worn)
{
    Counters before = read_counters(disk), after;
    json_t *message;
    int r = wait_window(link, input->config->schedule.quiet_window_usec);

    if (r < 0)
        return r;
    after = read_counters(disk);
    message = json_pack("{s:s, s:b}", "disk", disk, "worn", worn);
    set_share(message, "cpu_busy", cpu_busy(&before, &after));
    set_share(message, "disk_busy", disk_busy(&before, &after));
    return child_send(link, message);
}

static int tell_refusal(const ChildLink *link, const char *reason)
{
    return child_send(link, json_pack("{s:o}", "refusal", json_text(reason)));
}

/* Does the card behind the disk say that it is at its end? */
static bool is_worn(const HostFacts *facts, const char *disk)
{
    const StorageDevice *device = host_facts_find_device(facts, disk);
    CardWear wear = card_wear(device ? device->card : NULL);

    return card_wear_is_out(&wear);
}

static int find_and_watch(const ChildLink *link, const QuietInput *input, const HostFacts *facts)
{
    _cleanup_free_ TargetCard *cards = NULL;
    _cleanup_(target_place_done) TargetPlace place = { 0 };
    TargetRefusal refusal = { 0 };
    TargetWant want = {
        .asked = input->request->target,
        .confirm_cid = input->request->confirm_cid,
        .directory = input->config->target_directory,
        .bytes = 1, /* how much is asked by the run itself */
    };
    int r = target_cards_list(facts, input->latches, &cards, &want.n_cards);

    if (r < 0)
        return r;
    if (want.n_cards == 0)
        return tell_refusal(link, "no MMC or SD card is ready on this host");
    want.cards = cards;
    r = target_find(&want, &place, &refusal);
    if (r == 0) {
        r = tell_refusal(link, refusal.reason);
        free(refusal.reason);
        return r;
    }
    if (!place.card)
        return r;
    return watch(link, input, place.card->disk, is_worn(facts, place.card->disk));
}

int quiet_main(const ChildLink *link, void *data)
{
    const QuietInput *input = data;
    HostSource source = { .root = "/", .before = input->before };
    HostFacts facts;
    int r = host_acquire(&source, &facts);

    if (r >= 0) {
        r = find_and_watch(link, input, &facts);
        host_facts_done(&facts);
    }
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
