/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/page-structs.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"

#define KCORE_HEAD_BYTES 32768U /* its headers; a host has some ten of 56 bytes each */
#define MAX_PHYS_BITS    52
#define NO_PHYS          UINT64_MAX /* p_paddr of what is neither RAM nor the kernel's text */

/* The program headers: 0, *ret_at and *ret_n of them, all within the bytes. */
static int find_headers(const char *elf, size_t size, size_t *ret_at, size_t *ret_n)
{
    Elf64_Ehdr head;

    if (size < sizeof(head))
        return -EBADMSG;
    memcpy(&head, elf, sizeof(head));
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_type != ET_CORE || head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phoff > size ||
        head.e_phnum > (size - head.e_phoff) / sizeof(Elf64_Phdr))
        return -EBADMSG;
    *ret_at = head.e_phoff;
    *ret_n = head.e_phnum;
    return 0;
}

static Elf64_Phdr header_at(const char *elf, size_t at, size_t i)
{
    Elf64_Phdr header;

    memcpy(&header, elf + at + i * sizeof(header), sizeof(header));
    return header;
}

/* Where PFN 0's structure is, if `part` holds those of the pages of `ram`: it is of whole pages
 * around them. */
static bool match(const Elf64_Phdr *ram, const Elf64_Phdr *part, const PageStructs *structs,
                  uint64_t *ret_first)
{
    uint64_t mask = ~(structs->page_bytes - 1), start, end;

    if (ram->p_type != PT_LOAD || part->p_type != PT_LOAD || ram->p_paddr == NO_PHYS ||
        part->p_paddr != NO_PHYS || ram->p_paddr >> MAX_PHYS_BITS || ram->p_memsz >> MAX_PHYS_BITS)
        return false;
    start = ram->p_paddr / structs->page_bytes * structs->struct_bytes;
    end = (ram->p_paddr + ram->p_memsz) / structs->page_bytes * structs->struct_bytes +
          structs->page_bytes - 1;
    *ret_first = part->p_vaddr - (start & mask);
    return ram->p_memsz >= structs->page_bytes && part->p_memsz == (end & mask) - (start & mask);
}

int page_structs_parse(const void *elf, size_t size, uint64_t page_bytes, uint64_t struct_bytes,
                       PageStructs *ret_structs)
{
    PageStructs structs = { .page_bytes = page_bytes, .struct_bytes = struct_bytes };
    bool found = false;
    size_t at, n;

    if (page_bytes == 0 || struct_bytes == 0 || struct_bytes > page_bytes)
        return -EINVAL;
    int r = find_headers(elf, size, &at, &n);
    if (r < 0)
        return r;
    for (size_t i = 0; i + 1 < n; i++) {
        Elf64_Phdr ram = header_at(elf, at, i), part = header_at(elf, at, i + 1);
        uint64_t first;

        if (!match(&ram, &part, &structs, &first))
            continue;
        if (found && first != structs.first)
            return -ENODATA;
        structs.first = first;
        found = true;
    }
    if (!found)
        return -ENODATA;
    *ret_structs = structs;
    return 0;
}

int page_structs_read(uint64_t struct_bytes, PageStructs *ret_structs)
{
    char head[KCORE_HEAD_BYTES];
    _cleanup_close_ int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return -errno;
    n = pread(fd, head, sizeof(head), 0);
    if (n < 0)
        return -errno;
    return page_structs_parse(head, (size_t)n, (uint64_t)sysconf(_SC_PAGESIZE), struct_bytes,
                              ret_structs);
}

bool page_structs_address(const PageStructs *structs, uint64_t pointer, uint64_t *ret_phys)
{
    uint64_t distance = pointer - structs->first, pfn = distance / structs->struct_bytes;

    if (pointer == 0 || distance % structs->struct_bytes ||
        pfn >= (UINT64_C(1) << MAX_PHYS_BITS) / structs->page_bytes)
        return false;
    *ret_phys = pfn * structs->page_bytes;
    return true;
}
