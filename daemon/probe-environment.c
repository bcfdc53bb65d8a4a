/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: name everything that makes two runs incomparable when it differs.
 */
#include "daemon/probe-environment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>
#include <sha2.h>

#include "common/cleanup.h"
#include "common/json.h"

#define MAX_COMPATIBLES  16U
#define HASH_SLACK_BYTES 64U /* libfdt aligns the blocks of a copy */

#define MEMORY_STEP_BYTES (UINT64_C(64) << 20)

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static void set_from_file(const ProbeRoot *root, json_t *object, const char *key, const char *path)
{
    _cleanup_free_ char *text = NULL;

    if (probe_read_text(root, &text, "%s", path) == 0)
        set_text(object, key, text);
}

/* "force", "noforce", "65536": what swiotlb= on the command line says, the last one counts; "" when
 * it is not there. */
static json_t *swiotlb_option(const char *command_line)
{
    static const char key[] = "swiotlb=";
    const char *found = "";

    for (const char *at = command_line; (at = strstr(at, key)); at += strlen(key))
        if (at == command_line || at[-1] == ' ')
            found = at + strlen(key);
    return json_stringn(found, strcspn(found, " \n"));
}

/* The whole line stays out: a boot loader may put secrets there. */
static void set_boot_mode(const ProbeRoot *root, json_t *environment, HostMode mode)
{
    _cleanup_free_ char *command_line = NULL;
    json_t *boot = json_pack("{s:s}", "mode", host_mode_name(mode));

    if (probe_read_text(root, &command_line, "/proc/cmdline") == 0)
        json_object_set_new(boot, "swiotlb", swiotlb_option(command_line));
    json_object_set_new(environment, "boot_mode", boot);
}

/* Strings of a foreign tree as ASCII. */
static json_t *plain_string(const char *text)
{
    char copy[257];

    snprintf(copy, sizeof(copy), "%s", text);
    for (char *c = copy; *c; c++)
        if (*c < 0x20 || *c >= 0x7f)
            *c = '?';
    return json_string(copy);
}

/* Of the nodes below the root, those that are not of the hardware: the command line, the initrd's
 * place and seeds, which differ from boot to boot (/chosen); how much memory there is, which in a
 * Dom0 is what its administrator asked Xen for (/memory); and what Xen says of itself, with the
 * place of its grant table, which moves with that memory (/hypervisor: Xen 4.17,
 * xen/arch/arm/domain_build.c, make_hypervisor_node()). */
static bool is_of_the_boot(const char *name)
{
    static const char *const names[] = { "chosen", "memory", "hypervisor" };
    size_t length = strcspn(name, "@");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i]) == length && memcmp(name, names[i], length) == 0)
            return true;
    return false;
}

static int drop_nodes_of_the_boot(void *tree)
{
    int node = fdt_first_subnode(tree, 0);

    while (node >= 0) {
        const char *name = fdt_get_name(tree, node, NULL);

        if (name && is_of_the_boot(name)) {
            if (fdt_del_node(tree, node) != 0)
                return -EBADMSG;
            node = fdt_first_subnode(tree, 0); /* places have moved */
        } else {
            node = fdt_next_subnode(tree, node);
        }
    }
    return 0;
}

/* The hash of what the tree says about the hardware; the reservations are left out as well. */
static void set_tree_hash(json_t *environment, const DeviceTree *tree)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    size_t size;
    const void *blob = device_tree_blob(tree, &size);
    _cleanup_free_ uint8_t *copy = malloc(size + HASH_SLACK_BYTES);
    SHA2_CTX context;

    if (!copy || fdt_open_into(blob, copy, (int)(size + HASH_SLACK_BYTES)) != 0)
        return;
    if (drop_nodes_of_the_boot(copy) < 0)
        return;
    SHA256Init(&context);
    SHA256Update(&context, copy + fdt_off_dt_struct(copy), fdt_size_dt_struct(copy));
    SHA256Update(&context, copy + fdt_off_dt_strings(copy), fdt_size_dt_strings(copy));
    json_object_set_new(environment, "dt_sha256", json_string(SHA256End(&context, digest)));
}

