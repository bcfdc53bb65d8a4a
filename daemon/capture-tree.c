/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: take along what the probes read: the list of their files. Who lets a probe read another
 * one names it here; the test that compares both sides tells.
 */
#include "daemon/capture-tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/capture-log.h"
#include "daemon/capture-storage.h"
#include "daemon/probe-kernel-log.h"
#include "daemon/probe-reread.h"
#include "daemon/probe-storage.h"
#include "daemon/probe-tree.h"
#include "daemon/probe-xen.h"
#include "daemon/xen-facts.h"
#include "placement/kernel-version.h"

#define MAX_CONFIG_BYTES (1024U * 1024)

/* Whole files of this name, as they are. */
static const char *const files[] = {
    "/proc/iomem",
    "/proc/version",
    "/proc/sys/kernel/osrelease",
    "/proc/xen/capabilities",
    "/sys/hypervisor/type",
    "/sys/hypervisor/version/major",
    "/sys/hypervisor/version/minor",
    "/sys/hypervisor/version/extra",
    "/sys/hypervisor/properties/features",
    "/sys/hypervisor/properties/capabilities",
    "/sys/hypervisor/properties/changeset",
    "/sys/kernel/debug/swiotlb/io_tlb_nslabs",
    "/sys/kernel/debug/swiotlb/io_tlb_used",
    "/sys/kernel/debug/swiotlb/io_tlb_used_hiwater",
    "/sys/kernel/debug/swiotlb/io_tlb_transient_nslabs",
    "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
    "/sys/class/dmi/id/sys_vendor",
};

int capture_note(Capture *capture, const char *path, int error)
{
    if (error == -ENOMEM)
        return error;
    if (error == -ENOENT || error == -ENOTDIR)
        return 0;
    return host_facts_note(&capture->missing, "%s: %s", path, strerror(-error));
}

int capture_bytes(Capture *capture, const char *path, const void *bytes, size_t size)
{
    return tar_add_file(&capture->tar, path + 1, bytes, size);
}

int capture_file(Capture *capture, size_t max_bytes, const char *path)
{
    _cleanup_free_ char *bytes = NULL;
    size_t size;
    int r = probe_read(capture->root, path, max_bytes, &bytes, &size);

    if (r == -EFBIG) /* the probe would not take it either */
        return host_facts_note(&capture->missing, "%s: larger than %zu bytes", path, max_bytes);
    return r < 0 ? capture_note(capture, path, r) : capture_bytes(capture, path, bytes, size);
}

int capture_link(Capture *capture, const char *path)
{
    _cleanup_free_ char *target = NULL;
    int r = probe_read_link(capture->root, &target, "%s", path);

    return r < 0 ? capture_note(capture, path, r) : tar_add_link(&capture->tar, path + 1, target);
}

/* Names in a folder, as empty files: that they are there is all that is asked. Where the folder is
 * missing an empty one says that it was looked for. */
