/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three steps. The series is freed of spikes and measured in its own noise. Then it is cut where a
 * change pays for a penalty that noise alone would hardly ever meet. Last, of these changes only
 * those stand that are certain with autocorrelation paid for, and large enough to matter.
 *
 * Levels and sizes are round numbers, the same for every series; which round numbers, the length of
 * the least stretch and the part of the whole spread were chosen by what 265 series labelled by
 * people show. tests/bench/judging prints what comes of them.
 */
#include "bench/change-points.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/normal.h"
#include "bench/partition.h"
#include "bench/series-noise.h"
#include "bench/spike-filter.h"
#include "bench/stretch-merge.h"
#include "bench/summary.h"

/* A shorter stretch may be a disturbance as well. */
#define LEAST_STRETCH 10U

/* In deviations, from the median of its neighbours: what is further off is a spike. */
#define SPIKE_DEVIATIONS 4.0

/* Of one cut, somewhere in a series of independent normal noise. */
#define CUT_LEVEL 1e-6
/* Of one change, somewhere in a series without any, autocorrelation paid for. */
#define CHANGE_LEVEL 0.01

/* In deviations, about the median. Only differences between levels further off are lost, and sums
 * of squares stay exact enough. */
#define MAX_DEVIATIONS 1e9

typedef struct Search {
    const double *y;
    size_t n;
    SeriesNoise noise;
    double *scaled;  /* y freed of spikes, in deviations of the noise, about its median */
    double *scratch; /* n */
    double spread;   /* standard deviation of y as it is, spikes included, in the same */
    double autocorrelation;
    double certain; /* deviations of a difference that CHANGE_LEVEL asks for */
} Search;

void change_report_done(ChangeReport *report)
{
    free(report->segments);
    free(report->changes);
    *report = (ChangeReport) { 0 };
}

static double median_of(const Search *search, const double *values, size_t first, size_t n)
{
    memcpy(search->scratch, values + first, n * sizeof(*search->scratch));
    figures_sort(search->scratch, n);
    return search->scratch[(n - 1) / 2] / 2 + search->scratch[n / 2] / 2;
}

/* --- in its own noise ---------------------------------------------------------------------- */

static double spread_of(const double *y, size_t n, double unit)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        double off = y[i] / unit - mean;

        mean += off / (double)(i + 1);
        squares += off * (y[i] / unit - mean);
    }
    return sqrt(squares / (double)n);
}

static void scale(Search *search)
{
    double unit = search->noise.deviation;
    double middle = median_of(search, search->y, 0, search->n);

    spike_filter(search->y, search->n, SPIKE_DEVIATIONS * unit, search->scaled);
    for (size_t i = 0; i < search->n; i++) {
        double off = (search->scaled[i] - middle) / unit;

        search->scaled[i] = off > MAX_DEVIATIONS    ? MAX_DEVIATIONS
                            : off < -MAX_DEVIATIONS ? -MAX_DEVIATIONS
                                                    : off;
    }
    search->spread = spread_of(search->y, search->n, unit);
}

/* --- the cuts -------------------------------------------------------------------------------- */

static Stretch stretch_of(const Search *search, size_t first, size_t n)
{
    Stretch stretch = { .first = first, .n = n };

    for (size_t i = 0; i < n; i++) {
        double off = search->scaled[first + i] - stretch.mean;

        stretch.mean += off / (double)(i + 1);
        stretch.squares += off * (search->scaled[first + i] - stretch.mean);
    }
    return stretch;
}

/* *ret_stretches has room for one in LEAST_STRETCH points and one more. */
static int cut(const Search *search, Stretch *ret_stretches, size_t *ret_n)
{
    double certain = normal_quantile_of_tail(CUT_LEVEL / 2 / (double)search->n);
    size_t *starts = calloc(search->n / LEAST_STRETCH + 1, sizeof(*starts));
    size_t n_starts = 0, first = 0;
    int r = -ENOMEM;

    if (starts)
        r = partition_find(search->scaled, search->n, certain * certain, LEAST_STRETCH, starts,
                           &n_starts);
    if (r == 0) {
        for (size_t i = 0; i <= n_starts; i++) {
            size_t end = i < n_starts ? starts[i] : search->n;

            ret_stretches[i] = stretch_of(search, first, end - first);
            first = end;
        }
        *ret_n = n_starts + 1;
    }
    free(starts);
    return r;
}

