/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One point costs time in proportion to the points of the last stretch.
 */
#include "bench/level-watch.h"

#include <math.h>
#include <string.h>

#include "bench/level-noise.h"
#include "bench/summary.h"

/*
 * Normal deviations. The first is what a maximum over all places and a year of daily looks reaches
 * less than once in ten years; `make bench` measures it. That of a known break pays for a few looks
 * at one place. A suspicion costs a burst of points, so that a few a year are bearable.
 */
#define CHANGED_DEVIATIONS   4.7
#define BREAK_DEVIATIONS     3.5
#define SUSPECTED_DEVIATIONS 3.4

/* How far from its level a point may count. Two spikes among four points count for less than a
 * change by the second, which is a share of what makes one; of few points it is the larger. */
#define WINSOR_DEVIATIONS 3.7
#define WINSOR_SHARE      (2.0 / 3)

/* So few cost little; of more, only those that begin to look like a step do. */
#define FEW_POINTS            64U
#define LOOK_AGAIN_DEVIATIONS 2.8

/* In logarithms: no clock and no card is steadier, and a series that is all one value has no noise
 * of its own. */
#define LEAST_NOISE 1e-4

#define LEAST_BURST_POINTS 3U
#define MAX_BURST_POINTS   12U

/* Student's quantile at the tail of a normal deviation z. */
static double student(double z, double degrees)
{
    double normal = z * (8 * degrees + 3) / (8 * degrees + 1);

    return sqrt(degrees * expm1(normal * normal / degrees));
}

void level_watch_init(LevelWatch *watch, double least_effect)
{
    *watch = (LevelWatch) { .least_effect = least_effect };
}

/* The standard deviation of the difference between the means of so many points. */
static double deviation_of_difference(const LevelWatch *watch, size_t n_before, size_t n_after)
{
    return watch->noise.deviation * sqrt(watch->of_mean[n_before] + watch->of_mean[n_after]);
}

static double middle(const double *sorted, size_t n)
{
    return sorted[(n - 1) / 2] / 2 + sorted[n / 2] / 2;
}

double level_watch_median(const LevelWatch *watch, size_t first, size_t n)
{
    double sorted[LEVEL_WATCH_MAX_N];

    memcpy(sorted, watch->y + first, n * sizeof(*sorted));
    figures_sort(sorted, n);
    return middle(sorted, n);
}

/* Each point less the level of its stretch: the steps that were found are no noise. */
static void subtract_levels(const LevelWatch *watch, double *ret_deviations)
{
    for (size_t s = 0; s < watch->n_stretches; s++) {
        size_t first = watch->stretches[s].first;
        size_t end = s + 1 < watch->n_stretches ? watch->stretches[s + 1].first : watch->n;
        double level = end > first ? level_watch_median(watch, first, end - first) : 0;

        for (size_t i = first; i < end; i++)
            ret_deviations[i] = watch->y[i] - level;
    }
}

/* `place`: where a step may be that is not found yet; 0: nowhere. */
static void estimate_noise(LevelWatch *watch, size_t place)
{
    double deviations[LEVEL_WATCH_MAX_N];

    subtract_levels(watch, deviations);
    watch->noise = level_noise(deviations, watch->n, place);
    watch->n_noise = watch->n;
    if (watch->noise.deviation < LEAST_NOISE)
        watch->noise.deviation = LEAST_NOISE;
    /* as far as it is needed until the noise is looked at again */
    for (size_t i = 1; i <= watch->n + watch->n / 8 + MAX_BURST_POINTS && i <= LEVEL_WATCH_MAX_N;
         i++)
        watch->of_mean[i] = series_noise_of_mean(watch->noise.autocorrelation, i);
}

static void insert_sorted(double *sorted, size_t n, double value)
{
    size_t at = n;

    while (at > 0 && sorted[at - 1] > value)
        at--;
    memmove(sorted + at + 1, sorted + at, (n - at) * sizeof(*sorted));
    sorted[at] = value;
}

