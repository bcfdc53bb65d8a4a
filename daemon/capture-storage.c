/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the files and links that probe-storage.c and probe-card.c read.
 */
#include "daemon/capture-storage.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "daemon/probe-card.h"
#include "daemon/probe-storage.h"

/* Do this for a path that is put together. */
__attribute__((format(printf, 3, 4))) static int
capture_at(Capture *capture, int (*take)(Capture *capture, const char *path), const char *format,
           ...)
{
    char path[4096];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof(path))
        return capture_note(capture, format, -ENAMETOOLONG);
    return take(capture, path);
}

static int take_text(Capture *capture, const char *path)
{
    return capture_file(capture, PROBE_MAX_TEXT_BYTES, path);
}

/* The block device's name is a folder's. */
static int take_block(Capture *capture, const char *path)
{
    char **names = NULL;
    size_t n = 0;
    int r = probe_list(capture->root, &names, &n, "%s", path);

    if (r < 0)
        return capture_note(capture, path, r);
    if (n > 0) {
        _cleanup_free_ char *folder = NULL;

        if (asprintf(&folder, "%s/%s", path, names[0]) < 0) {
            folder = NULL;
            r = -ENOMEM;
        } else {
            r = tar_add_folder(&capture->tar, folder + 1);
        }
    }
    probe_names_free(names, n);
    return r;
}

static int capture_card(Capture *capture, const char *controller, const char *host,
                        const char *card)
{
    _cleanup_free_ char *folder = NULL;
    const char *const *attributes;
    int r;

    if (asprintf(&folder, "%s/mmc_host/%s/%s", controller, host, card) < 0) {
        folder = NULL;
        return -ENOMEM;
    }
    r = tar_add_folder(&capture->tar, folder + 1);
    for (attributes = probe_card_attributes(); r == 0 && *attributes; attributes++)
        r = capture_at(capture, take_text, "%s/%s", folder, *attributes);
    if (r == 0)
        r = capture_at(capture, take_block, "%s/block", folder);
    if (r == 0)
        r = capture_at(capture, take_text, "/sys/kernel/debug/%s/%s/ext_csd", host, card);
    return r;
}

/* The group's type is read through the link: it is put where the link leads. */
static int capture_iommu_group(Capture *capture, const char *controller)
{
    _cleanup_free_ char *target = NULL;
    const char *slash;
    int r;

    if (probe_read_link(capture->root, &target, "%s/iommu_group", controller) < 0)
        return 0;
    r = capture_at(capture, capture_link, "%s/iommu_group", controller);
    slash = strrchr(target, '/');
    return r < 0 ? r
                 : capture_at(capture, take_text, "/sys/kernel/iommu_groups/%s/type",
                              slash ? slash + 1 : target);
}

/* A PCI device's window is in its host bridge's node, that of a platform device's above it. */
static int capture_bridge(Capture *capture, const char *controller)
{
    char *carrier = probe_storage_bridge(controller);
    int r = carrier ? capture_at(capture, capture_link, "%s/of_node", carrier) : 0;

    free(carrier);
    return r;
}

static int capture_controller(Capture *capture, const char *controller)
{
    static const char *const links[] = { "of_node", "driver", "subsystem" };
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof(links) / sizeof(links[0]); i++)
        r = capture_at(capture, capture_link, "%s/%s", controller, links[i]);
    if (r == 0)
        r = capture_at(capture, take_text, "%s/dma_mask_bits", controller);
    if (r == 0)
        r = capture_iommu_group(capture, controller);
    return r < 0 ? r : capture_bridge(capture, controller);
}

static int capture_host(Capture *capture, const char *host)
{
    _cleanup_free_ char *controller = probe_storage_controller(capture->root, host), *card = NULL;
    int r = capture_at(capture, capture_link, "/sys/class/mmc_host/%s", host);

    if (r == 0)
        r = capture_at(capture, take_text, "/sys/kernel/debug/%s/ios", host);
    if (r == 0)
        r = capture_at(capture, take_text, "/sys/kernel/debug/%s/err_stats", host);
    if (r < 0 || !controller)
        return r;
    card = probe_card_name(capture->root, controller, host);
    r = capture_controller(capture, controller);
    return r < 0 || !card ? r : capture_card(capture, controller, host, card);
}

int capture_storage(Capture *capture)
{
    static const char folder[] = "/sys/class/mmc_host";
    char **names = NULL;
    size_t n = 0;
    int r = probe_list(capture->root, &names, &n, "%s", folder);

    if (r < 0)
        return capture_note(capture, folder, r);
    r = tar_add_folder(&capture->tar, folder + 1);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = capture_host(capture, names[i]);
    probe_names_free(names, n);
    return r;
}
