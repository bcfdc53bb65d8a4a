/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/config.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"

#define DEFAULT_WRITE_BUDGET_BYTES_PER_DAY (UINT64_C(8) << 30)
#define DEFAULT_ARENA_TIME_LIMIT_SEC       UINT64_C(60)
#define MAX_ARENA_TIME_LIMIT_SEC           UINT64_C(3600)
#define DEFAULT_EVIDENCE_MAX_BYTES         (UINT64_C(256) << 20)
#define DEFAULT_EVIDENCE_MAX_AGE_DAYS      UINT64_C(400)
#define MAX_EVIDENCE_AGE_DAYS              UINT64_C(36500)
#define DEFAULT_TEXTFILE_REFRESH_SEC       UINT64_C(21600)
#define MAX_TEXTFILE_REFRESH_SEC           UINT64_C(86400)
#define HOUR_USEC                          (UINT64_C(3600) * USEC_PER_SEC)
#define DAY_USEC                           (24 * HOUR_USEC)
#define DEFAULT_BOOT_WAIT_SEC              UINT64_C(600)
#define MAX_BOOT_WAIT_SEC                  UINT64_C(86400)
#define DEFAULT_INTERVAL_HOURS             UINT64_C(20)
#define MAX_INTERVAL_HOURS                 UINT64_C(8760)
#define DEFAULT_QUIET_WINDOW_SEC           UINT64_C(30)
#define MAX_QUIET_WINDOW_SEC               UINT64_C(600)
#define DEFAULT_MAX_CPU_BUSY_PERCENT       20U
#define DEFAULT_MAX_DISK_BUSY_PERCENT      5U
#define DEFAULT_WRITE_BUDGET_BYTES_A_WEEK  (UINT64_C(4) << 30)
#define MAX_CONFIG_BYTES                   (64L * 1024)

int config_init(Config *config, const char *state_directory, const char *runtime_directory)
{
    *config = (Config) {
        .write_budget_bytes_per_day = DEFAULT_WRITE_BUDGET_BYTES_PER_DAY,
        .schedule = { .boot_wait_usec = DEFAULT_BOOT_WAIT_SEC * USEC_PER_SEC,
                      .interval_usec = DEFAULT_INTERVAL_HOURS * HOUR_USEC,
                      .quiet_window_usec = DEFAULT_QUIET_WINDOW_SEC * USEC_PER_SEC,
                      .max_cpu_busy_percent = DEFAULT_MAX_CPU_BUSY_PERCENT,
                      .max_disk_busy_percent = DEFAULT_MAX_DISK_BUSY_PERCENT,
                      .write_budget_bytes_per_week = DEFAULT_WRITE_BUDGET_BYTES_A_WEEK },
        .arena_time_limit_usec = DEFAULT_ARENA_TIME_LIMIT_SEC * USEC_PER_SEC,
        .arena_pages = ARENA_PAGES_AUTO,
        .evidence_max_bytes = DEFAULT_EVIDENCE_MAX_BYTES,
        .evidence_max_age_usec = DEFAULT_EVIDENCE_MAX_AGE_DAYS * DAY_USEC,
        .textfile_refresh_usec = DEFAULT_TEXTFILE_REFRESH_SEC * USEC_PER_SEC,
        .state_directory = strdup(state_directory),
        .runtime_directory = strdup(runtime_directory),
    };
    if (config->state_directory && config->runtime_directory)
        return 0;
    config_done(config);
    return -ENOMEM;
}

void config_done(Config *config)
{
    free(config->target_directory);
    free(config->textfile_directory);
    free(config->state_directory);
    free(config->runtime_directory);
    *config = (Config) { 0 };
}

/* One setter a key: NULL when the value was taken, else what is allowed. */

static const char *set_write_budget(Config *config, const char *value)
{
    return parse_bytes(value, &config->write_budget_bytes_per_day) < 0
               ? "bytes, with K, M, G or T behind them, as 8G"
               : NULL;
}