static void set_tree(json_t *environment, const DeviceTree *tree)
{
    const char *model = device_tree_string(tree, 0, "model"), *compatible;
    json_t *list = json_array();

    set_tree_hash(environment, tree);
    if (model)
        json_object_set_new(environment, "model", plain_string(model));
    for (size_t i = 0; i < MAX_COMPATIBLES; i++) {
        compatible = device_tree_string_at(tree, 0, "compatible", i);
        if (!compatible)
            break;
        json_array_append_new(list, plain_string(compatible));
    }
    json_object_set_new(environment, "compatible", list);
}

/* An emulator's machine: its speed is no hardware's. */
static bool is_emulated(const ProbeRoot *root, const json_t *environment)
{
    _cleanup_free_ char *vendor = NULL;
    const json_t *compatible;
    size_t i;

    json_array_foreach(json_object_get(environment, "compatible"), i, compatible)
    {
        const char *text = json_string_value(compatible);
        if (strcmp(text, "linux,dummy-virt") == 0 || strstr(text, "qemu"))
            return true;
    }
    if (strcmp(json_get_string(environment, "model", ""), "linux,dummy-virt") == 0)
        return true;
    return probe_read_text(root, &vendor, "/sys/class/dmi/id/sys_vendor") == 0 &&
           strstr(vendor, "QEMU");
}

/* One line "KEY:\t\tVALUE" of debugfs mmcN/ios; a new reference, or NULL. */
static json_t *ios_value(const char *ios, const char *key)
{
    for (const char *line = ios; *line; line = *line ? line + 1 : line) {
        size_t length = strlen(key);

        if (strncmp(line, key, length) == 0 && line[length] == ':') {
            line += length + 1;
            line += strspn(line, " \t");
            return json_stringn(line, strcspn(line, "\n"));
        }
        line = strchrnul(line, '\n');
    }
    return NULL;
}

static void set_bus_timing(const ProbeRoot *root, const char *host, json_t *timings)
{
    static const struct {
        const char *key, *field;
    } rows[] = {
        { "clock", "clock" },
        { "actual clock", "actual_clock" },
        { "bus width", "width" },
        { "timing spec", "timing" },
        { "signal voltage", "signal_voltage" },
    };
    _cleanup_free_ char *ios = NULL;
    json_t *timing;

    if (probe_read_text(root, &ios, "/sys/kernel/debug/%s/ios", host) < 0)
        return;
    timing = json_object();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *value = ios_value(ios, rows[i].key);
        if (value)
            json_object_set_new(timing, rows[i].field, value);
    }
    json_object_set_new(timings, host, timing);
}

static void set_devices(const ProbeRoot *root, json_t *environment, const HostFacts *facts)
{
    json_t *cards = json_object(), *timings = json_object();

    for (size_t i = 0; i < facts->n_devices; i++) {
        const StorageDevice *device = &facts->devices[i];

        if (!device->host)
            continue;
        set_text(cards, device->host, json_get_string(device->card, "cid", NULL));
        set_bus_timing(root, device->host, timings);
    }
    json_object_set_new(environment, "cards", cards);
    json_object_set_new(environment, "bus_timing", timings);
}

/* In whole steps: what a kernel keeps of it for itself, another one more than the last, is no
 * difference. */
static void set_memory(json_t *environment, const RamBanks *ram)
{
    uint64_t bytes = ram_banks_bytes(ram) + MEMORY_STEP_BYTES / 2;

    bytes -= bytes % MEMORY_STEP_BYTES;
    if (bytes > 0 && bytes <= INT64_MAX)
        json_object_set_new(environment, "memory_bytes", json_integer((json_int_t)bytes));
}

int probe_environment(const ProbeRoot *root, const DeviceTree *tree, HostFacts *facts)
{
    json_t *environment = json_object();
    uint64_t bytes;

    if (!environment)
        return -ENOMEM;
    set_from_file(root, environment, "kernel_release", "/proc/sys/kernel/osrelease");
    set_from_file(root, environment, "kernel_version", "/proc/version");
    set_from_file(root, environment, "governor",
                  "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    set_text(environment, "xen_version", facts->xen.version);
    if (tree)
        set_tree(environment, tree);
    if (pool_bytes(&facts->pool, &bytes) && bytes <= INT64_MAX)
        json_object_set_new(environment, "pool_bytes", json_integer((json_int_t)bytes));
    set_memory(environment, &facts->ram);
    set_boot_mode(root, environment, facts->mode);
    set_devices(root, environment, facts);
    json_object_set_new(environment, "emulated", json_boolean(is_emulated(root, environment)));
    json_decref(facts->environment);
    facts->environment = environment;
    return 0;
}
