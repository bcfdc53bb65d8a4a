/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: choose what is published, and make it small.
 */
#include "bench/publication.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

#define USEC_PER_SEC INT64_C(1000000)

static const char *const severities[] = { "critical", "error", "warn", "unknown", "info" };

/* Cut where a character of UTF-8 begins. */
static void put_text(json_t *tree, const char *path, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    if (length == 0)
        return;
    if (length > PUBLICATION_MAX_BYTES) {
        length = PUBLICATION_MAX_BYTES;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    json_object_set_new(tree, path, json_stringn(text, length));
}

__attribute__((format(printf, 3, 4))) static void put(json_t *tree, const char *path,
                                                      const char *format, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    put_text(tree, path, text);
}

static void put_host(json_t *tree, const json_t *inspection)
{
    const json_t *pool = json_object_get(inspection, "pool");

    put_text(tree, "host/mode", json_get_string(inspection, "mode", NULL));
    put_text(tree, "host/xen",
             json_get_string(json_object_get(inspection, "xen"), "version", NULL));
    put_text(tree, "host/kernel",
             json_get_string(json_object_get(inspection, "environment"), "kernel_release", NULL));
    if (json_object_get(pool, "bytes"))
        put(tree, "host/pool_bytes", "%" PRIi64, json_get_int(pool, "bytes", 0));
}

/* As in a path: every other character becomes '_'. */
static void copy_name(const char *name, char *copy, size_t size)
{
    snprintf(copy, size, "%s", name);
    for (char *c = copy; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              *c == '-'))
            *c = '_';
}

static void put_device(json_t *tree, const json_t *device)
{
    static const char *const texts[] = { "name", "block", "state", "offset", "limit", "dma_mask" };
    static const char *const shares[] = { "direct", "bounce", "unknown" };
    const json_t *share = json_object_get(device, "share");
    char name[32], path[64];

    copy_name(json_get_string(device, "host", json_get_string(device, "name", "unknown")), name,
              sizeof(name));
    for (size_t i = 0; i < N_OF(texts); i++) {
        snprintf(path, sizeof(path), "device/%s/%s", name, texts[i]);
        put_text(tree, path, json_get_string(device, texts[i], NULL));
    }
    for (size_t i = 0; i < N_OF(shares); i++) {
        snprintf(path, sizeof(path), "device/%s/share_%s", name, shares[i]);
        put(tree, path, "%.4f", json_get_number(share, shares[i], 0));
    }
}

/* "MEM-01 warn 0000:00:01.0, WIN-01 info ...", worst first as they are. */
static void put_findings(json_t *tree, const json_t *findings)
{
    char list[PUBLICATION_MAX_BYTES + 1] = "", path[32];
    unsigned count[N_OF(severities)] = { 0 };
    const json_t *finding;
    size_t i, used = 0;

    json_array_foreach(findings, i, finding)
    {
        const char *severity = json_get_string(finding, "severity", "");
        int n = snprintf(list + used, sizeof(list) - used, "%s%.32s %.16s %.64s", used ? ", " : "",
                         json_get_string(finding, "id", "?"), severity,
                         json_get_string(finding, "device", "host"));

        if (n > 0 && (size_t)n < sizeof(list) - used)
            used += (size_t)n;
        list[used] = '\0';
        for (size_t k = 0; k < N_OF(severities); k++)
            count[k] += strcmp(severity, severities[k]) == 0;
    }
    for (size_t k = 0; k < N_OF(severities); k++) {
        snprintf(path, sizeof(path), "findings/%s", severities[k]);
        put(tree, path, "%u", count[k]);
    }
    put_text(tree, "findings/list", list);
}

static void put_run(json_t *tree, const json_t *run)
{
    static const char *const texts[] = { "id",     "kind",    "state", "verdict",
                                         "reason", "profile", "target" };
    int64_t started = json_get_int(run, "started_realtime_usec", 0);
    char path[32];

    for (size_t i = 0; i < N_OF(texts); i++) {
        snprintf(path, sizeof(path), "run/%s", texts[i]);
        put_text(tree, path, json_get_string(run, texts[i], NULL));
    }
    if (started > 0)
        put(tree, "run/started", "%" PRIi64, started / USEC_PER_SEC);
}

json_t *publication_build(const json_t *inspection, const json_t *run)
{
    json_t *tree = json_object();
    const json_t *device;
    size_t i;

    if (!tree)
        return NULL;
    if (inspection) {
        put_host(tree, inspection);
        json_array_foreach(json_object_get(inspection, "devices"), i, device)
            put_device(tree, device);
        put_findings(tree, json_object_get(inspection, "findings"));
    }
    if (run)
        put_run(tree, run);
    return tree;
}