static void begin_stretch(LevelWatch *watch, const LevelStretch *stretch)
{
    size_t first = stretch->first, n = watch->n - first;

    watch->stretches[watch->n_stretches++] = *stretch;
    memcpy(watch->sorted, watch->y + first, n * sizeof(*watch->sorted));
    figures_sort(watch->sorted, n);
    watch->break_pending = false;
}

/* What is compared: points before a place with those since. */
typedef struct Contrast {
    size_t first; /* of those since */
    size_t n_before, n_after;
    double difference; /* of means, winsorised */
    double square;     /* of its size in its own standard deviations; 0: none to tell */
} Contrast;

/* The largest of the last stretch, or that at the pending break alone. */
typedef struct Contrasts {
    Contrast recent;  /* MAX_BURST_POINTS old at most: more points now may tell */
    Contrast lasting; /* LEVEL_WATCH_LEAST_AFTER points old at least */
} Contrasts;

/* Without roots: it is the inner loop of everything here. */
static Contrast contrast_at(const LevelWatch *watch, size_t first, size_t n_before,
                            double sum_before, double sum_after)
{
    Contrast contrast = { .first = first, .n_before = n_before, .n_after = watch->n - first };
    double difference = sum_after / (double)contrast.n_after - sum_before / (double)n_before;

    contrast.difference = difference;
    if (fabs(difference) >= watch->least_effect)
        contrast.square = difference * difference /
                          (watch->noise.deviation * watch->noise.deviation *
                           (watch->of_mean[n_before] + watch->of_mean[contrast.n_after]));
    return contrast;
}

static double threshold_of(const LevelWatch *watch, double deviations)
{
    return student(deviations, level_noise_degrees_of_freedom(watch->n_noise));
}

static double winsor_reach(const LevelWatch *watch)
{
    return watch->noise.deviation * fmax(threshold_of(watch, WINSOR_DEVIATIONS),
                                         WINSOR_SHARE * threshold_of(watch, CHANGED_DEVIATIONS));
}

static Contrasts largest_contrasts(const LevelWatch *watch)
{
    size_t begin = watch->stretches[watch->n_stretches - 1].first, n = watch->n - begin;
    double centre = middle(watch->sorted, n), before = 0, after = 0;
    double reach = winsor_reach(watch);
    double deviation[LEVEL_WATCH_MAX_N];
    Contrasts largest = { 0 };

    for (size_t i = 0; i < n; i++) {
        double d = watch->y[begin + i] - centre;

        deviation[i] = d > reach ? reach : d < -reach ? -reach : d;
        before += deviation[i];
    }
    for (size_t i = n; i-- > LEVEL_WATCH_LEAST_BEFORE;) {
        before -= deviation[i];
        after += deviation[i];
        if (watch->break_pending && begin + i != watch->pending_break)
            continue;
        Contrast contrast = contrast_at(watch, begin + i, i, before, after);
        if (contrast.square > largest.recent.square && contrast.n_after <= MAX_BURST_POINTS)
            largest.recent = contrast;
        if (contrast.square > largest.lasting.square && contrast.n_after >= LEVEL_WATCH_LEAST_AFTER)
            largest.lasting = contrast;
    }
    return largest;
}

/* How many points more, at the difference seen, make it a change. */
static size_t points_to_decide(const LevelWatch *watch, const Contrast *contrast)
{
    size_t most = MAX_BURST_POINTS - contrast->n_after;

    for (size_t more = LEAST_BURST_POINTS; more < most; more++) {
        double deviation =
            deviation_of_difference(watch, contrast->n_before, contrast->n_after + more);

        if (fabs(contrast->difference) >= watch->threshold * deviation)
            return more;
    }
    return most;
}

static void suspect(LevelWatch *watch, const Contrast *contrast)
{
    watch->statistic = sqrt(contrast->square);
    watch->suspect = contrast->first;
    watch->state = LEVEL_WATCH_STEADY;
    if (watch->statistic < threshold_of(watch, SUSPECTED_DEVIATIONS))
        return;
    watch->state = LEVEL_WATCH_SUSPECTED;
    watch->burst_points = points_to_decide(watch, contrast);
}

