/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/normal.h"

#include <math.h>

double normal_tail(double z)
{
    return erfc(z / sqrt(2.0)) / 2;
}

double normal_quantile_of_tail(double p)
{
    double low = 0, high = 40; /* beyond it the tail is no number any more */

    for (int halving = 0; halving < 64; halving++) {
        double z = low / 2 + high / 2;

        if (normal_tail(z) > p)
            low = z;
        else
            high = z;
    }
    return low / 2 + high / 2;
}
