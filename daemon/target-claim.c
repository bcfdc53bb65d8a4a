/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/target-claim.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "daemon/block-stack.h"
#include "daemon/mounts.h"
#include "daemon/target-file.h"
#include "daemon/target-raw.h"

static const TargetCard *find_card(const TargetWant *want, const char *disk)
{
    for (size_t i = 0; i < want->n_cards; i++)
        if (strcmp(want->cards[i].disk, disk) == 0)
            return &want->cards[i];
    return NULL;
}

/* Bytes were found damaged on the card's way: it is left alone. */
static int refuse_latched(const TargetCard *card, TargetRefusal *ret_refusal)
{
    return target_refuse(ret_refusal, true,
                         "%s (CID %s) is not written to since run %s found its bytes damaged: %s; "
                         "once that is explained, `xdmactl verify --clear` releases the card",
                         card->disk, card->cid ? card->cid : "unknown", card->latch->run,
                         card->latch->reason);
}

/* A card that may be written to, for a file of ours in `directory` (owned by the caller), or for
 * itself (NULL). */
static int take_card(const TargetCard *card, const char *directory, TargetPlace *ret_place,
                     TargetRefusal *ret_refusal)
{
    TargetPlace place = { .kind = directory ? TARGET_FILE : TARGET_RAW, .card = card };

    if (card->latch)
        return refuse_latched(card, ret_refusal);
    if (directory) {
        place.directory = strdup(directory);
        if (!place.directory)
            return -ENOMEM;
    }
    *ret_place = place;
    return 1;
}

/* A directory that the client or the configuration names. */
static int find_directory(const TargetWant *want, const char *directory, TargetPlace *ret_place,
                          TargetRefusal *ret_refusal)
{
    _cleanup_free_ char *reason = NULL;
    char disk[BLOCK_NAME_BYTES];
    const TargetCard *card;
    struct stat st;
    int r;

    if (stat(directory, &st) < 0)
        return target_refuse(ret_refusal, false, "%s: %s; name a directory on the card, or none",
                             directory, strerror(errno));
    r = block_disk_beneath(st.st_dev, disk, &reason);
    if (r == 0)
        return target_refuse(ret_refusal, false, "%s: %s", directory, reason);
    card = r < 0 ? NULL : find_card(want, disk);
    if (!card)
        return target_refuse(ret_refusal, false,
                             "%s lies on %s, which is no MMC or SD card that is ready; name a "
                             "directory on a card (xdmactl list shows them)",
                             directory, r < 0 ? "no block device" : disk);
    return take_card(card, directory, ret_place, ret_refusal);
}

/* The first card that has a file system to write to. */
static int find_default(const TargetWant *want, TargetPlace *ret_place, TargetRefusal *ret_refusal)
{
    for (size_t i = 0; i < want->n_cards; i++) {
        _cleanup_free_ char *directory = NULL;
        int r = mounts_find_writable(want->cards[i].disk, &directory);

        if (r < 0)
            return r;
        if (r > 0)
            return take_card(&want->cards[i], directory, ret_place, ret_refusal);
    }
    return target_refuse(ret_refusal, false,
                         "no file system of %s is mounted for writing; mount one, or name the "
                         "device itself with --confirm-cid if all of it may be overwritten",
                         want->cards[0].disk);
}

void target_place_done(TargetPlace *place)
{
    free(place->directory);
    *place = (TargetPlace) { 0 };
}

int target_find(const TargetWant *want, TargetPlace *ret_place, TargetRefusal *ret_refusal)
{
    char disk[BLOCK_NAME_BYTES];
    const TargetCard *card;
    struct stat st;

    if (!want->asked && want->directory)
        return find_directory(want, want->directory, ret_place, ret_refusal);
    if (!want->asked)
        return find_default(want, ret_place, ret_refusal);
    if (stat(want->asked, &st) < 0)
        return target_refuse(ret_refusal, false,
                             "%s: %s; name a directory on the card, a block device, or nothing",
                             want->asked, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return find_directory(want, want->asked, ret_place, ret_refusal);
    if (!S_ISBLK(st.st_mode))
        return target_refuse(ret_refusal, true,
                             "%s is neither a directory nor a block device; xdmad writes to no "
                             "file but its own: name the directory that it may lie in",
                             want->asked);
    card = block_disk_of(st.st_rdev, disk) < 0 ? NULL : find_card(want, disk);
    if (!card)
        return target_refuse(ret_refusal, true,
                             "%s is no MMC or SD card that is ready, so there is no CID to make "
                             "sure by; xdmactl list shows the cards",
                             want->asked);
    return take_card(card, NULL, ret_place, ret_refusal);
}

int target_claim(const TargetWant *want, Target *ret_target, TargetRefusal *ret_refusal)
{
    _cleanup_(target_place_done) TargetPlace place = { 0 };
    int r = target_find(want, &place, ret_refusal);

    if (!place.card)
        return r; /* none was found */
    if (place.kind == TARGET_RAW)
        return target_raw_claim(want, place.card, ret_target, ret_refusal);
    return target_file_claim(want, place.directory, place.card->disk, ret_target, ret_refusal);
}
