/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For each start of the last stretch there is a cost as a function of that stretch's level, a
 * parabola. Of them all only those matter that are the lowest somewhere: the envelope, kept as
 * intervals of levels from low to high. What is once above it stays above it, since the points to
 * come cost all of them alike.
 *
 * A start joins the envelope when its stretch has the least length, and is the narrowest parabola's
 * opposite there: the one with the fewest points. So a parabola of the envelope lies below it
 * between two levels at most.
 */
#include "bench/partition.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* The last stretch begins at `start`: n points about `mean`, `least_cost` with all before it when
 * the level is the mean. */
typedef struct Candidate {
    size_t start;
    double n, mean, least_cost;
    bool lowest;     /* somewhere on the envelope */
    size_t moves_to; /* its next place among the candidates */
} Candidate;

/* Candidate `candidate` is the lowest for levels up to `high`, from where the piece before ends. */
typedef struct Piece {
    double high;
    size_t candidate;
} Piece;

typedef struct Pieces {
    Piece *piece;
    size_t n, room;
} Pieces;

typedef struct Partition {
    Candidate *candidates; /* those on the envelope, and at the end those too short for it */
    size_t n_candidates, room_candidates;
    size_t n_short;
    Pieces envelope, next;
    double low, high; /* of all levels */
    size_t *begins;   /* [t]: where the last stretch of the first t points begins */
} Partition;

static int pieces_add(Partition *partition, double from, double high, size_t candidate)
{
    Pieces *next = &partition->next;

    if (high <= from && next->n > 0)
        return 0;
    if (next->n > 0 && next->piece[next->n - 1].candidate == candidate) {
        next->piece[next->n - 1].high = high;
        return 0;
    }
    if (next->n == next->room) {
        size_t room = next->room ? next->room * 2 : 64;
        Piece *piece = reallocarray(next->piece, room, sizeof(*piece));

        if (!piece)
            return -ENOMEM;
        next->piece = piece;
        next->room = room;
    }
    next->piece[next->n++] = (Piece) { .high = high, .candidate = candidate };
    return 0;
}

/* Between which levels the old one is not above the new one, which has fewer points; empty: from >
 * to. */
static void find_below(const Candidate *old, const Candidate *new, double *ret_from, double *ret_to)
{
    /* about the old one's mean: a x^2 + 2 b x + c is the old cost less the new one */
    double shift = new->mean - old->mean;
    double a = old->n - new->n, b = new->n *shift;
    double c = old->least_cost - new->least_cost - new->n *(shift * shift);
    double discriminant = b * b - a * c;

    *ret_from = INFINITY;
    *ret_to = -INFINITY;
    if (discriminant < 0)
        return;
    discriminant = sqrt(discriminant);
    *ret_from = old->mean + (-b - discriminant) / a;
    *ret_to = old->mean + (-b + discriminant) / a;
}

/* Candidate `new` joins the envelope. */
static int envelope_add(Partition *partition, size_t new)
{
    const Candidate *candidates = partition->candidates;
    double from = partition->low;
    Pieces was = partition->envelope;
    int r = 0;

    partition->next.n = 0;
    for (size_t i = 0; i < was.n && r == 0; i++) {
        size_t old = was.piece[i].candidate;
        double high = was.piece[i].high, below_from, below_to;

        find_below(&candidates[old], &candidates[new], &below_from, &below_to);
        below_from = below_from > from ? below_from : from;
        below_to = below_to < high ? below_to : high;
        if (below_from >= below_to) {
            r = pieces_add(partition, from, high, new);
        } else {
            if (below_from > from)
                r = pieces_add(partition, from, below_from, new);
            if (r == 0)
                r = pieces_add(partition, below_from, below_to, old);
            if (r == 0 && below_to < high)
                r = pieces_add(partition, below_to, high, new);
        }
        from = high;
    }
    if (r == 0 && was.n == 0)
        r = pieces_add(partition, partition->low, partition->high, new);
    partition->envelope = partition->next;
    partition->next = was;
    return r;
}

