/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/change-honesty.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "bench/deviations.h"

#define QUIET_HISTORIES 20U
#define STEP_HISTORIES  20U
#define STEP_FOUND      18U /* 9 of 10 */

/* In deviations of the noise. */
#define LARGEST_STEP  16.0
#define STEP_HALVINGS 5U

static void collect(const double *y, const ChangeReport *report, double *ret_deviations)
{
    for (size_t s = 0; s < report->n_segments; s++) {
        const ChangeSegment *segment = &report->segments[s];

        for (size_t i = segment->first; i < segment->first + segment->n; i++)
            ret_deviations[i] = y[i] - segment->level;
    }
}

/* A made history of n points into `made`, with a step in its middle. */
static void make(Deviations *deviations, size_t n, double step, double *made)
{
    deviations_cut(deviations);
    for (size_t i = 0; i < n; i++)
        made[i] = deviations_next(deviations) + (i < n / 2 ? 0 : step);
}

static int count_false_changes(Deviations deviations, size_t n, double *made, size_t *ret_n)
{
    *ret_n = 0;
    for (size_t i = 0; i < QUIET_HISTORIES; i++) {
        ChangeReport report;
        int r;

        make(&deviations, n, 0, made);
        r = change_points_find(made, n, &report);
        if (r < 0)
            return r;
        *ret_n += report.n_changes;
        change_report_done(&report);
    }
    return 0;
}

static int count_found(Deviations deviations, size_t n, double step, double *made, size_t *ret_n)
{
    *ret_n = 0;
    for (size_t i = 0; i < STEP_HISTORIES; i++) {
        ChangeReport report;
        bool found = false;
        int r;

        make(&deviations, n, step, made);
        r = change_points_find(made, n, &report);
        if (r < 0)
            return r;
        for (size_t j = 0; j < report.n_changes; j++)
            found |= report.changes[j].index + CHANGE_HONESTY_MARGIN >= n / 2 &&
                     report.changes[j].index <= n / 2 + CHANGE_HONESTY_MARGIN;
        *ret_n += found;
        change_report_done(&report);
    }
    return 0;
}

static int find_smallest_step(Deviations deviations, size_t n, double noise, double *made,
                              double *ret_step)
{
    double low = 0, high = LARGEST_STEP * noise, step = high;

    *ret_step = HUGE_VAL;
    for (size_t halving = 0; halving <= STEP_HALVINGS; halving++) {
        size_t found;
        int r = count_found(deviations, n, step, made, &found);

        if (r < 0)
            return r;
        if (found >= STEP_FOUND)
            *ret_step = high = step;
        else
            low = step;
        if (*ret_step == HUGE_VAL)
            break;
        step = (low + high) / 2;
    }
    return 0;
}

int change_honesty(const double *y, const ChangeReport *report, ChangeHonesty *ret_honesty)
{
    size_t n = report->n < CHANGE_HONESTY_MAX_POINTS ? report->n : CHANGE_HONESTY_MAX_POINTS;
    ChangeHonesty honesty = { .quiet_points = n * QUIET_HISTORIES, .step_points = n };
    double *deviations, *made;
    int r = -ENOMEM;

    if (report->n < DEVIATIONS_LEAST_N)
        return -ENODATA;
    deviations = calloc(report->n, sizeof(*deviations));
    made = calloc(n, sizeof(*made));
    if (deviations && made) {
        Deviations draw = deviations_begin(deviations, report->n);

        collect(y, report, deviations);
        r = count_false_changes(draw, n, made, &honesty.false_changes);
        if (r == 0)
            r = find_smallest_step(draw, n, report->noise, made, &honesty.smallest_step);
    }
    free(deviations);
    free(made);
    if (r == 0)
        *ret_honesty = honesty;
    return r;
}
