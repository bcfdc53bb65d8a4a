/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is to hold a series, and the change points of what it holds.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/change-points.h"
#include "bench/series-noise.h"
#include "bench/series-text.h"
#include "common/cleanup.h"

/* Noise is known of enough points, autocorrelation where there is noise. */
static bool is_noise_told_right(const ChangeReport *report)
{
    if (report->n < SERIES_NOISE_LEAST_N)
        return isnan(report->noise);
    if (!isfinite(report->noise) || report->noise < 0)
        return false;
    return report->noise > 0 ? report->autocorrelation >= 0 && report->autocorrelation < 1
                             : isnan(report->autocorrelation);
}

static void check_report(const ChangeReport *report, size_t n)
{
    size_t first = 0;

    if (report->n != n || report->n_segments != report->n_changes + 1 ||
        !is_noise_told_right(report))
        abort();
    for (size_t i = 0; i < report->n_segments; i++) {
        if (report->segments[i].first != first || report->segments[i].n == 0 ||
            !isfinite(report->segments[i].level))
            abort();
        if (i > 0 &&
            (report->changes[i - 1].index != first ||
             !(report->changes[i - 1].p_value >= 0 && report->changes[i - 1].p_value <= 1)))
            abort();
        first += report->segments[i].n;
    }
    if (first != n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ double *y = NULL;
    SeriesTextError error;
    ChangeReport report;
    size_t n;
    int r = series_text_parse((const char *)data, size, &y, &n, &error);

    if (r == 0) {
        if (n == 0 || change_points_find(y, n, &report) < 0)
            abort();
        check_report(&report, n);
        change_report_done(&report);
    } else if (memchr(error.reason, '\0', sizeof(error.reason)) == NULL ||
               error.reason[0] == '\0') {
        abort();
    }
    return 0;
}
