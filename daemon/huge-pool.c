/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raises the kernel's pool of huge pages and puts it back. It never lowers it below what it found.
 */

#include "daemon/huge-pool.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/proc-file.h"
#include "daemon/reason.h"

#define SIZES          "/sys/kernel/mm/hugepages"
#define PAGE_MAX_BYTES (UINT64_C(1) << 30)

struct HugePool {
    char *root;
    uint64_t page_bytes;
    uint64_t n_found; /* at open */
    uint64_t n_now;   /* as we last set it */
};

/* A number that the kernel keeps for pages of a size. */
static void name_file(uint64_t page_bytes, const char *file, char path[static 96])
{
    snprintf(path, 96, SIZES "/hugepages-%" PRIu64 "kB/%s", page_bytes / 1024, file);
}

static int read_number(const char *root, uint64_t page_bytes, const char *file, uint64_t *ret_n)
{
    _cleanup_free_ char *text = NULL;
    char path[96];

    name_file(page_bytes, file, path);
    int r = proc_file_read(root, path, &text);
    if (r < 0)
        return r;
    text[strcspn(text, "\n")] = '\0';
    return parse_u64(text, ret_n);
}

static int read_count(const char *root, uint64_t page_bytes, uint64_t *ret_n)
{
    return read_number(root, page_bytes, "nr_hugepages", ret_n);
}

static int write_count(const char *root, uint64_t page_bytes, uint64_t n)
{
    char path[96], text[24];

    name_file(page_bytes, "nr_hugepages", path);
    snprintf(text, sizeof(text), "%" PRIu64, n);
    return proc_file_write(root, path, text);
}

/* Pages beyond the pool, which its users still hold: of an arena that was placed before. A first
 * raise makes them part of the pool. 0 where the kernel does not tell. */
static uint64_t read_surplus(const char *root, uint64_t page_bytes)
{
    uint64_t n;

    return read_number(root, page_bytes, "surplus_hugepages", &n) < 0 ? 0 : n;
}

/* "hugepages-64kB": 0 and the size, or -EINVAL. */
static int parse_size(const char *name, uint64_t *ret_bytes)
{
    static const char prefix[] = "hugepages-";
    uint64_t kib;

    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return -EINVAL;
    name += strlen(prefix);
    if (scan_u64(&name, 10, &kib) < 0 || strcmp(name, "kB") != 0 || kib == 0 ||
        kib > PAGE_MAX_BYTES / 1024 || (kib & (kib - 1)))
        return -EINVAL;
    *ret_bytes = kib * 1024;
    return 0;
}

int huge_pool_smallest_page_bytes(const char *root, uint64_t *ret_bytes)
{
    _cleanup_free_ char *path = NULL;
    uint64_t bytes, smallest = UINT64_MAX;

    if (asprintf(&path, "%s" SIZES, root) < 0) {
        path = NULL;
        return -ENOMEM;
    }
    _cleanup_closedir_ DIR *directory = opendir(path);
    if (!directory)
        return -errno;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (parse_size(entry->d_name, &bytes) >= 0 && bytes < smallest)
            smallest = bytes;
    if (smallest == UINT64_MAX)
        return -ENOENT;
    *ret_bytes = smallest;
    return 0;
}

/*
 * The record of a raised pool, "PID COUNT BYTES": who raised it, what was found, of which size. It
 * lies in memory and lasts as long as the pool itself can stay raised: until the next boot.
 */
#define RECORD "/run/xdmad-nr_hugepages"

static int write_record(const HugePool *pool)
{
    _cleanup_free_ char *path = NULL;
    _cleanup_fclose_ FILE *file = NULL;

    if (asprintf(&path, "%s%s", pool->root, RECORD) < 0) {
        path = NULL;
        return -ENOMEM;
    }
    file = fopen(path, "we");
    if (!file ||
        fprintf(file, "%d %" PRIu64 " %" PRIu64 "\n", (int)getpid(), pool->n_found,
                pool->page_bytes) < 0 ||
        fflush(file) != 0)
        return -errno;
    return 0;
}

