/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/change-points-json.h"

#include <math.h>
#include <stdbool.h>

#include "bench/summary.h"

/* `entry` is stolen; whether it went in. */
static bool append(json_t *array, json_t *entry)
{
    return json_array_append_new(array, entry) == 0;
}

json_t *change_segments_to_json(const ChangeReport *report, size_t first, size_t n)
{
    json_t *array = json_array();

    for (size_t i = first; array && i < first + n; i++) {
        const ChangeSegment *segment = &report->segments[i];

        if (!append(array,
                    json_pack("{s:I, s:I, s:o}", "first", (json_int_t)segment->first, "n",
                              (json_int_t)segment->n, "level", figure_to_json(segment->level)))) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *change_points_to_json(const ChangeReport *report, size_t first, size_t n)
{
    json_t *array = json_array();

    for (size_t i = first; array && i < first + n; i++) {
        const ChangePoint *change = &report->changes[i];

        if (!append(array,
                    json_pack("{s:I, s:o, s:o, s:o, s:o}", "index", (json_int_t)change->index,
                              "before", figure_to_json(change->before), "after",
                              figure_to_json(change->after), "effect",
                              figure_to_json(change->after - change->before), "p_value",
                              figure_to_json(change->p_value)))) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *honesty_to_json(const ChangeHonesty *honesty)
{
    json_t *json = json_pack(
        "{s:o, s:I, s:I}", "false_changes_per_1000_points",
        figure_to_json(1000.0 * (double)honesty->false_changes / (double)honesty->quiet_points),
        "simulated_points", (json_int_t)honesty->quiet_points, "step_points",
        (json_int_t)honesty->step_points);

    if (json && isfinite(honesty->smallest_step) &&
        json_object_set_new(json, "smallest_step", figure_to_json(honesty->smallest_step)) < 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *change_report_to_json(const ChangeReport *report, const ChangeHonesty *honesty)
{
    json_t *json = json_pack("{s:i, s:I, s:I}", "schema", 1, "n", (json_int_t)report->n,
                             "n_changes", (json_int_t)report->n_changes);

    if (figure_add_known(json, "noise", report->noise) < 0 ||
        figure_add_known(json, "autocorrelation", report->autocorrelation) < 0 ||
        (honesty && json_object_set_new(json, "honesty", honesty_to_json(honesty)) < 0)) {
        json_decref(json);
        return NULL;
    }
    return json;
}
