/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_RANDOM_H
#define XDMAD_BENCH_RANDOM_H
/*
 * A small reproducible source of randomness for the order of a plan: splitmix64 (G. L. Steele, D.
 * Lea, C. H. Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014; constants of S.
 * Vigna's public-domain splitmix64.c). Its output is part of the plan's contract: never change it.
 * Not for secrets.
 */

#include <stddef.h>
#include <stdint.h>

/* The whole state. Any seed is good. */
typedef struct Random {
    uint64_t state;
} Random;

/* The next 64 bits. */
uint64_t random_next(Random *random);

/* Evenly one of 0 to bound - 1, bound > 0, without modulo bias. */
uint64_t random_below(Random *random, uint64_t bound);

/* Put the values into a random order (Fisher-Yates). */
void random_shuffle(Random *random, uint32_t *values, size_t n);

#endif
