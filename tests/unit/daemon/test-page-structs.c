/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page structures and their pages, by the headers of /proc/kcore as Linux 6.1 and 6.12 have them in
 * a Dom0 on arm64; headers that are cut, lie, or contradict each other. */

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/page-structs.h"

#define PAGE_BYTES   4096
#define STRUCT_BYTES 64
#define FIRST_6_1    UINT64_C(0xfffffbffff000000)

typedef struct Core {
    Elf64_Ehdr head;
    Elf64_Phdr part[8];
} Core;

/* The kernel's text, vmalloc's space, two pieces of RAM and their page structures, and a note. */
static Core core_6_1(void)
{
    return (Core) {
        .head = {
            .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
            .e_type = ET_CORE,
            .e_machine = EM_AARCH64,
            .e_phoff = sizeof(Elf64_Ehdr),
            .e_phentsize = sizeof(Elf64_Phdr),
            .e_phnum = 8,
        },
        .part = {
            { .p_type = PT_NOTE, .p_filesz = 0x2014 },
            { .p_type = PT_LOAD, .p_vaddr = 0xffff800008000000, .p_paddr = 0x50000000,
              .p_memsz = 0x2010000 },
            { .p_type = PT_LOAD, .p_vaddr = 0xffff800008000000, .p_paddr = UINT64_MAX,
              .p_memsz = 0x7bffe8000000 },
            { .p_type = PT_LOAD, .p_vaddr = 0xffff000010000000, .p_paddr = 0x50000000,
              .p_memsz = 0xb0000000 },
            { .p_type = PT_LOAD, .p_vaddr = 0xfffffc0000400000, .p_paddr = UINT64_MAX,
              .p_memsz = 0x2c00000 },
            { .p_type = PT_LOAD, .p_vaddr = 0xffff0000e0000000, .p_paddr = 0x120000000,
              .p_memsz = 0x10000000 },
            { .p_type = PT_LOAD, .p_vaddr = 0xfffffc0003800000, .p_paddr = UINT64_MAX,
              .p_memsz = 0x400000 },
            { .p_type = PT_NOTE },
        },
    };
}

static int parse(const Core *core, size_t size, PageStructs *ret_structs)
{
    return page_structs_parse(core, size, PAGE_BYTES, STRUCT_BYTES, ret_structs);
}

static void test_pages_by_their_structures(void **state)
{
    (void)state;
    Core core = core_6_1();
    PageStructs structs;
    uint64_t phys;

    assert_int_equal(parse(&core, sizeof(core), &structs), 0);
    assert_true(structs.first == FIRST_6_1);
    assert_true(page_structs_address(&structs, 0xfffffc0000400000, &phys));
    assert_true(phys == 0x50000000);
    assert_true(page_structs_address(&structs, 0xfffffc0003800000 + 5 * STRUCT_BYTES, &phys));
    assert_true(phys == 0x120005000);
}

static void test_a_pointer_beside_the_structures(void **state)
{
    (void)state;
    PageStructs structs = { FIRST_6_1, PAGE_BYTES, STRUCT_BYTES };
    uint64_t phys;

    assert_false(page_structs_address(&structs, FIRST_6_1 + 8, &phys));
    assert_false(page_structs_address(&structs, FIRST_6_1 - STRUCT_BYTES, &phys));
    assert_false(page_structs_address(&structs, 0, &phys));
    assert_false(page_structs_address(&structs, 0xffff0000e0000000, &phys));
}

/* One bank alone is enough; the kernel's text and vmalloc's space are no pair. */
static void test_one_piece_of_ram(void **state)
{
    (void)state;
    Core core = core_6_1();
    PageStructs structs;

    core.head.e_phnum = 5;
    assert_int_equal(parse(&core, sizeof(core), &structs), 0);
    assert_true(structs.first == FIRST_6_1);
    core.head.e_phnum = 4;
    assert_int_equal(parse(&core, sizeof(core), &structs), -ENODATA);
}

static void test_structures_of_another_size_are_none(void **state)
{
    (void)state;
    Core core = core_6_1();
    PageStructs structs;

    assert_int_equal(page_structs_parse(&core, sizeof(core), PAGE_BYTES, 56, &structs), -ENODATA);
    assert_int_equal(page_structs_parse(&core, sizeof(core), PAGE_BYTES, 0, &structs), -EINVAL);
    assert_int_equal(page_structs_parse(&core, sizeof(core), 0, STRUCT_BYTES, &structs), -EINVAL);
}

static void test_a_contradiction_tells_nothing(void **state)
{
    (void)state;
    Core core = core_6_1();
    PageStructs structs;

    core.part[6].p_vaddr += PAGE_BYTES;
    assert_int_equal(parse(&core, sizeof(core), &structs), -ENODATA);
}

static void test_what_is_no_core(void **state)
{
    (void)state;
    Core core = core_6_1();
    PageStructs structs;

    for (size_t size = 0; size < sizeof(core); size++)
        assert_int_equal(parse(&core, size, &structs), -EBADMSG);
    core.head.e_ident[0] = 0;
    assert_int_equal(parse(&core, sizeof(core), &structs), -EBADMSG);
    core = core_6_1();
    core.head.e_ident[EI_CLASS] = ELFCLASS32;
    assert_int_equal(parse(&core, sizeof(core), &structs), -EBADMSG);
    core = core_6_1();
    core.head.e_phoff = UINT64_MAX;
    assert_int_equal(parse(&core, sizeof(core), &structs), -EBADMSG);
    core = core_6_1();
    core.head.e_phnum = UINT16_MAX;
    assert_int_equal(parse(&core, sizeof(core), &structs), -EBADMSG);
}

/* Of a bank at the end of all addresses. */
static void test_sizes_that_overflow(void **state)
{
    (void)state;
    Core core = core_6_1();
    PageStructs structs;

    core.part[3].p_paddr = core.part[5].p_paddr = UINT64_MAX - 1;
    core.part[3].p_memsz = core.part[5].p_memsz = UINT64_MAX;
    assert_int_equal(parse(&core, sizeof(core), &structs), -ENODATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_by_their_structures),
        cmocka_unit_test(test_a_pointer_beside_the_structures),
        cmocka_unit_test(test_one_piece_of_ram),
        cmocka_unit_test(test_structures_of_another_size_are_none),
        cmocka_unit_test(test_a_contradiction_tells_nothing),
        cmocka_unit_test(test_what_is_no_core),
        cmocka_unit_test(test_sizes_that_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
