/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REGISTER_CHECK_H
#define XDMAD_BENCH_REGISTER_CHECK_H
/*
 * The card's registers, read again before each leg of a run and after the last: transfers of 8 and
 * 64 bytes, which no leg has (placement/card-reread.h). Never beside a leg: what they cost would be
 * in its figures, and their bounces in its proof.
 *
 * Bytes that came by data DMA, without an error, and are not the register's are damage, whatever
 * the legs show: the failure that swiotlb-xen made of the SCR of a Raspberry Pi 4's card in 2020.
 * Reads that fail are seen by the kernel: a finding, no damage. No reads at all, as on a card that
 * cannot be asked, say nothing, and are told as such.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

typedef enum RegisterState {
    REGISTERS_UNREAD, /* nothing that comes by data was read; the zero value */
    REGISTERS_ALIKE,
    REGISTERS_FAILED,    /* some reads ended with an error, all others are alike */
    REGISTERS_DIFFERENT, /* a read without an error gave other bytes */
} RegisterState;

/* "unread", "alike", "failed", "different"; static, never NULL. */
const char *register_state_name(RegisterState state);

/*
 * What came of {read: [of card_reread_build()], reason}, in which `reason` tells why nothing was
 * read. NULL, or numbers that make no sense, are no read.
 */
RegisterState register_check_state(const json_t *registers);

/* What is wrong, in one sentence: a new reference; NULL when nothing is, or out of memory. */
json_t *register_check_sentence(const json_t *registers);

/* A line for each register, with its first difference and its errors: a new reference to an array,
 * NULL when out of memory. */
json_t *register_check_evidence(const json_t *registers);

/* The report's part: a copy with its `state`; NULL of NULL, or when out of memory. A new reference.
 */
json_t *register_check_to_json(const json_t *registers);

/* Add REG-01 (other bytes) or REG-02 (errors) to findings, or nothing. `device` may be NULL. 0, or
 * -1 when out of memory. */
int register_check_add_finding(json_t *findings, const json_t *registers, const char *device);

#endif
