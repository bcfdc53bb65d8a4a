/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the kernel's version out of /proc/version, and ranges of versions.
 */
#include "placement/kernel-version.h"

#include <errno.h>
#include <string.h>

#include "common/parse.h"

#define MAX_PART UINT64_C(0xffff) /* of one part of a version */

/* "6.1.192" or "6.1" at *at, which is moved behind it. */
static int scan_number(const char **at, uint64_t *ret_number)
{
    uint64_t part[3] = { 0, 0, 0 };
    const char *p = *at;

    for (size_t i = 0; i < 3; i++) {
        if (i > 0 && (*p != '.' || p[1] < '0' || p[1] > '9')) {
            if (i == 1)
                return -EBADMSG;
            break;
        }
        p += i > 0 ? 1 : 0;
        if (scan_u64(&p, 10, &part[i]) < 0 || part[i] > MAX_PART)
            return -EBADMSG;
    }
    *ret_number = KERNEL_NUMBER(part[0], part[1], part[2]);
    *at = p;
    return 0;
}

/* Raspberry Pi builds from Debian's packaging and marks its own with "+rpt". */
static bool is_debians_own(const char *package)
{
    return !memmem(package, strcspn(package, " \n"), "+rpt", 4);
}

/* Take Debian's package version: "6.1.192-2", "1:5.10.46-2", "6.12.12-1~bpo12+1". */
static bool take_debian(const char *text, KernelVersion *version)
{
    const char *at = strstr(text, " Debian ");
    uint64_t number, package;

    if (!at)
        return false;
    at += strlen(" Debian ");
    if (!is_debians_own(at))
        return false;
    if (at[0] >= '0' && at[0] <= '9' && at[1] == ':')
        at += 2;
    if (scan_number(&at, &number) < 0 || *at++ != '-' || scan_u64(&at, 10, &package) < 0 ||
        package > UINT32_MAX)
        return false;
    version->number = number;
    version->package = (uint32_t)package;
    version->origin = KERNEL_ORIGIN_DEBIAN;
    return true;
}

int kernel_version_parse(const char *text, KernelVersion *ret_version)
{
    static const char intro[] = "Linux version ";
    KernelVersion version = { .known = true, .origin = KERNEL_ORIGIN_VENDOR };
    const char *at = text + sizeof(intro) - 1;
    size_t length;

    if (strncmp(text, intro, sizeof(intro) - 1) != 0)
        return -EBADMSG;
    length = strcspn(at, " \n");
    if (length == 0 || length >= sizeof(version.release))
        return -EBADMSG;
    memcpy(version.release, at, length);
    if (scan_number(&at, &version.number) < 0)
        return -EBADMSG;
    if (*at == ' ' || *at == '\n' || *at == '\0' || strncmp(at, "-rc", 3) == 0)
        version.origin = KERNEL_ORIGIN_UPSTREAM;
    (void)take_debian(text, &version);
    *ret_version = version;
    return 0;
}

/* Is Debian's package the one with the fix, or a later one? */
static bool fixed_by_debian(const KernelVersion *version, const KernelRange *range)
{
    return version->origin == KERNEL_ORIGIN_DEBIAN && range->debian_number != 0 &&
           (version->number > range->debian_number ||
            (version->number == range->debian_number && version->package >= range->debian_package));
}

static KernelMatch match_range(const KernelVersion *version, const KernelRange *range)
{
    uint64_t first = version->number, last = version->number;

    if (version->origin == KERNEL_ORIGIN_VENDOR && (version->number & MAX_PART) == 0)
        last |= MAX_PART;
    if (last < range->from || first >= range->below || fixed_by_debian(version, range))
        return KERNEL_MATCH_NO;
    return range->vague || version->origin == KERNEL_ORIGIN_VENDOR ? KERNEL_MATCH_POSSIBLE
                                                                   : KERNEL_MATCH_YES;
}

KernelMatch kernel_version_match(const KernelVersion *version, const KernelRange *ranges)
{
    KernelMatch best = KERNEL_MATCH_NO;

    if (!version->known)
        return KERNEL_MATCH_NO;
    for (; ranges->below != 0; ranges++) {
        KernelMatch match = match_range(version, ranges);
        best = match > best ? match : best;
    }
    return best;
}