static const char *set_memory_limit(Config *config, const char *value)
{
    return parse_bytes(value, &config->arena_memory_limit_bytes) < 0
               ? "bytes, with K, M, G or T behind them, or 0 for automatic"
               : NULL;
}

static const char *set_time_limit(Config *config, const char *value)
{
    uint64_t seconds;

    if (parse_u64(value, &seconds) < 0 || seconds < 1 || seconds > MAX_ARENA_TIME_LIMIT_SEC)
        return "whole seconds from 1 to 3600";
    config->arena_time_limit_usec = seconds * USEC_PER_SEC;
    return NULL;
}

static const char *set_pages(Config *config, const char *value)
{
    static const char *const names[] = {
        [ARENA_PAGES_AUTO] = "auto",
        [ARENA_PAGES_BASE] = "base",
        [ARENA_PAGES_HUGE] = "huge",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(value, names[i]) == 0) {
            config->arena_pages = (ArenaPages)i;
            return NULL;
        }
    return "auto, base or huge";
}

static const char *set_directory(char **directory, const char *value, const char *allowed)
{
    char *copy = NULL;

    if (*value != '\0' && *value != '/')
        return allowed;
    if (*value != '\0') {
        copy = strdup(value);
        if (!copy)
            return "less: out of memory";
    }
    free(*directory);
    *directory = copy;
    return NULL;
}

static const char *set_target_directory(Config *config, const char *value)
{
    return set_directory(&config->target_directory, value,
                         "an absolute path, or nothing for automatic");
}

static const char *set_textfile_directory(Config *config, const char *value)
{
    return set_directory(&config->textfile_directory, value,
                         "an absolute path, or nothing for none");
}

static const char *set_textfile_refresh(Config *config, const char *value)
{
    uint64_t seconds;

    if (parse_u64(value, &seconds) < 0 || seconds < 1 || seconds > MAX_TEXTFILE_REFRESH_SEC)
        return "whole seconds from 1 to 86400";
    config->textfile_refresh_usec = seconds * USEC_PER_SEC;
    return NULL;
}

static const char *set_evidence_bytes(Config *config, const char *value)
{
    return parse_bytes(value, &config->evidence_max_bytes) < 0
               ? "bytes, with K, M, G or T behind them, as 256M"
               : NULL;
}

static const char *set_evidence_age(Config *config, const char *value)
{
    uint64_t days;

    if (parse_u64(value, &days) < 0 || days < 1 || days > MAX_EVIDENCE_AGE_DAYS)
        return "whole days from 1 to 36500";
    config->evidence_max_age_usec = days * DAY_USEC;
    return NULL;
}

/* A whole number of low to high, in units of `unit`: true and *ret_value. */
static bool take_whole(const char *value, uint64_t low, uint64_t high, uint64_t unit,
                       uint64_t *ret_value)
{
    uint64_t number;

    if (parse_u64(value, &number) < 0 || number < low || number > high)
        return false;
    *ret_value = number * unit;
    return true;
}

static const char *set_boot_wait(Config *config, const char *value)
{
    return take_whole(value, 0, MAX_BOOT_WAIT_SEC, USEC_PER_SEC, &config->schedule.boot_wait_usec)
               ? NULL
               : "whole seconds from 0 to 86400";
}

static const char *set_interval(Config *config, const char *value)
{
    return take_whole(value, 0, MAX_INTERVAL_HOURS, HOUR_USEC, &config->schedule.interval_usec)
               ? NULL
               : "whole hours from 0 to 8760";
}

static const char *set_quiet_window(Config *config, const char *value)
{
    return take_whole(value, 1, MAX_QUIET_WINDOW_SEC, USEC_PER_SEC,
                      &config->schedule.quiet_window_usec)
               ? NULL
               : "whole seconds from 1 to 600";
}

static const char *set_percent(unsigned *percent, const char *value)
{
    uint64_t number;

    if (!take_whole(value, 0, 100, 1, &number))
        return "whole percents from 0 to 100";
    *percent = (unsigned)number;
    return NULL;
}

