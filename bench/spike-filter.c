/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window is kept sorted, so that a point costs the same whatever the length of the series. */
#include "bench/spike-filter.h"

#include <math.h>
#include <string.h>

#define WINDOW (2 * SPIKE_FILTER_REACH + 1)

typedef struct Window {
    double sorted[WINDOW];
    size_t n;
} Window;

/* Where the first value that is not smaller stands. */
static size_t place_of(const Window *window, double value)
{
    size_t at = 0;

    while (at < window->n && window->sorted[at] < value)
        at++;
    return at;
}

static void window_add(Window *window, double value)
{
    size_t at = place_of(window, value);

    memmove(window->sorted + at + 1, window->sorted + at,
            (window->n - at) * sizeof(*window->sorted));
    window->sorted[at] = value;
    window->n++;
}

static void window_remove(Window *window, double value)
{
    size_t at = place_of(window, value);

    window->n--;
    memmove(window->sorted + at, window->sorted + at + 1,
            (window->n - at) * sizeof(*window->sorted));
}

void spike_filter(const double *y, size_t n, double limit, double *ret_filtered)
{
    Window window = { .n = 0 };

    for (size_t i = 0; i < SPIKE_FILTER_REACH && i < n; i++)
        window_add(&window, y[i]);
    for (size_t i = 0; i < n; i++) {
        double middle;

        if (i > SPIKE_FILTER_REACH)
            window_remove(&window, y[i - SPIKE_FILTER_REACH - 1]);
        if (i + SPIKE_FILTER_REACH < n)
            window_add(&window, y[i + SPIKE_FILTER_REACH]);
        middle = window.sorted[(window.n - 1) / 2] / 2 + window.sorted[window.n / 2] / 2;
        ret_filtered[i] = fabs(y[i] - middle) > limit ? middle : y[i];
    }
}
