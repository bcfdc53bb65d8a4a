/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_KERNEL_VERSION_H
#define XDMAD_PLACEMENT_KERNEL_VERSION_H
/*
 * Which kernel runs, from the text of /proc/version, and whether it lies in a range of kernels that
 * carry a known fault. The number alone tells that only of an upstream kernel and of Debian's,
 * which names its package; a vendor's kernel may carry fixes that its number does not show.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_NUMBER(major, minor, patch)                                                         \
    ((uint64_t)(major) << 32 | (uint64_t)(minor) << 16 | (uint64_t)(patch))

typedef enum KernelOrigin {
    KERNEL_ORIGIN_UPSTREAM, /* a bare number, or a release candidate's */
    KERNEL_ORIGIN_DEBIAN,   /* names its package: "#1 SMP Debian 6.1.192-2" */
    KERNEL_ORIGIN_VENDOR,   /* anything else: Raspberry Pi, Ubuntu, Qubes, an own build */
} KernelOrigin;

typedef struct KernelVersion {
    bool known;
    uint64_t number;  /* KERNEL_NUMBER(); of Debian, its package's upstream version */
    uint32_t package; /* of Debian: the first number behind the dash */
    KernelOrigin origin;
    char release[65]; /* as the kernel names it: "6.1.0-44-arm64" */
} KernelVersion;

/* Kernels that carry a fault: from <= number < below. */
typedef struct KernelRange {
    uint64_t from;
    uint64_t below;          /* 0 ends a list of ranges */
    bool vague;              /* the source names no start, or stable series in it may be fixed */
    uint64_t debian_number;  /* Debian's package that has the fix before `below`; 0 = none */
    uint32_t debian_package; /* "-1" of that package */
} KernelRange;

typedef enum KernelMatch {
    KERNEL_MATCH_NO,
    KERNEL_MATCH_POSSIBLE, /* in a vague range, or a vendor's kernel in a range */
    KERNEL_MATCH_YES,
} KernelMatch;

/* Read /proc/version ("Linux version 6.1.0-44-arm64 (...) #1 SMP Debian 6.1.164-1 (...)"): 0, or
 * -EBADMSG when it does not begin so. */
int kernel_version_parse(const char *text, KernelVersion *ret_version);

/*
 * Does the kernel lie in one of the ranges, a list that `below` == 0 ends? An unknown version is in
 * none: what is missing is for ENV-01 to say. Of a vendor's kernel whose patch level is 0 that
 * level says nothing, so that any overlap with its series is possible.
 */
KernelMatch kernel_version_match(const KernelVersion *version, const KernelRange *ranges);

#endif
