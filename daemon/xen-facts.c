/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: carry the answers of a hypervisor from its host to a desk.
 */
#include "daemon/xen-facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"

json_t *xen_facts_to_json(const XenFacts *xen)
{
    json_t *facts = json_pack("{s:i, s:s?, s:s?, s:s?, s:s?, s:s?, s:O*, s:O*, s:O*, s:O*}",
                              "schema", 1, "version", xen->version, "changeset", xen->changeset,
                              "command_line", xen->command_line, "capabilities", xen->capabilities,
                              "scheduler", xen->scheduler, "domain", xen->domain, "physinfo",
                              xen->physinfo, "numa", xen->numa, "unknown", xen->unknown);

    if (facts && xen->features_known)
        json_object_set_new(facts, "features", json_integer(xen->features));
    return facts;
}

static int take_text(const json_t *facts, const char *key, char **field)
{
    const json_t *value = json_object_get(facts, key);
    char *copy = json_is_string(value) ? strdup(json_string_value(value)) : NULL;

    if (json_is_string(value) && !copy)
        return -ENOMEM;
    if (!copy && !json_is_null(value))
        return 0;
    free(*field);
    *field = copy;
    return 0;
}

static void take_object(const json_t *facts, const char *key, json_t **field)
{
    json_t *object = json_object_get(facts, key);

    if (!json_is_object(object))
        return;
    json_decref(*field);
    *field = json_incref(object);
}

static void take_array(const json_t *facts, const char *key, json_t **field)
{
    json_t *array = json_object_get(facts, key);

    if (!json_is_array(array))
        return;
    json_decref(*field);
    *field = json_incref(array);
}

static int take_notes(const json_t *facts, XenFacts *xen)
{
    const json_t *note;
    size_t i;
    int r = 0;

    json_array_foreach(json_object_get(facts, "unknown"), i, note)
    {
        if (r == 0 && json_is_string(note))
            r = host_facts_note(&xen->unknown, "%s", json_string_value(note));
    }
    return r;
}

int xen_facts_read(const ProbeRoot *root, XenFacts *xen)
{
    _cleanup_free_ char *text = NULL;
    _cleanup_json_ json_t *facts = NULL;
    int64_t features;
    size_t size;
    int r = probe_read(root, "/xen-facts.json", PROBE_MAX_TEXT_BYTES, &text, &size);

    if (r == 0)
        r = json_parse_foreign(text, size, &facts);
    if (r == 0 && !json_is_object(facts))
        r = -EBADMSG;
    if (r < 0)
        return r;
    r = take_text(facts, "version", &xen->version);
    if (r == 0)
        r = take_text(facts, "changeset", &xen->changeset);
    if (r == 0)
        r = take_text(facts, "command_line", &xen->command_line);
    if (r == 0)
        r = take_text(facts, "capabilities", &xen->capabilities);
    if (r == 0)
        r = take_text(facts, "scheduler", &xen->scheduler);
    if (r < 0)
        return r;
    features = json_get_int(facts, "features", -1);
    if (features >= 0 && features <= UINT32_MAX) {
        xen->features_known = true;
        xen->features = (uint32_t)features;
    }
    take_object(facts, "domain", &xen->domain);
    take_object(facts, "physinfo", &xen->physinfo);
    take_array(facts, "numa", &xen->numa);
    return take_notes(facts, xen);
}