/* Forget those that are on the envelope nowhere. */
static void drop_candidates(Partition *partition)
{
    size_t n_long = partition->n_candidates - partition->n_short, kept = 0;
    Candidate *candidates = partition->candidates;

    for (size_t i = 0; i < n_long; i++)
        candidates[i].lowest = false;
    for (size_t i = 0; i < partition->envelope.n; i++)
        candidates[partition->envelope.piece[i].candidate].lowest = true;
    for (size_t i = 0; i < partition->n_candidates; i++)
        candidates[i].moves_to = i >= n_long || candidates[i].lowest ? kept++ : SIZE_MAX;
    for (size_t i = 0; i < partition->envelope.n; i++) {
        Piece *piece = &partition->envelope.piece[i];

        piece->candidate = candidates[piece->candidate].moves_to;
    }
    for (size_t i = 0; i < partition->n_candidates; i++) {
        if (candidates[i].moves_to != SIZE_MAX)
            candidates[candidates[i].moves_to] = candidates[i];
    }
    partition->n_candidates = kept;
}

static int add_start(Partition *partition, size_t start, double cost)
{
    if (partition->n_candidates == partition->room_candidates) {
        size_t room = partition->room_candidates ? partition->room_candidates * 2 : 64;
        Candidate *candidates = reallocarray(partition->candidates, room, sizeof(*candidates));

        if (!candidates)
            return -ENOMEM;
        partition->candidates = candidates;
        partition->room_candidates = room;
    }
    partition->candidates[partition->n_candidates++] =
        (Candidate) { .start = start, .least_cost = cost };
    partition->n_short++;
    return 0;
}

/* The next point, in every stretch that has not ended. */
static void add_point(Partition *partition, double value)
{
    for (size_t i = 0; i < partition->n_candidates; i++) {
        Candidate *candidate = &partition->candidates[i];
        double off = value - candidate->mean;

        candidate->n++;
        candidate->mean += off / candidate->n;
        candidate->least_cost += off * (value - candidate->mean);
    }
}

/* The least cost of all levels, and the candidate that has it. */
static double least_cost(const Partition *partition, size_t *ret_candidate)
{
    double low = partition->low, least = INFINITY;

    for (size_t i = 0; i < partition->envelope.n; i++) {
        const Piece *piece = &partition->envelope.piece[i];
        const Candidate *candidate = &partition->candidates[piece->candidate];
        double level = candidate->mean < low           ? low
                       : candidate->mean > piece->high ? piece->high
                                                       : candidate->mean;
        double off = level - candidate->mean;
        double cost = candidate->least_cost + candidate->n * off * off;

        if (cost < least) {
            least = cost;
            *ret_candidate = piece->candidate;
        }
        low = piece->high;
    }
    return least;
}

static int run(Partition *partition, const double *y, size_t n, double penalty, size_t least)
{
    int r = add_start(partition, 0, 0);

    for (size_t t = 1; t <= n && r == 0; t++) {
        size_t oldest_short, lowest = 0;
        double cost;

        add_point(partition, y[t - 1]);
        oldest_short = partition->n_candidates - partition->n_short;
        if (partition->n_short > 0 && partition->candidates[oldest_short].start + least <= t) {
            partition->n_short--;
            r = envelope_add(partition, oldest_short);
            if (r < 0)
                return r;
            drop_candidates(partition);
        }
        if (partition->envelope.n == 0)
            continue;
        cost = least_cost(partition, &lowest);
        partition->begins[t] = partition->candidates[lowest].start;
        if (t + least <= n)
            r = add_start(partition, t, cost + penalty);
    }
    return r;
}

static size_t trace_back(const Partition *partition, size_t n, size_t *ret_starts)
{
    size_t n_starts = 0;

    for (size_t t = n; partition->begins[t] > 0; t = partition->begins[t])
        ret_starts[n_starts++] = partition->begins[t];
    for (size_t i = 0; i < n_starts / 2; i++) {
        size_t other = ret_starts[i];

        ret_starts[i] = ret_starts[n_starts - 1 - i];
        ret_starts[n_starts - 1 - i] = other;
    }
    return n_starts;
}

int partition_find(const double *y, size_t n, double penalty, size_t least, size_t *ret_starts,
                   size_t *ret_n_starts)
{
    Partition partition = { .begins = calloc(n + 1, sizeof(*partition.begins)) };
    int r = 0;

    if (!partition.begins)
        return -ENOMEM;
    partition.low = partition.high = n > 0 ? y[0] : 0;
    for (size_t i = 0; i < n; i++) {
        partition.low = y[i] < partition.low ? y[i] : partition.low;
        partition.high = y[i] > partition.high ? y[i] : partition.high;
    }
    if (partition.low < partition.high) /* else there is one level alone, and nothing to cut */
        r = run(&partition, y, n, penalty, least);
    if (r == 0)
        *ret_n_starts = trace_back(&partition, n, ret_starts);
    free(partition.candidates);
    free(partition.envelope.piece);
    free(partition.next.piece);
    free(partition.begins);
    return r;
}
