/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Change points found in real performance histories, against what people marked in them.
 * usage: change-points DIRECTORY [LIST]
 *
 * DIRECTORY has values/NAME.json {"y": [...]} and annotations.json {NAME: {annotator: [index]}};
 * series with five annotators are scored. LIST names a file to which each series' change points
 * are written.
 *
 * The conventions are those of G. J. J. van den Burg, C. K. I. Williams: An Evaluation of Change
 * Point Detection Algorithms, arXiv:2003.06222, sections 4.2 and 4.3, and of its benchmark
 * TCPDBench: the margin of F1 is 5, index 0 counts as a change point for everyone and is predicted
 * by everyone.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bench/change-points.h"
#include "common/cleanup.h"

#define MARGIN     5
#define ANNOTATORS 5U
#define MAJORITY   3U
#define MAX_POINTS 4096U

typedef struct Points {
    long at[MAX_POINTS];
    size_t n;
} Points;

typedef struct Sums {
    size_t series;
    double f1, cover;
    size_t consensus, consensus_found;
    size_t predicted, predicted_right;
    size_t quiet_points, quiet_alarms;
} Sums;

static int compare_points(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return (x > y) - (x < y);
}

static void points_add(Points *points, long at)
{
    for (size_t i = 0; i < points->n; i++) {
        if (points->at[i] == at)
            return;
    }
    if (points->n == MAX_POINTS) {
        fprintf(stderr, "more than %u points\n", MAX_POINTS);
        exit(EXIT_FAILURE);
    }
    points->at[points->n++] = at;
}

static void points_sort(Points *points)
{
    qsort(points->at, points->n, sizeof(*points->at), compare_points);
}

/* How many of the true points a prediction is near to, each prediction used once. */
static size_t true_positives(const Points *truth, const Points *predicted)
{
    bool used[MAX_POINTS] = { false };
    size_t found = 0;

    for (size_t t = 0; t < truth->n; t++) {
        size_t nearest = MAX_POINTS;

        for (size_t p = 0; p < predicted->n; p++) {
            long distance = labs(predicted->at[p] - truth->at[t]);
            if (!used[p] && distance <= MARGIN &&
                (nearest == MAX_POINTS || distance < labs(predicted->at[nearest] - truth->at[t])))
                nearest = p;
        }
        if (nearest < MAX_POINTS) {
            used[nearest] = true;
            found++;
        }
    }
    return found;
}

static double covering(const Points *truth, const Points *predicted, long n)
{
    double sum = 0;

    for (size_t t = 0; t < truth->n; t++) {
        long first = truth->at[t], end = t + 1 < truth->n ? truth->at[t + 1] : n;
        double best = 0;

        for (size_t p = 0; p < predicted->n; p++) {
            long from = predicted->at[p], to = p + 1 < predicted->n ? predicted->at[p + 1] : n;
            long both = (end < to ? end : to) - (first > from ? first : from);
            long either = (end > to ? end : to) - (first < from ? first : from);
            if (both > 0 && (double)both / (double)either > best)
                best = (double)both / (double)either;
        }
        sum += (double)(end - first) * best;
    }
    return sum / (double)n;
}

/* Points that at least MAJORITY annotators marked, MARGIN apart at most: the middle of each. */
static Points consensus_of(const Points *by_annotator)
{
    long at[ANNOTATORS * MAX_POINTS / 8];
    unsigned who[ANNOTATORS * MAX_POINTS / 8];
    size_t n = 0;
    Points consensus = { .n = 0 };

    for (unsigned a = 0; a < ANNOTATORS; a++) {
        for (size_t i = 1; i < by_annotator[a].n && n < sizeof(at) / sizeof(at[0]); i++) {
            size_t j = n++;

            for (; j > 0 && at[j - 1] > by_annotator[a].at[i]; j--) {
                at[j] = at[j - 1];
                who[j] = who[j - 1];
            }
            at[j] = by_annotator[a].at[i];
            who[j] = a;
        }
    }
    for (size_t first = 0; first < n;) {
        unsigned marked = 0;
        size_t end = first;

        for (; end < n && at[end] - at[first] <= MARGIN; end++)
            marked |= 1U << who[end];
        if ((unsigned)__builtin_popcount(marked) >= MAJORITY)
            points_add(&consensus, at[(first + end - 1) / 2]);
        first = end;
    }
    return consensus;
}

