/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A captured tree: files whose content is the input, at the places that the probes read, then
 * everything that inspect and doctor say of it. Of the input, "\n%%N\n" begins the content of the
 * N-th place (a letter from A on); what stands before the first such line is a device tree.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/host.h"
#include "placement/inspect.h"
#include "placement/inspection-view.h"

#define CONTROLLER "sys/devices/platform/soc/fe340000.mmc"
#define CARD       CONTROLLER "/mmc_host/mmc0/mmc0:aaaa"
#define MARK       "\n%%"

static const char *const places[] = {
    "proc/iomem",
    "proc/version",
    "proc/cmdline",
    "dmesg.txt",
    "xl-dmesg.txt",
    "xen-facts.json",
    "card-rereads.json",
    "proc/xen/capabilities",
    "sys/hypervisor/type",
    "sys/hypervisor/version/major",
    "sys/hypervisor/properties/features",
    "sys/hypervisor/properties/capabilities",
    "sys/kernel/debug/swiotlb/io_tlb_nslabs",
    "sys/kernel/debug/swiotlb/io_tlb_used",
    "sys/kernel/debug/swiotlb/io_tlb_used_hiwater",
    "sys/kernel/debug/mmc0/ios",
    "sys/kernel/debug/mmc0/err_stats",
    CARD "/type",
    CARD "/cid",
    CARD "/csd",
    CARD "/scr",
    CARD "/ssr",
    CARD "/block/mmcblk0/size",
    "proc/sys/kernel/osrelease",
    "boot/config-6.12",
};

#define N_PLACES (sizeof(places) / sizeof(places[0]))

static char root[] = "/dev/shm/xdmad-fuzz-XXXXXX";

/* The path of a name in the root, its folders made. */
static void path_of(const char *name, char path[static 512])
{
    snprintf(path, 512, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
}

static void put(const char *name, const void *bytes, size_t size)
{
    char path[512];
    _cleanup_close_ int fd = -1;

    path_of(name, path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
}

static void put_link(const char *name, const char *target)
{
    char path[512];

    path_of(name, path);
    if (symlink(target, path) < 0)
        abort();
}

static void remove_root(void)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    if (system(command) != 0)
        fprintf(stderr, "%s: left behind\n", root);
}

static void make_root(void)
{
    static bool made;

    if (made)
        return;
    if (!mkdtemp(root))
        abort();
    made = true;
    atexit(remove_root);
    put_link("sys/class/mmc_host/mmc0", "../../devices/platform/soc/fe340000.mmc/mmc_host/mmc0");
    put_link(CONTROLLER "/of_node", "../../../../firmware/devicetree/base/emmc2bus/mmc@7e340000");
    put_link(CONTROLLER "/subsystem", "../../../../bus/platform");
    put_link(CONTROLLER "/driver", "../../../../../../../../etc");
}

/* Each place gets its piece of the input, or nothing. */
static void fill_root(const char *text, size_t size)
{
    const char *at = memmem(text, size, MARK, 3), *end = text + size;
    const char *piece[N_PLACES] = { NULL };
    size_t length[N_PLACES] = { 0 };

    put("sys/firmware/fdt", text, at ? (size_t)(at - text) : size);
    while (at && end - at >= 5) {
        const char *next = memmem(at + 4, (size_t)(end - at - 4), MARK, 3);
        size_t which = (unsigned char)at[3] - (size_t)'A';

        if (which < N_PLACES) {
            piece[which] = at + 5;
            length[which] =
                next ? (next > at + 5 ? (size_t)(next - at - 5) : 0) : (size_t)(end - at - 5);
        }
        at = next;
    }
    for (size_t i = 0; i < N_PLACES; i++)
        put(places[i], piece[i] ? piece[i] : "", length[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(host_facts_done) HostFacts facts = { 0 };
    _cleanup_json_ json_t *inspection = NULL, *narrow = NULL;
    HostSource source = { .root = root };

    make_root();
    fill_root((const char *)data, size);
    if (host_acquire(&source, &facts) < 0)
        return 0;
    inspection = inspection_build(&facts, NULL);
    if (!inspection)
        abort();
    narrow = inspection_narrow(inspection, "mmc0");
    return 0;
}
