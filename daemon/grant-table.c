/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grant table of this host. The only file that speaks to libxengnttab. */
#include "daemon/grant-table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xengnttab.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/pagemap.h"
#include "daemon/proc-file.h"
#include "daemon/reason.h"
#include "daemon/xen-logger.h"

#define DOMID_DOM0 0
/* XEN_PAGE_SIZE (include/xen/page.h, Linux 6.1): a grant is of 4 KiB whatever the kernel's pages.
 */
#define GRANT_BYTES 4096U

#define LIMIT_FILE    "/sys/module/xen_gntalloc/parameters/limit"
#define LIMIT_DEFAULT 1024U /* drivers/xen/gntalloc.c, 6.1 */

typedef struct HostTable {
    GrantTable ops; /* first, so that one pointer is both */
    xengntshr_handle *granter;
    xengnttab_handle *mapper;
    int pagemap_fd;
} HostTable;

static HostTable *host_of(GrantTable *table)
{
    return (HostTable *)table;
}

static int share(GrantTable *table, void **ret_page, uint32_t *ret_reference)
{
    uint32_t reference;
    void *page = xengntshr_share_pages(host_of(table)->granter, DOMID_DOM0, 1, &reference, 1);

    if (!page)
        return errno ? -errno : -EIO;
    *ret_page = page;
    *ret_reference = reference;
    return 0;
}

static void unshare(GrantTable *table, void *page)
{
    xengntshr_unshare(host_of(table)->granter, page, 1);
}

static int map(GrantTable *table, uint32_t *references, size_t n, void **ret_memory)
{
    void *memory = xengnttab_map_domain_grant_refs(host_of(table)->mapper, (uint32_t)n, DOMID_DOM0,
                                                   references, PROT_READ | PROT_WRITE);

    if (!memory)
        return errno ? -errno : -EIO;
    *ret_memory = memory;
    return 0;
}

static void unmap(GrantTable *table, void *memory, size_t n)
{
    xengnttab_unmap(host_of(table)->mapper, memory, (uint32_t)n);
}

static int addresses(GrantTable *table, const void *memory, size_t n, uint64_t *ret_address)
{
    return pagemap_read(host_of(table)->pagemap_fd, memory, table->page_bytes, n, ret_address);
}

static void destroy(GrantTable *table)
{
    HostTable *host = host_of(table);

    if (host->granter)
        xengntshr_close(host->granter);
    if (host->mapper)
        xengnttab_close(host->mapper);
    if (host->pagemap_fd >= 0)
        close(host->pagemap_fd);
    free(host);
}

bool grant_table_is_there(void)
{
    return access("/dev/xen/gntalloc", F_OK) == 0 && access("/dev/xen/gntdev", F_OK) == 0;
}

static uint64_t read_limit(void)
{
    _cleanup_free_ char *text = NULL;
    uint64_t limit;

    if (proc_file_read("/", LIMIT_FILE, &text) < 0)
        return LIMIT_DEFAULT;
    text[strcspn(text, "\n")] = '\0';
    return parse_u64(text, &limit) < 0 ? LIMIT_DEFAULT : limit;
}

static int refuse_device(const char *device, const char *module, char **ret_reason)
{
    return reason_give(ret_reason,
                       "/dev/xen/%s cannot be opened: %s; foreign pages need a Xen Dom0 with the "
                       "module %s (modprobe %s), and root",
                       device, strerror(errno), module, module);
}

static int open_host(HostTable *host, char **ret_reason)
{
    if (host->ops.page_bytes != pagemap_base_page_bytes())
        return reason_give(ret_reason, "the kernel's pages are larger than a grant, so a granted "
                                       "one has no frame of its own");
    host->granter = xengntshr_open(xen_logger_silent(), 0);
    if (!host->granter)
        return refuse_device("gntalloc", "xen-gntalloc", ret_reason);
    host->mapper = xengnttab_open(xen_logger_silent(), 0);
    if (!host->mapper)
        return refuse_device("gntdev", "xen-gntdev", ret_reason);
    host->pagemap_fd = pagemap_open();
    return host->pagemap_fd < 0 ? host->pagemap_fd : 1;
}

int grant_table_of_host(GrantTable **ret_table, char **ret_reason)
{
    HostTable *host = calloc(1, sizeof(*host));
    int r;

    if (!host)
        return -ENOMEM;
    *host = (HostTable) {
        .ops = { .page_bytes = GRANT_BYTES,
                 .limit_pages = read_limit(),
                 .share = share,
                 .unshare = unshare,
                 .map = map,
                 .unmap = unmap,
                 .addresses = addresses,
                 .destroy = destroy },
        .pagemap_fd = -1,
    };
    r = open_host(host, ret_reason);
    if (r > 0)
        *ret_table = &host->ops;
    else
        destroy(&host->ops);
    return r;
}