static void score(const Points *by_annotator, const Points *predicted, long n, Sums *sums)
{
    Points all = { .n = 0 }, consensus = consensus_of(by_annotator), alarms = { .n = 0 };
    double recall = 0, precision, cover = 0;

    for (unsigned a = 0; a < ANNOTATORS; a++) {
        const Points *truth = &by_annotator[a];

        for (size_t i = 0; i < truth->n; i++)
            points_add(&all, truth->at[i]);
        recall += (double)true_positives(truth, predicted) / (double)truth->n / ANNOTATORS;
        cover += covering(truth, predicted, n) / ANNOTATORS;
    }
    points_sort(&all);
    precision = (double)true_positives(&all, predicted) / (double)predicted->n;
    sums->series++;
    sums->f1 += 2 * precision * recall / (precision + recall);
    sums->cover += cover;
    for (size_t p = 1; p < predicted->n; p++) { /* without the free hit */
        Points one = { .at = { predicted->at[p] }, .n = 1 };
        bool right = false;

        for (size_t i = 1; i < all.n; i++)
            right |= labs(all.at[i] - predicted->at[p]) <= MARGIN;
        sums->predicted_right += right;
        points_add(&alarms, one.at[0]);
    }
    sums->predicted += alarms.n;
    sums->consensus += consensus.n;
    sums->consensus_found += true_positives(&consensus, &alarms);
    if (all.n == 1) {
        sums->quiet_points += (size_t)n;
        sums->quiet_alarms += alarms.n;
    }
}

static json_t *load(const char *directory, const char *folder, const char *name)
{
    json_error_t error;
    char path[4096];
    json_t *json;

    snprintf(path, sizeof(path), "%s/%s%s.json", directory, folder, name);
    json = json_load_file(path, 0, &error);
    if (!json) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        exit(EXIT_FAILURE);
    }
    return json;
}

/* The values of a series; the caller frees. */
static double *values_of(const json_t *series, size_t *ret_n)
{
    const json_t *y = json_object_get(series, "y");
    double *values = calloc(json_array_size(y) + 1, sizeof(*values));

    *ret_n = json_array_size(y);
    for (size_t i = 0; values && i < *ret_n; i++)
        values[i] = json_number_value(json_array_get(y, i));
    return values;
}

static void score_series(const char *directory, const char *name, json_t *annotations, FILE *list,
                         Sums *sums)
{
    _cleanup_json_ json_t *series = load(directory, "values/", name);
    static Points by_annotator[ANNOTATORS];
    Points predicted = { .n = 0 };
    ChangeReport report;
    const char *annotator;
    json_t *marks, *mark;
    size_t n, i, a = 0;
    _cleanup_free_ double *y = values_of(series, &n);
    int r = y ? change_points_find(y, n, &report) : -ENOMEM;

    if (r < 0) {
        fprintf(stderr, "%s: %s\n", name, strerror(-r));
        exit(EXIT_FAILURE);
    }
    json_object_foreach(annotations, annotator, marks)
    {
        by_annotator[a] = (Points) { .n = 1 }; /* index 0 */
        json_array_foreach(marks, i, mark) points_add(&by_annotator[a], json_integer_value(mark));
        points_sort(&by_annotator[a++]);
    }
    points_add(&predicted, 0);
    if (list)
        fprintf(list, "%s", name);
    for (i = 0; i < report.n_changes; i++) {
        points_add(&predicted, (long)report.changes[i].index);
        if (list)
            fprintf(list, " %zu", report.changes[i].index);
    }
    if (list)
        fputc('\n', list);
    score(by_annotator, &predicted, (long)n, sums);
    change_report_done(&report);
}

int main(int argc, char **argv)
{
    _cleanup_json_ json_t *annotations = NULL;
    FILE *list = NULL;
    Sums sums = { 0 };
    const char *name;
    json_t *by_annotator;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s DIRECTORY [LIST]\n", argv[0]);
        return EXIT_FAILURE;
    }
    annotations = load(argv[1], "", "annotations");
    if (argc == 3 && !(list = fopen(argv[2], "w"))) {
        fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
        return EXIT_FAILURE;
    }
    json_object_foreach(annotations, name, by_annotator)
    {
        if (json_object_size(by_annotator) == ANNOTATORS)
            score_series(argv[1], name, by_annotator, list, &sums);
    }
    if (list)
        fclose(list);
    printf("%-22s %6s %6s %6s %6s %6s\n", "", "F1", "cover", "recC", "precA", "FP0");
    /* measured on the same series by the same rules, retrospectively */
    puts("people, each other      0.821  0.771\n"
         "Otava, default          0.689  0.652   .895   .564   2.80\n"
         "Otava, p = 1e-6         0.848  0.790   .663   .847    .40\n"
         "Perfherder's t-test     0.826  0.763   .476   .962    .15\n"
         "never an alarm          0.745  0.698");
    printf("%-22s %6.3f %6.3f %6.3f %6.3f %6.2f   %zu series, %zu change points\n", "xdmad",
           sums.f1 / (double)sums.series, sums.cover / (double)sums.series,
           (double)sums.consensus_found / (double)sums.consensus,
           (double)sums.predicted_right / (double)sums.predicted,
           1000.0 * (double)sums.quiet_alarms / (double)sums.quiet_points, sums.series,
           sums.predicted);
    return EXIT_SUCCESS;
}
