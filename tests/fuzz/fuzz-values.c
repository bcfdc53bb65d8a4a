/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small foreign values. The first byte says which parser gets the rest: numbers and sizes, base64,
 * a kernel's version, an x86 PV Dom0's p2m list.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/cleanup.h"
#include "common/parse.h"
#include "placement/kernel-version.h"
#include "placement/p2m.h"
#include "placement/window.h"

static void parse_numbers(const char *text)
{
    uint64_t value, wanted;
    uint8_t bytes[8];
    const char *at = text;

    if (parse_u64(text, &value) == 0) {
        wanted = strtoull(text, NULL, 10);
        if (value != wanted)
            abort();
    }
    if (parse_hex_u64(text, &value) == 0 && value != strtoull(text, NULL, 16))
        abort();
    parse_bytes(text, &value);
    parse_hex_bytes(text, bytes, sizeof(bytes));
    while (scan_u64(&at, 16, &value) == 0)
        ;
    if (at < text || at > text + strlen(text))
        abort();
    for (unsigned i = 0; i < 4; i++)
        parse_field_u64(text, i, &value);
}

static void decode(const char *text, size_t length)
{
    _cleanup_free_ uint8_t *bytes = NULL;
    _cleanup_free_ char *again = NULL;
    size_t size;

    if (base64_decode(text, length, &bytes, &size) < 0)
        return;
    again = base64_encode(bytes, size);
    if (again && (strlen(again) != length || memcmp(again, text, length) != 0))
        abort(); /* strict: one text for the same bytes */
}

static void parse_version(const char *text)
{
    static const KernelRange ranges[] = {
        { .from = KERNEL_NUMBER(5, 10, 35), .below = KERNEL_NUMBER(6, 1, 65), .vague = true },
        { .from = KERNEL_NUMBER(6, 5, 0),
          .below = KERNEL_NUMBER(6, 12, 29),
          .debian_number = KERNEL_NUMBER(6, 12, 15),
          .debian_package = 1 },
        { .below = 0 },
    };
    KernelVersion version;

    if (kernel_version_parse(text, &version) < 0)
        return;
    if (!memchr(version.release, '\0', sizeof(version.release)))
        abort();
    kernel_version_match(&version, ranges);
}

static void translate(const uint8_t *data, size_t size)
{
    size_t n = size / sizeof(uint64_t);
    _cleanup_free_ uint64_t *list = malloc(n * sizeof(uint64_t) + 1);
    const DmaReach reach = window_identity(UINT32_MAX);
    uint64_t address[16];
    AddressRange range;
    RamShare share;
    bool inside;
    P2m p2m;

    if (!list)
        return;
    memcpy(list, data, n * sizeof(uint64_t));
    if (p2m_from_list(list, n, &p2m) < 0)
        return;
    share = p2m_share(&p2m, &reach);
    if (!(share.direct >= 0 && share.bounce >= 0 && share.unknown >= 0 &&
          share.direct + share.bounce + share.unknown < 1.0001))
        abort();
    for (size_t i = 0; i < 16; i++)
        address[i] = i * P2M_PAGE_BYTES;
    p2m_translate(list, n, P2M_PAGE_BYTES, 16, address);
    range = (AddressRange) { .start = 0, .end = n * P2M_PAGE_BYTES };
    p2m_range_inside(&p2m, &range, &reach, &inside);
    p2m_range_has_machine_address(&p2m, &range, n ? list[0] << 12 : 0);
    p2m_done(&p2m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = NULL;

    if (size < 1)
        return 0;
    text = strndup((const char *)data + 1, size - 1);
    if (!text)
        return 0;
    switch (data[0] % 4) {
    case 0:
        parse_numbers(text);
        break;
    case 1:
        decode((const char *)data + 1, size - 1);
        break;
    case 2:
        parse_version(text);
        break;
    default:
        translate(data + 1, size - 1);
        break;
    }
    return 0;
}