/* Of neighbours about the level of their stretch; a negative one makes no test worse. */
static double autocorrelation_of(const Search *search, const Stretch *stretches, size_t n)
{
    double products = 0, squares = 0, before = 0, r;

    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < stretches[s].n; i++) {
            double off = search->scaled[stretches[s].first + i] - stretches[s].mean;

            products += off * before;
            squares += off * off;
            before = off;
        }
    }
    r = squares > 0 ? products / squares : 0;
    return r < 0 ? 0 : r > SERIES_NOISE_MAX_CORRELATION ? SERIES_NOISE_MAX_CORRELATION : r;
}

/* --- what stands ----------------------------------------------------------------------------- */

/* Of one point about the levels of both. */
static double deviation_about(const Stretch *before, const Stretch *after)
{
    return sqrt((before->squares + after->squares) / (double)(before->n + after->n));
}

/* How many standard deviations of a difference of such means the difference is. */
static double deviations_of(const Search *search, const Stretch *before, const Stretch *after)
{
    double variance = series_noise_of_mean(search->autocorrelation, before->n) +
                      series_noise_of_mean(search->autocorrelation, after->n);
    double noise = deviation_about(before, after) * sqrt(variance);

    return noise > 0 ? fabs(after->mean - before->mean) / noise : HUGE_VAL;
}

/*
 * Certain, and large enough to matter: larger than the noise about it, and not lost in what else
 * the series does. The one yardstick is the deviation of a point about the levels on both sides,
 * the other that of the series as a whole; the change is to exceed their geometric mean. It is what
 * somebody who looks at the whole series sees.
 */
static double strength_of(const Stretch *before, const Stretch *after, const void *userdata)
{
    const Search *search = userdata;
    double certain = deviations_of(search, before, after) / search->certain;
    double yardstick = sqrt(deviation_about(before, after) * search->spread);
    double matters = yardstick > 0 ? fabs(after->mean - before->mean) / yardstick : HUGE_VAL;

    return certain < matters ? certain : matters;
}

static int build_report(const Search *search, const Stretch *stretches, size_t n,
                        ChangeReport *report)
{
    report->n_segments = n;
    report->n_changes = n - 1;
    report->segments = calloc(n, sizeof(*report->segments));
    report->changes = calloc(n, sizeof(*report->changes)); /* one more than there are: never none */
    if (!report->segments || !report->changes)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        report->segments[i] = (ChangeSegment) {
            .first = stretches[i].first,
            .n = stretches[i].n,
            .level = median_of(search, search->y, stretches[i].first, stretches[i].n),
        };
    }
    for (size_t i = 0; i < report->n_changes; i++) {
        report->changes[i] = (ChangePoint) {
            .index = stretches[i + 1].first,
            .before = report->segments[i].level,
            .after = report->segments[i + 1].level,
            .p_value = 2 * normal_tail(deviations_of(search, &stretches[i], &stretches[i + 1])),
        };
    }
    return 0;
}

static int find(Search *search, ChangeReport *report)
{
    Stretch *stretches = calloc(search->n / LEAST_STRETCH + 2, sizeof(*stretches));
    size_t n_stretches = 1;
    int r = 0;

    if (!stretches)
        return -ENOMEM;
    stretches[0] = (Stretch) { .n = search->n };
    if (search->noise.deviation > 0) {
        scale(search);
        r = cut(search, stretches, &n_stretches);
        search->autocorrelation = r == 0 ? autocorrelation_of(search, stretches, n_stretches) : 0;
        if (r == 0)
            r = stretches_merge(stretches, &n_stretches, strength_of, search);
    }
    if (r == 0)
        r = build_report(search, stretches, n_stretches, report);
    free(stretches);
    report->n = search->n;
    report->noise = search->n < SERIES_NOISE_LEAST_N ? NAN : search->noise.deviation;
    report->autocorrelation = search->noise.deviation > 0 ? search->autocorrelation : NAN;
    return r;
}

int change_points_find(const double *y, size_t n, ChangeReport *ret_report)
{
    ChangeReport report = { 0 };
    Search search = { .y = y, .n = n };
    int r = 0;

    if (n == 0 || n > CHANGE_POINTS_MAX_N)
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(y[i]) <= CHANGE_POINTS_MAX_VALUE))
            return -EINVAL;
    }
    search.certain = normal_quantile_of_tail(CHANGE_LEVEL / 2 / (double)n);
    search.scaled = calloc(n, sizeof(*search.scaled));
    search.scratch = calloc(n, sizeof(*search.scratch));
    if (!search.scaled || !search.scratch)
        r = -ENOMEM;
    if (r == 0 && n >= SERIES_NOISE_LEAST_N)
        r = series_noise(y, n, &search.noise);
    if (r == 0)
        r = find(&search, &report);
    free(search.scaled);
    free(search.scratch);
    if (r < 0)
        change_report_done(&report);
    else
        *ret_report = report;
    return r;
}