/* True when the contrast is a change: the last stretch is then a new one. */
static bool is_change(LevelWatch *watch, const Contrast *contrast)
{
    LevelStretch stretch = {
        .first = contrast->first,
        .known_break = watch->break_pending,
        .changed = true,
        .statistic = sqrt(contrast->square),
        .threshold = watch->threshold,
    };

    if (stretch.statistic < watch->threshold)
        return false;
    begin_stretch(watch, &stretch);
    watch->statistic = stretch.statistic;
    watch->state = LEVEL_WATCH_STEADY;
    return true;
}

/* Behind a known break: is it another level? True when it is. */
static bool judge_break(LevelWatch *watch)
{
    size_t n_after = watch->n - watch->pending_break;
    size_t n_before = watch->pending_break - watch->stretches[watch->n_stretches - 1].first;
    Contrast contrast;

    watch->threshold = threshold_of(watch, BREAK_DEVIATIONS);
    if (n_before < LEVEL_WATCH_LEAST_BEFORE) { /* nothing to compare with */
        begin_stretch(watch, &(LevelStretch) { watch->pending_break, .known_break = true });
        return false;
    }
    if (n_after < LEVEL_WATCH_LEAST_AFTER_BREAK) {
        watch->burst_points = LEVEL_WATCH_LEAST_AFTER_BREAK - n_after;
        return false;
    }
    contrast = largest_contrasts(watch).recent;
    if (is_change(watch, &contrast))
        return true;
    suspect(watch, &contrast);
    if (n_after >= LEVEL_WATCH_BREAK_N)
        watch->break_pending = false;
    return false;
}

/* Noise is looked at again when an eighth more points are there, and when anything may come of it:
 * so a long series does not cost more. */
static bool is_noise_due(const LevelWatch *watch, const Contrasts *largest)
{
    double most = largest->recent.square > largest->lasting.square ? largest->recent.square
                                                                   : largest->lasting.square;

    return watch->n <= FEW_POINTS || watch->n >= watch->n_noise + watch->n_noise / 8 ||
           most >= LOOK_AGAIN_DEVIATIONS * LOOK_AGAIN_DEVIATIONS;
}

static bool judge_search(LevelWatch *watch)
{
    Contrasts largest;

    /* behind a break that had no baseline: no point is left to compare one with */
    if (watch->n - watch->stretches[watch->n_stretches - 1].first <= LEVEL_WATCH_LEAST_BEFORE)
        return false;
    largest = largest_contrasts(watch);
    if (is_noise_due(watch, &largest)) {
        estimate_noise(watch, largest.lasting.square > largest.recent.square
                                  ? largest.lasting.first
                                  : largest.recent.first);
        largest = largest_contrasts(watch);
    }
    watch->threshold = threshold_of(watch, CHANGED_DEVIATIONS);
    if (is_change(watch, &largest.lasting))
        return true;
    suspect(watch, &largest.recent);
    return false;
}

bool level_watch_add(LevelWatch *watch, double value, bool breaks)
{
    size_t n_stretch;

    if (watch->n_stretches == 0)
        watch->stretches[watch->n_stretches++] = (LevelStretch) { 0 };
    n_stretch = watch->n - watch->stretches[watch->n_stretches - 1].first;
    insert_sorted(watch->sorted, n_stretch, value);
    watch->y[watch->n++] = value;
    if (breaks && n_stretch > 0) {
        watch->break_pending = true;
        watch->pending_break = watch->n - 1;
    }
    watch->state = LEVEL_WATCH_TOO_FEW;
    watch->burst_points = 0;
    watch->statistic = watch->threshold = 0;
    if (watch->n < LEVEL_WATCH_LEAST_NOISE_N)
        return false;
    if (watch->break_pending || watch->n_noise == 0)
        estimate_noise(watch, watch->break_pending ? watch->pending_break : 0);
    return watch->break_pending ? judge_break(watch) : judge_search(watch);
}
