/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the kernel's error counters of an MMC host, from text.
 */
#include "placement/mmc-errors.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/parse.h"

static const struct {
    const char *name, *title;
} rows[MMC_ERROR_KINDS] = {
    [MMC_ERROR_COMMAND_TIMEOUT] = { "command_timeout", "# Command Timeout Occurred:" },
    [MMC_ERROR_COMMAND_CRC] = { "command_crc", "# Command CRC Errors Occurred:" },
    [MMC_ERROR_DATA_TIMEOUT] = { "data_timeout", "# Data Timeout Occurred:" },
    [MMC_ERROR_DATA_CRC] = { "data_crc", "# Data CRC Errors Occurred:" },
    [MMC_ERROR_AUTO_COMMAND] = { "auto_command", "# Auto-Cmd Error Occurred:" },
    [MMC_ERROR_ADMA] = { "adma", "# ADMA Error Occurred:" },
    [MMC_ERROR_TUNING] = { "tuning", "# Tuning Error Occurred:" },
    [MMC_ERROR_REQUEST_TIMEOUT] = { "request_timeout", "# Request Timedout:" },
};

const char *mmc_error_name(MmcErrorKind kind)
{
    return kind < MMC_ERROR_KINDS ? rows[kind].name : "unknown";
}

/* 1 when the line is a counter of ours, 0 when it is none. */
static int parse_line(const char *line, MmcErrors *errors)
{
    for (size_t i = 0; i < MMC_ERROR_KINDS; i++) {
        size_t length = strlen(rows[i].title);
        const char *value = line + length;

        if (strncmp(line, rows[i].title, length) != 0)
            continue;
        value += strspn(value, " \t");
        if (scan_u64(&value, 10, &errors->count[i]) < 0 || (*value != '\n' && *value != '\0'))
            return -EBADMSG;
        return 1;
    }
    return 0;
}

int mmc_errors_parse(const char *text, MmcErrors *ret_errors)
{
    MmcErrors errors = { .known = false };

    while (*text) {
        int r = parse_line(text, &errors);

        if (r < 0)
            return r;
        errors.known = errors.known || r > 0;
        text = strchrnul(text, '\n');
        text += *text ? 1 : 0;
    }
    if (!errors.known)
        return -EBADMSG;
    *ret_errors = errors;
    return 0;
}

json_t *mmc_errors_build(const MmcErrors *errors)
{
    json_t *object = errors->known ? json_object() : NULL;

    for (size_t i = 0; object && i < MMC_ERROR_KINDS; i++)
        if (errors->count[i] <= INT64_MAX)
            json_object_set_new(object, rows[i].name, json_integer((json_int_t)errors->count[i]));
    return object;
}