static int capture_names(Capture *capture, const char *folder, const char *prefix)
{
    char **names = NULL;
    size_t n = 0;
    int r = probe_list(capture->root, &names, &n, "%s", folder);

    if (r == 0 || (r == -ENOENT && capture->root->live))
        r = tar_add_folder(&capture->tar, folder + 1);
    else
        r = capture_note(capture, folder, r);
    for (size_t i = 0; r == 0 && i < n; i++) {
        char path[512];

        if (strncmp(names[i], prefix, strlen(prefix)) != 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        r = capture_bytes(capture, path, NULL, 0);
    }
    probe_names_free(names, n);
    return r;
}

static int capture_configuration(Capture *capture)
{
    _cleanup_free_ char *text = NULL;
    KernelVersion version = { 0 };
    char path[128];

    if (probe_read_text(capture->root, &text, "/proc/version") < 0 ||
        kernel_version_parse(text, &version) < 0 || !version.known || strchr(version.release, '/'))
        return 0;
    snprintf(path, sizeof(path), "/boot/config-%s", version.release);
    return capture_file(capture, MAX_CONFIG_BYTES, path);
}

static int capture_options(Capture *capture)
{
    static const char path[] = "/proc/cmdline";
    _cleanup_free_ char *text = NULL, *kept = NULL;
    int r = probe_read_text(capture->root, &text, "%s", path);

    if (r < 0)
        return capture_note(capture, path, r);
    kept = capture_command_line(text);
    return kept ? capture_bytes(capture, path, kept, strlen(kept)) : -ENOMEM;
}

static int capture_log(Capture *capture)
{
    _cleanup_free_ char *log = NULL, *clean = NULL;
    size_t log_size, size;
    int r = probe_kernel_log_read(capture->root, &log, &log_size);

    if (r < 0)
        return capture_note(capture, capture->root->live ? "/dev/kmsg" : "/dmesg.txt", r);
    r = capture_kernel_log(log, log_size, &clean, &size);
    if (r < 0)
        return r;
    if (size > PROBE_MAX_LOG_BYTES) /* what says that words were left out may be longer than they */
        size = PROBE_MAX_LOG_BYTES;
    return capture_bytes(capture, "/dmesg.txt", clean, size);
}

static void cleanup_tree(DeviceTree **tree)
{
    device_tree_free(*tree);
}

/* As a blob, also where the host shows folders alone: the probe reads both alike. Without /chosen,
 * which holds the command line and seeds. */
static int capture_device_tree(Capture *capture)
{
    static const char path[] = "/sys/firmware/fdt";
    _cleanup_(cleanup_tree) DeviceTree *tree = NULL;
    _cleanup_free_ void *copy = NULL;
    const void *blob;
    size_t size;
    int chosen, r = probe_tree(capture->root, &tree);

    if (r < 0)
        return capture_note(capture, path, r);
    blob = device_tree_blob(tree, &size);
    copy = calloc(1, size + 64); /* libfdt aligns the blocks of a copy */
    if (!copy)
        return -ENOMEM;
    if (fdt_open_into(blob, copy, (int)size + 64) != 0)
        return capture_note(capture, path, -EBADMSG);
    chosen = fdt_path_offset(copy, "/chosen");
    if (chosen >= 0 && fdt_del_node(copy, chosen) != 0)
        return capture_note(capture, path, -EBADMSG);
    if (fdt_pack(copy) != 0)
        return capture_note(capture, path, -EBADMSG);
    return capture_bytes(capture, path, copy, fdt_totalsize(copy));
}

/* The lines of Xen's console that a probe knows, which is all that is kept of it in memory. */
static int capture_console(Capture *capture, const KernelLog *console)
{
    char *text = NULL;
    size_t size;
    FILE *out;
    int r;

    if (!console->known)
        return 0;
    out = open_memstream(&text, &size);
    if (!out)
        return -ENOMEM;
    for (size_t i = 0; i < console->n; i++)
        fprintf(out, "(XEN) %s\n", console->entries[i].line);
    r = fclose(out) == 0 ? capture_bytes(capture, "/xl-dmesg.txt", text, size) : -ENOMEM;
    free(text);
    return r;
}

static int capture_xen_facts(Capture *capture, const XenFacts *xen)
{
    _cleanup_json_ json_t *facts = xen_facts_to_json(xen);
    _cleanup_free_ char *line = facts ? json_to_line(facts) : NULL;

    return line ? capture_bytes(capture, "/xen-facts.json", line, strlen(line)) : -ENOMEM;
}

static int capture_xen(Capture *capture)
{
    _cleanup_(host_facts_done) HostFacts facts = { 0 };
    int r = probe_xen(capture->root, &facts.xen, &facts.mode);

    if (r < 0 || facts.mode != HOST_MODE_XEN_DOM0)
        return r;
    r = capture_xen_facts(capture, &facts.xen);
    return r < 0 ? r : capture_console(capture, &facts.xen.console);
}

/* What the cards answered when their registers were read again. */
static int capture_rereads(Capture *capture)
{
    _cleanup_(host_facts_done) HostFacts facts = { 0 };
    _cleanup_json_ json_t *rereads = NULL;
    _cleanup_free_ char *line = NULL;
    int r = probe_storage(capture->root, NULL, &facts);

    if (r == 0)
        r = probe_reread(capture->root, capture->before, &facts);
    if (r < 0)
        return r;
    rereads = probe_reread_to_json(&facts);
    line = rereads ? json_to_line(rereads) : NULL;
    return line ? capture_bytes(capture, "/card-rereads.json", line, strlen(line)) : -ENOMEM;
}

/* Everything, in the archive's order. */
static int capture_all(Capture *capture)
{
    static int (*const parts[])(Capture *) = {
        capture_options,     capture_configuration, capture_log,     capture_xen,
        capture_device_tree, capture_storage,       capture_rereads,
    };
    static const char iort[] = "/sys/firmware/acpi/tables/IORT";
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof(files) / sizeof(files[0]); i++)
        r = capture_file(capture, PROBE_MAX_TEXT_BYTES * 4, files[i]);
    for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++)
        r = parts[i](capture);
    if (r == 0)
        r = capture_names(capture, "/sys/class/nvme", "nvme");
    if (r == 0)
        r = capture_names(capture, "/sys/bus/xen-backend/devices", "vbd-");
    if (r == 0 && probe_exists(capture->root, iort)) /* that it is there is all that is asked */
        r = capture_bytes(capture, iort, NULL, 0);
    return r < 0 ? r : tar_finish(&capture->tar);
}

int capture_tree(const ProbeRoot *root, const json_t *before, Tar *ret_tar, json_t **ret_missing)
{
    Capture capture = {
        .root = root,
        .before = before,
        .tar = tar_of(CAPTURE_MAX_BYTES),
        .missing = json_array(),
    };
    int r = capture.missing ? capture_all(&capture) : -ENOMEM;

    if (r < 0) {
        tar_done(&capture.tar);
        json_decref(capture.missing);
        return r;
    }
    *ret_tar = capture.tar;
    *ret_missing = capture.missing;
    return 0;
}
