/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The changes stand in a binary heap, the weakest on top; each knows its place there. */
#include "bench/stretch-merge.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* The change at the beginning of stretch i, and its neighbours that are left. */
typedef struct Change {
    double strength;
    size_t place;         /* in the heap */
    size_t before, after; /* stretches; after: SIZE_MAX behind the last one */
    bool taken_back;
} Change;

typedef struct Merge {
    Stretch *stretches;
    Change *changes; /* [0] is no change */
    size_t *heap;    /* of stretches */
    size_t n_heap;
    StretchStrength strength;
    const void *userdata;
} Merge;

/* Whether the change at a goes before that at b; of equals the earlier one does. */
static bool is_weaker(const Merge *merge, size_t a, size_t b)
{
    double x = merge->changes[a].strength, y = merge->changes[b].strength;

    return x < y || (x == y && a < b);
}

static void put(Merge *merge, size_t place, size_t stretch)
{
    merge->heap[place] = stretch;
    merge->changes[stretch].place = place;
}

static void sift_up(Merge *merge, size_t place)
{
    size_t stretch = merge->heap[place];

    while (place > 0 && is_weaker(merge, stretch, merge->heap[(place - 1) / 2])) {
        put(merge, place, merge->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(merge, place, stretch);
}

static void sift_down(Merge *merge, size_t place)
{
    size_t stretch = merge->heap[place];

    for (size_t child; (child = 2 * place + 1) < merge->n_heap; place = child) {
        if (child + 1 < merge->n_heap &&
            is_weaker(merge, merge->heap[child + 1], merge->heap[child]))
            child++;
        if (!is_weaker(merge, merge->heap[child], stretch))
            break;
        put(merge, place, merge->heap[child]);
    }
    put(merge, place, stretch);
}

static size_t take_weakest(Merge *merge)
{
    size_t weakest = merge->heap[0], last = merge->heap[--merge->n_heap];

    if (merge->n_heap > 0) {
        put(merge, 0, last);
        sift_down(merge, 0);
    }
    return weakest;
}

static double strength_of(const Merge *merge, size_t stretch)
{
    return merge->strength(&merge->stretches[merge->changes[stretch].before],
                           &merge->stretches[stretch], merge->userdata);
}

/* The change at this stretch is another one since a neighbour grew. */
static void judge_again(Merge *merge, size_t stretch)
{
    merge->changes[stretch].strength = strength_of(merge, stretch);
    sift_up(merge, merge->changes[stretch].place);
    sift_down(merge, merge->changes[stretch].place);
}

static Stretch join(const Stretch *a, const Stretch *b)
{
    double na = (double)a->n, nb = (double)b->n, apart = b->mean - a->mean;

    return (Stretch) {
        .first = a->first,
        .n = a->n + b->n,
        .mean = a->mean + apart * nb / (na + nb),
        .squares = a->squares + b->squares + apart * apart * na * nb / (na + nb),
    };
}

/* The stretch becomes part of the one before it. */
static void take_back(Merge *merge, size_t stretch)
{
    size_t before = merge->changes[stretch].before, after = merge->changes[stretch].after;

    merge->changes[stretch].taken_back = true;
    merge->stretches[before] = join(&merge->stretches[before], &merge->stretches[stretch]);
    merge->changes[before].after = after;
    if (after != SIZE_MAX) {
        merge->changes[after].before = before;
        judge_again(merge, after);
    }
    if (before > 0)
        judge_again(merge, before);
}

int stretches_merge(Stretch *stretches, size_t *n, StretchStrength strength, const void *userdata)
{
    Merge merge = {
        .stretches = stretches,
        .changes = calloc(*n + 1, sizeof(*merge.changes)),
        .heap = calloc(*n + 1, sizeof(*merge.heap)),
        .strength = strength,
        .userdata = userdata,
    };
    size_t n_left = 0;
    int r = merge.changes && merge.heap ? 0 : -ENOMEM;

    if (r == 0) {
        for (size_t i = 0; i < *n; i++) {
            merge.changes[i].before = i > 0 ? i - 1 : 0;
            merge.changes[i].after = i + 1 < *n ? i + 1 : SIZE_MAX;
            if (i == 0)
                continue;
            merge.changes[i].strength = strength_of(&merge, i);
            put(&merge, merge.n_heap++, i);
            sift_up(&merge, merge.n_heap - 1);
        }
        while (merge.n_heap > 0 && merge.changes[merge.heap[0]].strength < 1)
            take_back(&merge, take_weakest(&merge));
        for (size_t i = 0; i < *n; i++) {
            if (!merge.changes[i].taken_back)
                stretches[n_left++] = stretches[i];
        }
        *n = n_left;
    }
    free(merge.changes);
    free(merge.heap);
    return r;
}
