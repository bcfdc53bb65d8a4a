/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/environment.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"

#define BIT(fact) ENVIRONMENT_FACT_BIT(ENVIRONMENT_##fact)

static const char *const fact_names[N_ENVIRONMENT_FACTS] = {
    [ENVIRONMENT_KERNEL_RELEASE] = "kernel_release",
    [ENVIRONMENT_KERNEL_VERSION] = "kernel_version",
    [ENVIRONMENT_XEN_VERSION] = "xen_version",
    [ENVIRONMENT_DT_SHA256] = "dt_sha256",
    [ENVIRONMENT_BOOT_MODE] = "boot_mode",
    [ENVIRONMENT_SWIOTLB] = "swiotlb",
    [ENVIRONMENT_POOL_BYTES] = "pool_bytes",
    [ENVIRONMENT_MEMORY_BYTES] = "memory_bytes",
    [ENVIRONMENT_MODEL] = "model",
    [ENVIRONMENT_CARD] = "card",
    [ENVIRONMENT_BUS_TIMING] = "bus_timing",
    [ENVIRONMENT_GOVERNOR] = "governor",
    [ENVIRONMENT_FIO] = "fio",
    [ENVIRONMENT_TRACE] = "trace",
    [ENVIRONMENT_XDMAD] = "xdmad",
    [ENVIRONMENT_TARGET] = "target",
    [ENVIRONMENT_PAGES] = "pages",
};

/* Narrow ones first. Xen makes Dom0's device tree, so the tree's hash goes with Xen, and with it
 * goes everything that only a Dom0 has. */
static const EnvironmentDimension dimensions[] = {
    { "kernel", ENVIRONMENT_KERNEL_RELEASE, BIT(KERNEL_RELEASE) | BIT(KERNEL_VERSION) },
    { "firmware", ENVIRONMENT_DT_SHA256, BIT(DT_SHA256) },
    { "xen", ENVIRONMENT_XEN_VERSION, BIT(XEN_VERSION) | BIT(DT_SHA256) },
    { "pool", ENVIRONMENT_POOL_BYTES, BIT(POOL_BYTES) },
    { "memory", ENVIRONMENT_MEMORY_BYTES, BIT(MEMORY_BYTES) | BIT(POOL_BYTES) },
    { "boot-mode", ENVIRONMENT_BOOT_MODE,
      BIT(BOOT_MODE) | BIT(SWIOTLB) | BIT(XEN_VERSION) | BIT(DT_SHA256) | BIT(POOL_BYTES) |
          BIT(MEMORY_BYTES) },
    { "governor", ENVIRONMENT_GOVERNOR, BIT(GOVERNOR) },
    { "timing", ENVIRONMENT_BUS_TIMING, BIT(BUS_TIMING) },
    { "card", ENVIRONMENT_CARD, BIT(CARD) | BIT(BUS_TIMING) },
    { "fio", ENVIRONMENT_FIO, BIT(FIO) },
    { "xdmad", ENVIRONMENT_XDMAD, BIT(XDMAD) },
};

#define N_DIMENSIONS (sizeof(dimensions) / sizeof(dimensions[0]))

const char *environment_fact_name(EnvironmentFact fact)
{
    return fact_names[fact];
}

/* --- the facts of a report ----------------------------------------------------------------- */

static int set_text(json_t *facts, EnvironmentFact fact, const char *text)
{
    return text ? json_object_set_new(facts, fact_names[fact], json_string(text)) : 0;
}

/* "clock 50000000 Hz, width 2 (4 bits)": every member in its order. */
static char *timing_text(const json_t *timing)
{
    _cleanup_free_ char *text = strdup("");
    const char *key;
    json_t *value;

    /* jansson only reads, but takes no const here */
    json_object_foreach((json_t *)(uintptr_t)timing, key, value)
    {
        char *longer;

        if (!text || !json_is_string(value))
            continue;
        if (asprintf(&longer, "%s%s%s %s", text, *text ? ", " : "", key, json_string_value(value)) <
            0)
            return NULL;
        free(text);
        text = longer;
    }
    return take_ptr(text);
}

static int set_timing(json_t *facts, const json_t *report)
{
    const char *host = json_get_string(json_object_get(report, "device"), "host", "");
    const json_t *timing = json_object_get(
        json_object_get(json_object_get(report, "environment"), "bus_timing"), host);
    _cleanup_free_ char *text = NULL;

    if (!json_is_object(timing))
        return 0;
    text = timing_text(timing);
    return text ? set_text(facts, ENVIRONMENT_BUS_TIMING, text) : -1;
}

/* Of the member of the same name. */
static int set_bytes(json_t *facts, EnvironmentFact fact, const json_t *environment)
{
    const json_t *bytes = json_object_get(environment, fact_names[fact]);
    char text[32];

    if (!json_is_integer(bytes))
        return 0;
    snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(bytes));
    return set_text(facts, fact, text);
}

/* The largest of the paths' pages. A path that was not run has none, and is left out: that no
 * memory could be had there does not move the other one. */
