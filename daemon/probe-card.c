/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: read a card as the kernel shows it. A card that failed to initialise has no node in
 * sysfs: the kernel's log is all there is of it.
 */
#include "daemon/probe-card.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

/* What the kernel shows of a card (drivers/mmc/core/{sd,mmc}.c, 6.1). */
static const char *const attributes[] = {
    "type",  "name", "cid",   "csd",   "scr", "ssr",       "ocr",          "serial",  "manfid",
    "oemid", "date", "hwrev", "fwrev", "rev", "life_time", "pre_eol_info", "cmdq_en", NULL,
};

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

const char *const *probe_card_attributes(void)
{
    return attributes;
}

char *probe_card_name(const ProbeRoot *root, const char *controller, const char *host)
{
    char **names = NULL, *name = NULL;
    size_t n = 0, length = strlen(host);

    if (probe_list(root, &names, &n, "%s/mmc_host/%s", controller, host) < 0)
        return NULL;
    for (size_t i = 0; i < n && !name; i++)
        if (strncmp(names[i], host, length) == 0 && names[i][length] == ':')
            name = strdup(names[i]);
    probe_names_free(names, n);
    return name;
}

/* Registers and names. EXT_CSD is in debugfs alone, and only eMMC has one. */
static json_t *read_registers(const ProbeRoot *root, const char *folder, const char *host,
                              const char *name)
{
    _cleanup_free_ char *ext_csd = NULL;
    json_t *card = json_object();

    for (size_t i = 0; card && attributes[i]; i++) {
        _cleanup_free_ char *text = NULL;

        if (probe_read_text(root, &text, "%s/%s", folder, attributes[i]) == 0)
            set_text(card, attributes[i], text);
    }
    if (card && probe_read_text(root, &ext_csd, "/sys/kernel/debug/%s/%s/ext_csd", host, name) == 0)
        set_text(card, "ext_csd", ext_csd);
    return card;
}

static char *block_device(const ProbeRoot *root, const char *folder)
{
    char **names = NULL, *block = NULL;
    size_t n = 0;

    if (probe_list(root, &names, &n, "%s/block", folder) == 0 && n > 0)
        block = strdup(names[0]);
    probe_names_free(names, n);
    return block;
}

static void read_errors(const ProbeRoot *root, StorageDevice *device)
{
    _cleanup_free_ char *text = NULL;

    if (probe_read_text(root, &text, "/sys/kernel/debug/%s/err_stats", device->host) == 0)
        (void)mmc_errors_parse(text, &device->errors);
}

int probe_card(const ProbeRoot *root, const char *controller, StorageDevice *device)
{
    _cleanup_free_ char *name = probe_card_name(root, controller, device->host), *folder = NULL;

    read_errors(root, device);
    if (!name)
        return 0;
    if (asprintf(&folder, "%s/mmc_host/%s/%s", controller, device->host, name) < 0) {
        folder = NULL;
        return -ENOMEM;
    }
    device->card = read_registers(root, folder, device->host, name);
    device->block = block_device(root, folder);
    return device->card ? 1 : -ENOMEM;
}
