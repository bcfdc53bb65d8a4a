/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of real memory, as far as this user may see them.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/pagemap.h"

#define N_PAGES 5000U /* more than two pieces of a read */

static char *map_pages(size_t n)
{
    char *memory = mmap(NULL, n * pagemap_base_page_bytes(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    return memory;
}

static void test_absent_pages_are_unknown(void **state)
{
    char *memory = map_pages(N_PAGES);
    FrameMap map = { 0 };
    int fd = pagemap_open();
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(pagemap_acquire(fd, memory, pagemap_base_page_bytes(), N_PAGES, &map), 0);
    assert_int_equal(map.n_pages, N_PAGES);
    for (size_t i = 0; i < N_PAGES; i++)
        assert_true(map.address[i] == FRAME_UNKNOWN);
    frame_map_done(&map);
    close(fd);
    munmap(memory, N_PAGES * pagemap_base_page_bytes());
}

static void test_present_pages(void **state)
{
    uint64_t page_bytes = pagemap_base_page_bytes();
    char *memory = map_pages(N_PAGES);
    FrameMap map = { 0 }, part = { 0 };
    int fd = pagemap_open();
    (void)state;

    for (size_t i = 0; i < N_PAGES; i += 2) {
        madvise(memory + i * page_bytes, page_bytes, MADV_NOHUGEPAGE);
        memory[i * page_bytes] = 1;
    }
    assert_int_equal(pagemap_acquire(fd, memory, page_bytes, N_PAGES, &map), 0);
    if (map.address[0] == FRAME_UNKNOWN) {
        print_message("# skipped: frames are hidden from this user\n");
        frame_map_done(&map);
        close(fd);
        skip();
    }
    for (size_t i = 0; i < N_PAGES; i++) {
        assert_true((map.address[i] == FRAME_UNKNOWN) == (i % 2 == 1));
        if (i % 2 == 0)
            assert_int_equal(map.address[i] % page_bytes, 0);
    }
    assert_true(map.address[0] != map.address[2]);
    /* Each page of twice the size is told by its first half. */
    assert_int_equal(pagemap_acquire(fd, memory, 2 * page_bytes, N_PAGES / 2, &part), 0);
    for (size_t i = 0; i < N_PAGES / 2; i++)
        assert_int_equal(part.address[i], map.address[2 * i]);
    frame_map_done(&map);
    frame_map_done(&part);
    close(fd);
    munmap(memory, N_PAGES * page_bytes);
}

static void test_bad_questions(void **state)
{
    uint64_t page_bytes = pagemap_base_page_bytes(), address;
    char *memory = map_pages(1);
    FrameMap map = { .page_bytes = 7 };
    int fd = pagemap_open();
    (void)state;

    assert_int_equal(pagemap_read(fd, memory + 1, page_bytes, 1, &address), -EINVAL);
    assert_int_equal(pagemap_read(fd, memory, 0, 1, &address), -EINVAL);
    assert_int_equal(pagemap_read(fd, memory, page_bytes + 1, 1, &address), -EINVAL);
    assert_int_equal(pagemap_read(-1, memory, page_bytes, 1, &address), -EBADF);
    assert_int_equal(pagemap_acquire(-1, memory, page_bytes, 1, &map), -EBADF);
    assert_int_equal(map.page_bytes, 7);
    /* Behind the end of the address space there are no entries. */
    assert_int_equal(pagemap_read(fd, (void *)(uintptr_t)(UINT64_MAX / page_bytes * page_bytes),
                                  page_bytes, 1, &address),
                     -EIO);
    close(fd);
    munmap(memory, page_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent_pages_are_unknown),
        cmocka_unit_test(test_present_pages),
        cmocka_unit_test(test_bad_questions),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