static int set_pages(json_t *facts, const json_t *report)
{
    static const char *const names[] = { "direct", "bounce", "foreign-direct", "foreign-bounce" };
    int64_t largest = 0;
    char text[32];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const json_t *path = json_object_get(json_object_get(report, "paths"), names[i]);
        int64_t bytes = json_get_int(path, "page_bytes", 0);

        if (strcmp(json_get_string(path, "state", ""), "run") == 0 && bytes > largest)
            largest = bytes;
    }
    if (largest == 0)
        return 0;
    snprintf(text, sizeof(text), "%" PRIi64, largest);
    return set_text(facts, ENVIRONMENT_PAGES, text);
}

json_t *environment_of_report(const json_t *report)
{
    static const struct {
        EnvironmentFact fact;
        const char *member;
    } plain[] = {
        { ENVIRONMENT_KERNEL_RELEASE, "kernel_release" },
        { ENVIRONMENT_KERNEL_VERSION, "kernel_version" },
        { ENVIRONMENT_XEN_VERSION, "xen_version" },
        { ENVIRONMENT_DT_SHA256, "dt_sha256" },
        { ENVIRONMENT_MODEL, "model" },
        { ENVIRONMENT_GOVERNOR, "governor" },
        { ENVIRONMENT_FIO, "fio" },
        { ENVIRONMENT_TRACE, "trace" },
        { ENVIRONMENT_XDMAD, "xdmad" },
    };
    const json_t *environment = json_object_get(report, "environment");
    const json_t *boot = json_object_get(environment, "boot_mode");
    const json_t *target = json_object_get(report, "target");
    _cleanup_json_ json_t *facts = json_object();
    int r = facts ? 0 : -1;

    for (size_t i = 0; r == 0 && i < sizeof(plain) / sizeof(plain[0]); i++)
        r = set_text(facts, plain[i].fact, json_get_string(environment, plain[i].member, NULL));
    if (r == 0)
        r = set_text(facts, ENVIRONMENT_BOOT_MODE, json_get_string(boot, "mode", NULL));
    if (r == 0)
        r = set_text(facts, ENVIRONMENT_SWIOTLB, json_get_string(boot, "swiotlb", NULL));
    if (r == 0)
        r = set_text(facts, ENVIRONMENT_CARD, json_get_string(target, "cid", NULL));
    if (r == 0)
        r = set_text(facts, ENVIRONMENT_TARGET, json_get_string(target, "kind", NULL));
    if (r == 0)
        r = set_bytes(facts, ENVIRONMENT_POOL_BYTES, environment);
    if (r == 0)
        r = set_bytes(facts, ENVIRONMENT_MEMORY_BYTES, environment);
    if (r == 0)
        r = set_timing(facts, report);
    if (r == 0)
        r = set_pages(facts, report);
    return r == 0 ? take_ptr(facts) : NULL;
}

/* --- differences --------------------------------------------------------------------------- */

static bool differs(EnvironmentFact fact, const char *in_a, const char *in_b)
{
    if (in_a && in_b)
        return strcmp(in_a, in_b) != 0;
    return in_a != in_b && fact != ENVIRONMENT_FIO;
}

unsigned environment_differing(const json_t *a, const json_t *b)
{
    unsigned facts = 0;

    for (EnvironmentFact fact = 0; fact < N_ENVIRONMENT_FACTS; fact++)
        if (differs(fact, json_get_string(a, fact_names[fact], NULL),
                    json_get_string(b, fact_names[fact], NULL)))
            facts |= ENVIRONMENT_FACT_BIT(fact);
    return facts;
}

json_t *environment_differences_to_json(const json_t *before, const json_t *after, unsigned facts)
{
    _cleanup_json_ json_t *list = json_array();

    for (size_t i = 0; i < N_ENVIRONMENT_FACTS; i++)
        if ((facts & ENVIRONMENT_FACT_BIT(i)) &&
            json_array_append_new(list,
                                  json_pack("{s:s, s:s?, s:s?}", "fact", fact_names[i], "before",
                                            json_get_string(before, fact_names[i], NULL), "after",
                                            json_get_string(after, fact_names[i], NULL))) < 0)
            return NULL;
    return take_ptr(list);
}

char *environment_differences_text(const json_t *before, const json_t *after, unsigned facts)
{
    _cleanup_free_ char *text = strdup("");

    for (size_t i = 0; text && i < N_ENVIRONMENT_FACTS; i++) {
        char *longer;

        if (!(facts & ENVIRONMENT_FACT_BIT(i)))
            continue;
        if (asprintf(&longer, "%s%s%s %s -> %s", text, *text ? ", " : "", fact_names[i],
                     json_get_string(before, fact_names[i], "unknown"),
                     json_get_string(after, fact_names[i], "unknown")) < 0)
            return NULL;
        free(text);
        text = longer;
    }
    return take_ptr(text);
}

/* --- dimensions ---------------------------------------------------------------------------- */

const EnvironmentDimension *environment_dimension_by_name(const char *name)
{
    for (size_t i = 0; i < N_DIMENSIONS; i++)
        if (strcmp(dimensions[i].name, name) == 0)
            return &dimensions[i];
    return NULL;
}

const EnvironmentDimension *environment_dimension_of(unsigned facts)
{
    for (size_t i = 0; facts != 0 && i < N_DIMENSIONS; i++)
        if ((facts & ~dimensions[i].facts) == 0)
            return &dimensions[i];
    return NULL;
}

const char *environment_dimension_names(void)
{
    return "kernel, firmware, xen, pool, boot-mode, memory, governor, timing, card, fio, "
           "xdmad";
}
