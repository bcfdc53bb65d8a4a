/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BPF_RING_H
#define XDMAD_DAEMON_BPF_RING_H
/*
 * How our programs in the kernel take places in a ring that a process reads: `head` and `tail`
 * count what was ever written and ever read, in whatever unit.
 */

#include <linux/types.h>

/* A few tries: only an interrupt's own event, or another CPU's, can come between. */
#define RING_MAX_TRIES 8

/* Take n of `size`: 0 and *ret_place, where they begin of all ever written; or -1, and *n_lost is
 * one more. */
static inline __attribute__((always_inline)) int
ring_take(__u64 *head, const __u64 *tail, __u64 *n_lost, __u64 n, __u64 size, __u64 *ret_place)
{
    for (int i = 0; i < RING_MAX_TRIES; i++) {
        __u64 place = *(volatile __u64 *)head;

        if (place + n - *(const volatile __u64 *)tail > size)
            break;
        if (__sync_val_compare_and_swap(head, place, place + n) != place)
            continue;
        *ret_place = place;
        return 0;
    }
    __sync_fetch_and_add(n_lost, 1);
    return -1;
}

#endif
