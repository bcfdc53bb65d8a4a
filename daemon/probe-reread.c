/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: decide which cards are asked again, and put what they answered with the cards.
 */
#include "daemon/probe-reread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/card-reader.h"
#include "daemon/probe-card.h"
#include "daemon/probe-storage.h"

static const char captured[] = "/card-rereads.json";

/* What an inspection has of this very card, while it is young; borrowed, or NULL. */
static json_t *find_before(const json_t *before, const StorageDevice *device)
{
    const char *cid = json_get_string(device->card, "cid", NULL);
    const json_t *each;
    size_t i;

    json_array_foreach(json_object_get(before, "devices"), i, each)
    {
        const json_t *card = json_object_get(each, "card");
        json_t *reread = json_object_get(card, "reread");
        uint64_t seen = (uint64_t)json_get_int(reread, "seen_boottime_usec", 0);
        const char *name = json_get_string(each, "name", "");

        if (!cid || !device->name || strcmp(name, device->name) != 0 ||
            strcmp(json_get_string(card, "cid", ""), cid) != 0 || seen == 0)
            continue;
        if (clock_boottime_usec() < seen + PROBE_REREAD_KEEP_USEC)
            return reread;
    }
    return NULL;
}

int probe_reread_rca(const ProbeRoot *root, const char *host, uint16_t *ret_rca)
{
    _cleanup_free_ char *controller = probe_storage_controller(root, host);
    _cleanup_free_ char *name = controller ? probe_card_name(root, controller, host) : NULL;

    return name ? card_reader_parse_rca(name, ret_rca) : -ENODEV;
}

/* Every read failed alike for want of a right, and none can be counted as the card's. */
static bool is_forbidden(const CardReading *reading)
{
    const CardReread *first = &reading->registers[0];

    return reading->n > 0 && first->n_reads == 0 && first->errors[0].error == EPERM;
}

/* Ask the card: 0 and *ret_reread (a new reference), or the negative errno that kept it from being
 * asked. */
static int ask_card(const ProbeRoot *root, const StorageDevice *device, json_t **ret_reread)
{
    CardReaderSpec spec = { .card = device->card, .n_reads = PROBE_REREAD_N };
    _cleanup_free_ CardReading *reading = calloc(1, sizeof(*reading));
    _cleanup_close_ int fd = -1;
    char path[64];
    int r = probe_reread_rca(root, device->host, &spec.rca);

    if (!reading)
        return -ENOMEM;
    if (r < 0)
        return r;
    snprintf(path, sizeof(path), "/dev/%.32s", device->block);
    fd = probe_open(root, path, 0);
    if (fd < 0)
        return fd;
    spec.port = card_port_of_disk(&fd);
    spec.until_boottime_usec = clock_boottime_usec() + PROBE_REREAD_LIMIT_USEC;
    card_reader_begin(spec.card, reading);
    card_reader_run(&spec, reading);
    if (is_forbidden(reading))
        return -EPERM;
    *ret_reread = json_pack("{s:I, s:o}", "seen_boottime_usec", (json_int_t)clock_boottime_usec(),
                            "registers", card_reading_build(reading));
    return *ret_reread ? 0 : -ENOMEM;
}

static int reread_live(const ProbeRoot *root, const json_t *before, StorageDevice *device,
                       HostFacts *facts)
{
    json_t *reread = json_incref(find_before(before, device));
    int r = reread ? 0 : ask_card(root, device, &reread);

    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return host_facts_note(&facts->unknown, "%s: its registers cannot be read again: %s: %s",
                               device->host, device->block, strerror(-r));
    return json_object_set_new(device->card, "reread", reread) < 0 ? -ENOMEM : 0;
}

/* What a capture found; a tree without it says nothing of it. */
static json_t *read_captured(const ProbeRoot *root)
{
    _cleanup_free_ char *text = NULL;
    json_t *file = NULL;
    size_t size;

    if (probe_read(root, captured, PROBE_MAX_TEXT_BYTES, &text, &size) == 0)
        (void)json_parse_foreign(text, size, &file);
    return file;
}

int probe_reread(const ProbeRoot *root, const json_t *before, HostFacts *facts)
{
    _cleanup_json_ json_t *file = root->live ? NULL : read_captured(root);
    int r = 0;

    for (size_t i = 0; r == 0 && i < facts->n_devices; i++) {
        StorageDevice *device = &facts->devices[i];
        json_t *reread;

        if (device->state != DEVICE_STATE_READY || !device->host || !device->block || !device->card)
            continue;
        if (root->live) {
            r = reread_live(root, before, device, facts);
            continue;
        }
        reread = json_object_get(json_object_get(file, "cards"), device->host);
        if (json_is_object(reread))
            r = json_object_set(device->card, "reread", reread) < 0 ? -ENOMEM : 0;
    }
    return r;
}

json_t *probe_reread_to_json(const HostFacts *facts)
{
    json_t *cards = json_object();

    for (size_t i = 0; i < facts->n_devices; i++) {
        const StorageDevice *device = &facts->devices[i];
        json_t *reread = json_object_get(device->card, "reread");

        if (device->host && reread)
            json_object_set(cards, device->host, reread);
    }
    return json_pack("{s:i, s:o}", "schema", 1, "cards", cards);
}