static const char *set_cpu_busy(Config *config, const char *value)
{
    return set_percent(&config->schedule.max_cpu_busy_percent, value);
}

static const char *set_disk_busy(Config *config, const char *value)
{
    return set_percent(&config->schedule.max_disk_busy_percent, value);
}

static const char *set_week_budget(Config *config, const char *value)
{
    return parse_bytes(value, &config->schedule.write_budget_bytes_per_week) < 0
               ? "bytes, with K, M, G or T behind them, as 4G"
               : NULL;
}

static const struct {
    const char *section;
    const char *key;
    const char *(*set)(Config *config, const char *value);
} keys[] = {
    { "bench", "write_budget_per_day", set_write_budget },
    { "schedule", "boot_wait_sec", set_boot_wait },
    { "schedule", "interval_hours", set_interval },
    { "schedule", "quiet_window_sec", set_quiet_window },
    { "schedule", "max_cpu_busy_percent", set_cpu_busy },
    { "schedule", "max_disk_busy_percent", set_disk_busy },
    { "schedule", "write_budget_per_week", set_week_budget },
    { "arena", "memory_limit", set_memory_limit },
    { "arena", "time_limit_sec", set_time_limit },
    { "arena", "pages", set_pages },
    { "target", "directory", set_target_directory },
    { "evidence", "max_bytes", set_evidence_bytes },
    { "evidence", "max_age_days", set_evidence_age },
    { "metrics", "textfile_directory", set_textfile_directory },
    { "metrics", "textfile_refresh_sec", set_textfile_refresh },
};

typedef struct Loading {
    Config *config;
    const char *path;
    char *error; /* the first one */
} Loading;

static int on_value(void *user, const char *section, const char *key, const char *value)
{
    Loading *loading = user;
    const char *allowed = "no such key: see xdmad.conf(5)";

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(section, keys[i].section) == 0 && strcmp(key, keys[i].key) == 0) {
            allowed = keys[i].set(loading->config, value ? value : "");
            if (!allowed)
                return 1;
        }
    if (!loading->error && asprintf(&loading->error, "%s: [%s] %s = %s: allowed is %s",
                                    loading->path, section, key, value ? value : "", allowed) < 0)
        loading->error = NULL;
    return 0;
}

/* The file's text, bounded: no text of a megabyte is anybody's configuration. */
static int read_config(const char *path, char **ret_text)
{
    _cleanup_fclose_ FILE *file = fopen(path, "re");
    _cleanup_free_ char *text = NULL;
    size_t size;

    if (!file)
        return -errno;
    text = malloc(MAX_CONFIG_BYTES + 1);
    if (!text)
        return -ENOMEM;
    size = fread(text, 1, MAX_CONFIG_BYTES + 1, file);
    if (ferror(file))
        return -EIO;
    if (size > MAX_CONFIG_BYTES)
        return -EFBIG;
    text[size] = '\0';
    if (strlen(text) != size)
        return -EBADMSG;
    *ret_text = take_ptr(text);
    return 0;
}

int config_load(Config *config, const char *path, char **ret_error)
{
    Loading loading = { .config = config, .path = path };
    _cleanup_free_ char *text = NULL;
    int r = read_config(path, &text);

    if (r == -ENOENT)
        return 0;
    if (r == -EBADMSG || r == -EFBIG)
        return asprintf(ret_error, "%s is %s, so it is no configuration of xdmad's", path,
                        r == -EFBIG ? "over 64 KiB long" : "no text: it holds a NUL byte") < 0
                   ? -ENOMEM
                   : -EINVAL;
    if (r < 0)
        return r;
    r = ini_parse_string(text, on_value, &loading);
    if (r == 0)
        return 0;
    if (!loading.error &&
        asprintf(&loading.error, "%s: line %d is no `key = value` of a [section]", path, r) < 0)
        return -ENOMEM;
    *ret_error = loading.error;
    return -EINVAL;
}
