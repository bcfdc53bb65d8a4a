/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames classified a second, beside a bare read of the same part of pagemap: an arena's buffer of
 * base pages, read and judged as placing an arena does, and read alone with the largest reads that
 * pagemap has, in turn. Prints both rates and the median of the pairs' ratio.
 * usage: frames [MIB [PAIRS]]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/pagemap.h"

#define DEFAULT_MIB   256U
#define DEFAULT_PAIRS 41U
#define MAX_PAIRS     1000U
#define DMA_PATHS     4U /* how many there are */

/* One window at an offset, as a Pi 4's card slot has it; it ends in the middle of the buffer's
 * frames, so that both paths are judged. */
static DmaReach reach = { .known = true,
                          .n_windows = 1,
                          .windows = { { .bus_start = 0x1000 } },
                          .dma_mask = UINT64_MAX,
                          .bus_limit = UINT64_MAX };

__attribute__((noreturn)) static void fail(const char *what, int error)
{
    fprintf(stderr, "frames: %s: %s\n", what, strerror(error));
    exit(EXIT_FAILURE);
}

/* CPU time of this process: other work on the machine does not count. */
static double cpu_sec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NSEC_PER_SEC;
}

static double read_bare(int fd, const void *buffer, size_t n, uint64_t *entries)
{
    double start = cpu_sec();
    size_t size = n * sizeof(*entries), done = 0;
    off_t at = (off_t)((uint64_t)(uintptr_t)buffer / pagemap_base_page_bytes() * sizeof(*entries));

    while (done < size) {
        ssize_t got = pread(fd, (char *)entries + done, size - done, at + (off_t)done);

        if (got <= 0)
            fail("pagemap", got < 0 ? errno : EIO);
        done += (size_t)got;
    }
    return cpu_sec() - start;
}

static double classify(int fd, const void *buffer, size_t n, size_t ret_n[DMA_PATHS])
{
    double start = cpu_sec();
    FrameMap map;
    int r = pagemap_acquire(fd, buffer, pagemap_base_page_bytes(), n, &map);

    if (r < 0)
        fail("pagemap", -r);
    memset(ret_n, 0, DMA_PATHS * sizeof(*ret_n));
    for (size_t i = 0; i < n; i++)
        ret_n[frame_map_path(&map, i, &reach)]++;
    frame_map_done(&map);
    return cpu_sec() - start;
}

static void place_window(int fd, const void *buffer, size_t n)
{
    _cleanup_free_ uint64_t *sorted = NULL;
    FrameMap map;
    int r = pagemap_acquire(fd, buffer, pagemap_base_page_bytes(), n, &map);

    if (r < 0)
        fail("pagemap", -r);
    sorted = frame_map_sorted(&map, &n);
    if (!sorted || n == 0)
        fail("frames (they are shown to root alone)", EPERM);
    reach.windows[0].cpu_end = sorted[n / 2] - 1;
    frame_map_done(&map);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    static double ratio[MAX_PAIRS], bare[MAX_PAIRS], whole[MAX_PAIRS];
    size_t bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_MIB) << 20;
    size_t pairs = argc > 2 ? strtoul(argv[2], NULL, 10) : DEFAULT_PAIRS, n_of[DMA_PATHS];
    size_t n = bytes / pagemap_base_page_bytes();
    _cleanup_close_ int fd = pagemap_open();
    uint64_t *entries = malloc(n * sizeof(*entries) + 1);
    void *buffer = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (fd < 0)
        fail("/proc/self/pagemap", -fd);
    if (n == 0 || pairs == 0 || pairs > MAX_PAIRS || !entries || buffer == MAP_FAILED)
        fail("buffer", EINVAL);
    madvise(buffer, bytes, MADV_NOHUGEPAGE);
    memset(buffer, 1, bytes);
    memset(entries, 1, n * sizeof(*entries));
    place_window(fd, buffer, n);
    for (size_t i = 0; i < pairs; i++) {
        if (i % 2)
            bare[i] = read_bare(fd, buffer, n, entries);
        whole[i] = classify(fd, buffer, n, n_of);
        if (i % 2 == 0)
            bare[i] = read_bare(fd, buffer, n, entries);
        ratio[i] = whole[i] / bare[i];
    }
    printf("%zu pages of %lu bytes, %zu pairs; of them direct %zu, bounce %zu, unknown %zu\n", n,
           (unsigned long)pagemap_base_page_bytes(), pairs, n_of[DMA_PATH_DIRECT],
           n_of[DMA_PATH_BOUNCE], n_of[DMA_PATH_UNKNOWN]);
    printf("bare read        %.1f million frames a second\n",
           (double)n / median(bare, pairs) / 1e6);
    printf("classified       %.1f million frames a second\n",
           (double)n / median(whole, pairs) / 1e6);
    printf("time beside it   %.3f (median of the pairs; goal: at most 1.2)\n",
           median(ratio, pairs));
    free(entries);
    return EXIT_SUCCESS;
}