static void remove_record(const char *root)
{
    _cleanup_free_ char *path = NULL;

    if (asprintf(&path, "%s%s", root, RECORD) < 0) {
        path = NULL;
        return;
    }
    unlink(path);
}

int huge_pool_recover(const char *root)
{
    _cleanup_free_ char *text = NULL;
    uint64_t pid, n_found, page_bytes;
    int r = proc_file_read(root, RECORD, &text);

    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    if (parse_field_u64(text, 0, &pid) < 0 || parse_field_u64(text, 1, &n_found) < 0 ||
        parse_field_u64(text, 2, &page_bytes) < 0 || pid == 0 || pid > INT_MAX) {
        remove_record(root); /* torn: whoever wrote it raised nothing yet */
        return 0;
    }
    if ((pid_t)pid == getpid() || kill((pid_t)pid, 0) == 0 || errno == EPERM)
        return -EBUSY;
    r = write_count(root, page_bytes, n_found);
    if (r < 0)
        return r;
    remove_record(root);
    return 1;
}

static int give_reason(const char *what, int error, char **ret_reason)
{
    return reason_give(ret_reason, "%s: %s; huge pages need a kernel with hugetlbfs and root", what,
                       strerror(-error));
}

int huge_pool_open(const char *root, HugePool **ret_pool, char **ret_reason)
{
    uint64_t n_found, page_bytes = 0;

    int r = huge_pool_recover(root);
    if (r >= 0)
        r = huge_pool_smallest_page_bytes(root, &page_bytes);
    if (r < 0)
        return r == -ENOMEM ? r : give_reason(SIZES, r, ret_reason);
    r = read_count(root, page_bytes, &n_found);
    if (r >= 0)
        r = write_count(root, page_bytes, n_found); /* may it be written? */
    if (r < 0)
        return r == -ENOMEM ? r : give_reason(SIZES "/*/nr_hugepages", r, ret_reason);

    HugePool *pool = calloc(1, sizeof(*pool));
    char *copy = strdup(root);
    if (!pool || !copy) {
        free(pool);
        free(copy);
        return -ENOMEM;
    }
    *pool = (HugePool) { copy, page_bytes, n_found, n_found };
    *ret_pool = pool;
    return 1;
}

HugePool *huge_pool_free(HugePool *pool)
{
    if (!pool)
        return NULL;
    huge_pool_restore(pool);
    free(pool->root);
    free(pool);
    return NULL;
}

uint64_t huge_pool_page_bytes(const HugePool *pool)
{
    return pool->page_bytes;
}

int huge_pool_raise(HugePool *pool, uint64_t n_pages)
{
    bool first = pool->n_now == pool->n_found;
    uint64_t n_surplus = first ? read_surplus(pool->root, pool->page_bytes) : 0;
    uint64_t wanted = pool->n_now + n_surplus + n_pages, got;

    if (wanted < n_pages)
        return -ERANGE;
    int r = first ? write_record(pool) : 0;
    if (r >= 0)
        r = write_count(pool->root, pool->page_bytes, wanted);
    if (r >= 0)
        r = read_count(pool->root, pool->page_bytes, &got);
    if (r >= 0 && got < wanted)
        r = -ENOMEM;
    if (r < 0) {
        write_count(pool->root, pool->page_bytes, pool->n_now);
        if (first)
            remove_record(pool->root);
        return r;
    }
    pool->n_now = wanted;
    return 0;
}

int huge_pool_lower(HugePool *pool, uint64_t n_pages)
{
    if (n_pages == 0)
        return 0;
    if (n_pages > pool->n_now - pool->n_found)
        return -ERANGE;
    if (n_pages == pool->n_now - pool->n_found)
        return huge_pool_restore(pool);
    int r = write_count(pool->root, pool->page_bytes, pool->n_now - n_pages);
    if (r >= 0)
        pool->n_now -= n_pages;
    return r;
}

int huge_pool_restore(HugePool *pool)
{
    if (pool->n_now == pool->n_found)
        return 0;
    int r = write_count(pool->root, pool->page_bytes, pool->n_found);
    if (r < 0)
        return r;
    pool->n_now = pool->n_found;
    remove_record(pool->root);
    return 0;
}
