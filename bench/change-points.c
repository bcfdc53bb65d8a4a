/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary segmentation: the place where the winsorised means of both sides differ most, then both
 * sides by themselves, as long as the difference is more than chance makes of so many places.
 */
#include "bench/change-points.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/series-noise.h"
#include "bench/summary.h"

#define LEAST_SEGMENT 5U
#define WINSOR        3.0

/* Of one false change in a series without any. */
#define FALSE_CHANGE_LEVEL 0.001

typedef struct Search {
    const double *y;
    SeriesNoise noise;
    double *scratch; /* n */
    double level;    /* p-value of a place, of all places */
    ChangeReport *report;
} Search;

void change_report_done(ChangeReport *report)
{
    free(report->segments);
    free(report->changes);
    *report = (ChangeReport) { 0 };
}

static double median_of(const Search *search, size_t first, size_t n)
{
    memcpy(search->scratch, search->y + first, n * sizeof(*search->scratch));
    figures_sort(search->scratch, n);
    return search->scratch[(n - 1) / 2] / 2 + search->scratch[n / 2] / 2;
}

/* The likeliest place in points first to first + n - 1, and how many deviations it is worth. */
static double likeliest(const Search *search, size_t first, size_t n, size_t *ret_at)
{
    double centre = median_of(search, first, n), reach = WINSOR * search->noise.deviation;
    double before = 0, after = 0, most = 0;

    for (size_t i = 0; i < n; i++) {
        double d = search->y[first + i] - centre;

        search->scratch[i] = d > reach ? reach : d < -reach ? -reach : d;
        after += search->scratch[i];
    }
    for (size_t i = 0; i + LEAST_SEGMENT < n; i++) {
        size_t n_before = i + 1, n_after = n - n_before;
        double variance, deviations;

        before += search->scratch[i];
        after -= search->scratch[i];
        if (n_before < LEAST_SEGMENT)
            continue;
        variance = series_noise_of_mean(search->noise.autocorrelation, n_before) +
                   series_noise_of_mean(search->noise.autocorrelation, n_after);
        deviations = fabs(after / (double)n_after - before / (double)n_before) /
                     (search->noise.deviation * sqrt(variance));
        if (deviations > most) {
            most = deviations;
            *ret_at = first + n_before;
        }
    }
    return most;
}

/* Into report->changes, which has room, in order. */
static void split(const Search *search, size_t first, size_t n)
{
    size_t at = 0;
    double p_value;

    if (n < (size_t)2 * LEAST_SEGMENT)
        return;
    p_value = erfc(likeliest(search, first, n, &at) / sqrt(2.0));
    if (p_value >= search->level)
        return;
    split(search, first, at - first);
    search->report->changes[search->report->n_changes++] =
        (ChangePoint) { .index = at, .p_value = p_value };
    split(search, at, first + n - at);
}

static int build_segments(const Search *search, ChangeReport *report)
{
    report->n_segments = report->n_changes + 1;
    report->segments = calloc(report->n_segments, sizeof(*report->segments));
    if (!report->segments)
        return -ENOMEM;
    for (size_t i = 0; i < report->n_segments; i++) {
        size_t first = i > 0 ? report->changes[i - 1].index : 0;
        size_t end = i < report->n_changes ? report->changes[i].index : report->n;

        report->segments[i] = (ChangeSegment) {
            .first = first,
            .n = end - first,
            .level = median_of(search, first, end - first),
        };
    }
    for (size_t i = 0; i < report->n_changes; i++) {
        report->changes[i].before = report->segments[i].level;
        report->changes[i].after = report->segments[i + 1].level;
    }
    return 0;
}

static int find(const double *y, size_t n, double *scratch, ChangeReport *report)
{
    Search search = {
        .y = y, .scratch = scratch, .level = FALSE_CHANGE_LEVEL / (double)n, .report = report
    };
    int r;

    report->n = n;
    report->changes = calloc(n / LEAST_SEGMENT + 1, sizeof(*report->changes));
    if (!report->changes)
        return -ENOMEM;
    if (n >= SERIES_NOISE_LEAST_N) {
        r = series_noise(y, n, &search.noise);
        if (r < 0)
            return r;
    }
    report->noise = search.noise.deviation;
    report->autocorrelation = search.noise.autocorrelation;
    if (search.noise.deviation > 0)
        split(&search, 0, n);
    return build_segments(&search, report);
}

int change_points_find(const double *y, size_t n, ChangeReport *ret_report)
{
    ChangeReport report = { 0 };
    double *scratch;
    int r;

    if (n == 0 || n > CHANGE_POINTS_MAX_N)
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(y[i]) <= CHANGE_POINTS_MAX_VALUE))
            return -EINVAL;
    }
    scratch = calloc(n, sizeof(*scratch));
    if (!scratch)
        return -ENOMEM;
    r = find(y, n, scratch, &report);
    free(scratch);
    if (r < 0) {
        change_report_done(&report);
        return r;
    }
    *ret_report = report;
    return 0;
}
