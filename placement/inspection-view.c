/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/inspection-view.h"

#include <stdbool.h>
#include <string.h>

#include "common/json.h"

/* Whether the device is the one a person names, by any of its names. */
static bool device_is(const json_t *device, const char *which)
{
    static const char *const keys[] = { "name", "host", "block", "node" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *name = json_get_string(device, keys[i], NULL);

        if (name && strcmp(name, which) == 0)
            return true;
    }
    return false;
}

static const json_t *find_device(const json_t *inspection, const char *which)
{
    const json_t *devices = json_object_get(inspection, "devices");

    for (size_t i = 0; i < json_array_size(devices); i++)
        if (device_is(json_array_get(devices, i), which))
            return json_array_get(devices, i);
    return NULL;
}

/* The findings whose device is `name`, or that are about none. */
static json_t *findings_about(const json_t *findings, const char *name)
{
    json_t *about = json_array();

    for (size_t i = 0; i < json_array_size(findings); i++) {
        json_t *finding = json_array_get(findings, i);
        const char *device = json_get_string(finding, "device", NULL);

        if (!device || strcmp(device, name) == 0)
            json_array_append(about, finding);
    }
    return about;
}

/* What was seen live of the device of this name alone. */
static json_t *live_of(const json_t *live, const char *name)
{
    const json_t *devices = json_object_get(live, "devices");
    json_t *narrowed = json_copy((json_t *)(uintptr_t)live), *kept = json_array();

    for (size_t i = 0; i < json_array_size(devices); i++)
        if (strcmp(json_get_string(json_array_get(devices, i), "name", ""), name) == 0)
            json_array_append(kept, json_array_get(devices, i));
    json_object_set_new(narrowed, "devices", kept);
    return narrowed;
}

json_t *inspection_narrow(const json_t *inspection, const char *which)
{
    const json_t *device = find_device(inspection, which);
    json_t *narrowed = json_object();
    const char *key;
    json_t *value;

    if (!device) {
        json_decref(narrowed);
        return NULL;
    }
    for (void *i = json_object_iter((json_t *)(uintptr_t)inspection); i;
         i = json_object_iter_next((json_t *)(uintptr_t)inspection, i)) {
        key = json_object_iter_key(i);
        value = json_object_iter_value(i);
        if (strcmp(key, "devices") == 0)
            json_object_set_new(narrowed, key, json_pack("[O]", device));
        else if (strcmp(key, "findings") == 0)
            json_object_set_new(narrowed, key,
                                findings_about(value, json_get_string(device, "name", "")));
        else if (strcmp(key, "live") == 0)
            json_object_set_new(narrowed, key, live_of(value, json_get_string(device, "name", "")));
        else
            json_object_set(narrowed, key, value);
    }
    return narrowed;
}

json_t *findings_above_info(const json_t *findings)
{
    json_t *above = json_array();

    for (size_t i = 0; i < json_array_size(findings); i++) {
        json_t *finding = json_array_get(findings, i);

        if (strcmp(json_get_string(finding, "severity", ""), "info") != 0)
            json_array_append(above, finding);
    }
    return above;
}

static bool same_finding(const json_t *a, const json_t *b)
{
    static const char *const keys[] = { "id", "device", "severity" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(json_get_string(a, keys[i], ""), json_get_string(b, keys[i], "")) != 0)
            return false;
    return true;
}

static bool has_finding(const json_t *findings, const json_t *finding)
{
    for (size_t i = 0; i < json_array_size(findings); i++)
        if (same_finding(json_array_get(findings, i), finding))
            return true;
    return false;
}

json_t *findings_since(const json_t *before, const json_t *now)
{
    json_t *since = json_array();

    for (size_t i = 0; i < json_array_size(now); i++)
        if (!has_finding(before, json_array_get(now, i)))
            json_array_append(since, json_array_get(now, i));
    return since;
}
