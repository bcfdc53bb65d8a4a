/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PAGE_STRUCTS_H
#define XDMAD_DAEMON_PAGE_STRUCTS_H
/*
 * From the kernel's pointer to a struct page to the physical address of that page. With
 * SPARSEMEM_VMEMMAP the structures of all pages are one array, and the program headers of
 * /proc/kcore tell where the part of it for each piece of RAM is, right behind that piece
 * (kclist_add_private() and get_sparsemem_vmemmap_info(), fs/proc/kcore.c, 6.1 and 6.12).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PageStructs {
    uint64_t first; /* where that of PFN 0 is, or would be; modulo 2^64 */
    uint64_t page_bytes;
    uint64_t struct_bytes; /* sizeof(struct page) */
} PageStructs;

/*
 * Out of an ELF64 core's first `size` bytes. 0; -EBADMSG it is none; -ENODATA its headers tell no
 * page structures of this size, or contradict each other. Sizes of 0 are -EINVAL.
 */
int page_structs_parse(const void *elf, size_t size, uint64_t page_bytes, uint64_t struct_bytes,
                       PageStructs *ret_structs);

/* Of this host. 0, or negative errno. */
int page_structs_read(uint64_t struct_bytes, PageStructs *ret_structs);

/* The physical address of the page whose structure is at `pointer`: true and *ret_phys, or false
 * where no structure can be. */
bool page_structs_address(const PageStructs *structs, uint64_t pointer, uint64_t *ret_phys);

#endif
