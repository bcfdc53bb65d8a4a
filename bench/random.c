/* SPDX-License-Identifier: GPL-2.0-or-later */
/* splitmix64 and what a plan needs of it. */
#include "bench/random.h"

uint64_t random_next(Random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t random_below(Random *random, uint64_t bound)
{
    /* the lowest 2^64 mod bound values would make some results likelier: draw again */
    uint64_t biased = (0 - bound) % bound;
    uint64_t value;

    do
        value = random_next(random);
    while (value < biased);
    return value % bound;
}

void random_shuffle(Random *random, uint32_t *values, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)random_below(random, i);
        uint32_t swapped = values[i - 1];

        values[i - 1] = values[j];
        values[j] = swapped;
    }
}
