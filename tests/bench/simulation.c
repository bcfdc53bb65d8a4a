/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judging is worth where the truth is known, by simulation from a fixed seed: the watch of
 * a series, one point a day at 3 % noise, and the comparison of pairs. usage: simulation [YEARS]
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/level-watch.h"
#include "bench/signed-rank.h"
#include "tests/bench/noise-model.h"

#define SEED         UINT64_C(20240229)
#define NOISE        0.03
#define LEAST_EFFECT 0.01
#define DAYS         365U
#define STEPS        1000U
#define PAIR_RUNS    4000U
#define CONFIDENCE   0.95
#define ALPHA        0.01

static LevelWatch watch;

/* A scheduled point, or one of a burst, which a suspicion asks for once. */
typedef struct Schedule {
    size_t burst_left;
    bool was_suspected;
    size_t bursts;
} Schedule;

/* Whether the point was of a burst; then it does not count as a day. */
static bool schedule_next(Schedule *schedule)
{
    bool of_burst = schedule->burst_left > 0;
    bool suspected = watch.state == LEVEL_WATCH_SUSPECTED;

    if (of_burst)
        schedule->burst_left--;
    else if (suspected && !schedule->was_suspected)
        schedule->burst_left = watch.burst_points;
    schedule->bursts += !of_burst && schedule->burst_left > 0;
    schedule->was_suspected = suspected;
    return of_burst;
}

static void print_false_alarms(NoiseModel model, unsigned years)
{
    Noise noise = noise_begin(model, SEED);
    size_t alarms = 0, bursts = 0, points = 0;

    for (unsigned year = 0; year < years; year++) {
        Schedule schedule = { 0 };

        level_watch_init(&watch, LEAST_EFFECT);
        for (size_t day = 0; day < DAYS && watch.n < LEVEL_WATCH_MAX_N; points++) {
            alarms += level_watch_add(&watch, NOISE * noise_next(&noise), false);
            day += !schedule_next(&schedule);
        }
        bursts += schedule.bursts;
    }
    printf("  %-15s %11.3f %11.1f %13.0f\n", noise_model_names[model],
           (double)alarms / (double)years, (double)bursts / (double)years,
           (double)points / (double)years);
}

/* The share of steps found within `within` points, those of bursts counted or not. */
static double found(NoiseModel model, size_t baseline, double step, size_t within, bool with_bursts)
{
    Noise noise = noise_begin(model, SEED + 1);
    size_t n_found = 0;

    for (size_t i = 0; i < STEPS; i++) {
        Schedule schedule = { 0 };
        bool is_found = false;

        level_watch_init(&watch, LEAST_EFFECT);
        for (size_t point = 0; point < baseline; point++)
            level_watch_add(&watch, NOISE * noise_next(&noise), false);
        for (size_t point = 0; point < within && !is_found;) {
            is_found = level_watch_add(&watch, step + NOISE * noise_next(&noise), false);
            point += !(with_bursts && schedule_next(&schedule));
        }
        n_found += is_found;
    }
    return (double)n_found / STEPS;
}

static void print_watch(unsigned years)
{
    printf("== watch: %u series-years, 3 %% noise, a point a day; a burst answers a suspicion\n",
           years);
    printf("  %-15s %11s %11s %13s\n", "noise", "false/year", "bursts/year", "points/year");
    for (NoiseModel model = NOISE_INDEPENDENT; model < NOISE_MODELS; model++)
        print_false_alarms(model, years);
    for (size_t baseline = 60; baseline <= 120; baseline += 60) {
        printf("== steps found after %zu points: share of %u, with bursts (and without)\n",
               baseline, STEPS);
        printf("  %-15s %22s %22s\n", "noise", "10 % within 5 days", "5 % within 20 days");
        for (NoiseModel model = NOISE_INDEPENDENT; model < NOISE_MODELS; model++)
            printf("  %-15s %13.3f (%6.3f) %13.3f (%6.3f)\n", noise_model_names[model],
                   found(model, baseline, log(0.9), 5, true),
                   found(model, baseline, log(0.9), 5, false),
                   found(model, baseline, log(0.95), 20, true),
                   found(model, baseline, log(0.95), 20, false));
    }
}

/* Logarithms of ratios: both legs have the noise, so a pair has sqrt(2) of it; the order within a
 * pair is random, which autocorrelation makes no difference to. */
static void fill_pairs(Noise *noise, double effect, size_t n, double *ret_pairs)
{
    for (size_t i = 0; i < n; i++) {
        double first = noise_next(noise), second = noise_next(noise);

        ret_pairs[i] =
            effect + NOISE * (noise_uniform(noise) < 0.5 ? first - second : second - first);
    }
}

static double coverage(NoiseModel model, size_t n)
{
    Noise noise = noise_begin(model, SEED + 2);
    size_t covered = 0;

    for (size_t i = 0; i < PAIR_RUNS; i++) {
        double pairs[SIGNED_RANK_MAX_N];
        SignedRank result;

        fill_pairs(&noise, 0.05, n, pairs);
        if (signed_rank_judge(pairs, n, CONFIDENCE, &result) == 0 && result.has_interval)
            covered += result.low <= 0.05 && 0.05 <= result.high;
    }
    return (double)covered / PAIR_RUNS;
}

static double power(NoiseModel model, size_t n, double effect)
{
    Noise noise = noise_begin(model, SEED + 3);
    size_t rejected = 0;

    for (size_t i = 0; i < PAIR_RUNS; i++) {
        double pairs[SIGNED_RANK_MAX_N];
        SignedRank result;

        fill_pairs(&noise, effect, n, pairs);
        rejected +=
            signed_rank_judge(pairs, n, CONFIDENCE, &result) == 0 && result.p_value <= ALPHA;
    }
    return (double)rejected / PAIR_RUNS;
}

static void print_pairs(void)
{
    printf("== pairs: coverage of the 95 %% interval, %u runs\n  %-15s", PAIR_RUNS, "noise");
    for (size_t n = 6; n <= 20; n += 2)
        printf(" %5zu", n);
    printf("    least  most of 6 to 20\n");
    for (NoiseModel model = NOISE_INDEPENDENT; model < NOISE_MODELS; model++) {
        double least = 1, most = 0;

        printf("  %-15s", noise_model_names[model]);
        for (size_t n = 6; n <= 20; n++) {
            double share = coverage(model, n);

            least = share < least ? share : least;
            most = share > most ? share : most;
            if (n % 2 == 0)
                printf(" %.3f", share);
        }
        printf("    %.3f  %.3f\n", least, most);
    }
    printf("== pairs: power of 12 pairs for a 5 %% step at alpha 0.01\n");
    for (NoiseModel model = NOISE_INDEPENDENT; model < NOISE_MODELS; model++)
        printf("  %-15s %.3f   of no step: %.4f\n", noise_model_names[model],
               power(model, 12, log(0.95)), power(model, 12, 0));
}

int main(int argc, char **argv)
{
    unsigned years = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;

    print_watch(years);
    print_pairs();
    return EXIT_SUCCESS;
}
