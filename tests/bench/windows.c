/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows found a second, over the device trees that are named on stdin, a path a line: each blob
 * is parsed and the window of each of its MMC/SD controllers found, beside libfdt's own check of
 * the same blob (fdt_check_full(), what any reader of foreign blobs would do first), in turn.
 * usage: windows [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libfdt.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "placement/controller.h"
#include "placement/window.h"

#define MAX_TREES      8192U
#define DEFAULT_ROUNDS 5U

static struct {
    char *bytes;
    size_t size;
} blobs[MAX_TREES];

/* CPU time of this process: other work on the machine does not count. */
static double cpu_sec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NSEC_PER_SEC;
}

static size_t read_blobs(void)
{
    static char bytes[DEVICE_TREE_MAX_BYTES];
    _cleanup_free_ char *path = NULL;
    size_t capacity = 0, n = 0;

    while (n < MAX_TREES && getline(&path, &capacity, stdin) > 0) {
        _cleanup_fclose_ FILE *file = NULL;

        path[strcspn(path, "\n")] = '\0';
        file = fopen(path, "re");
        blobs[n].size = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
        blobs[n].bytes = malloc(blobs[n].size + 1);
        if (blobs[n].size == 0 || !blobs[n].bytes) {
            fprintf(stderr, "windows: %s cannot be read\n", path);
            exit(EXIT_FAILURE);
        }
        memcpy(blobs[n].bytes, bytes, blobs[n].size);
        n++;
    }
    return n;
}

static size_t find_windows(size_t i)
{
    DeviceTree *tree;
    size_t n = 0;

    if (device_tree_parse(blobs[i].bytes, blobs[i].size, &tree) < 0)
        return 0;
    for (size_t node = controller_next(tree, 0); node != DEVICE_TREE_NONE;
         node = controller_next(tree, node + 1)) {
        DmaReach reach;

        if (window_of_device(tree, node, 0, &reach, NULL) == 0)
            n++;
    }
    device_tree_free(tree);
    return n;
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : DEFAULT_ROUNDS;
    size_t n = read_blobs(), n_windows = 0, n_sound = 0;
    double own_sec = 0, check_sec = 0, slowest_sec = 0;

    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < n; i++) {
            double start = cpu_sec(), middle, end;

            n_windows += find_windows(i);
            middle = cpu_sec();
            n_sound += fdt_check_full(blobs[i].bytes, blobs[i].size) == 0;
            end = cpu_sec();
            own_sec += middle - start;
            check_sec += end - middle;
            slowest_sec = middle - start > slowest_sec ? middle - start : slowest_sec;
        }
    if (n == 0 || rounds == 0 || n_windows == 0 || n_sound != n * rounds) {
        fprintf(stderr, "windows: no trees, no controllers in them, or they are not sound\n");
        return EXIT_FAILURE;
    }
    printf("%zu trees, %zu controllers, %zu rounds\n", n, n_windows / rounds, rounds);
    printf("windows          %.0f a second, their trees' parsing included\n",
           (double)n_windows / own_sec);
    printf("a tree           %.0f us, the slowest %.0f us\n", own_sec / (double)(n * rounds) * 1e6,
           slowest_sec * 1e6);
    printf("time beside it   %.3f of libfdt's check of the same blobs\n", own_sec / check_sec);
    for (size_t i = 0; i < n; i++)
        free(blobs[i].bytes);
    return EXIT_SUCCESS;
}
