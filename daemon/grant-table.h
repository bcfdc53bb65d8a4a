/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_GRANT_TABLE_H
#define XDMAD_DAEMON_GRANT_TABLE_H
/*
 * Pages that Dom0 grants to itself, and their second mapping through the grant table, as a block
 * backend maps a guest's pages. It is a table of functions, so that a test needs no Xen.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct GrantTable GrantTable;

struct GrantTable {
    uint64_t page_bytes;  /* of one grant */
    uint64_t limit_pages; /* the kernel lets all its users together have so many */

    /* One page of the kernel's, granted to us, and our own mapping of it. 0; -ENOMEM: no page is to
     * be had; -ENOSPC: no grant, by the kernel's limit or because the grant table is full; other
     * negative errno. */
    int (*share)(GrantTable *table, void **ret_page, uint32_t *ret_reference);
    /* Give it back. */
    void (*unshare)(GrantTable *table, void *page);
    /* The second mapping: these grants, one behind the other, to read and write. 0; -ENOMEM: the
     * kernel has no addresses to map them at; other negative errno. */
    int (*map)(GrantTable *table, uint32_t *references, size_t n, void **ret_memory);
    void (*unmap)(GrantTable *table, void *memory, size_t n);
    /* The addresses of n pages of either mapping, by their PFNs; FRAME_UNKNOWN where none is told.
     * 0 or negative errno. */
    int (*addresses)(GrantTable *table, const void *memory, size_t n, uint64_t *ret_address);
    /* Release it; what it shares and maps must be given back before. Never NULL. */
    void (*destroy)(GrantTable *table);
};

/* Whether its two devices are there; without opening either. */
bool grant_table_is_there(void);

/*
 * This host's, by libxengnttab: /dev/xen/gntalloc and /dev/xen/gntdev (drivers/xen/gntalloc.c,
 * gntdev.c, 6.1). 1 and *ret_table; 0 and *ret_reason (owned): no Xen, a module that is not loaded,
 * no right; or negative errno.
 */
int grant_table_of_host(GrantTable **ret_table, char **ret_reason);

#endif
