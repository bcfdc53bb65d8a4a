/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_MMC_ERRORS_H
#define XDMAD_PLACEMENT_MMC_ERRORS_H
/*
 * The error counters that the kernel keeps of an MMC host since boot: debugfs mmcN/err_stats
 * (mmc_err_stats_show(), drivers/mmc/core/debugfs.c, 6.1).
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

typedef enum MmcErrorKind {
    MMC_ERROR_COMMAND_TIMEOUT,
    MMC_ERROR_COMMAND_CRC,
    MMC_ERROR_DATA_TIMEOUT,
    MMC_ERROR_DATA_CRC,
    MMC_ERROR_AUTO_COMMAND,
    MMC_ERROR_ADMA,
    MMC_ERROR_TUNING,
    MMC_ERROR_REQUEST_TIMEOUT,
    MMC_ERROR_KINDS, /* how many */
} MmcErrorKind;

typedef struct MmcErrors {
    bool known; /* false: the kernel has no such file (before 5.19), or it was not readable */
    uint64_t count[MMC_ERROR_KINDS]; /* one that the text lacks is 0 */
} MmcErrors;

/* Take the counters from the file's text; lines of other counters are passed over. 0; -EBADMSG when
 * no line is one of these, or a number is none. */
int mmc_errors_parse(const char *text, MmcErrors *ret_errors);

/* "data_crc"; static, never NULL. */
const char *mmc_error_name(MmcErrorKind kind);

/* All counters as an object of NAME: COUNT; a new reference, or NULL when unknown or out of
 * memory. */
json_t *mmc_errors_build(const MmcErrors *errors);

#endif
