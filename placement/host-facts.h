/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_HOST_FACTS_H
#define XDMAD_PLACEMENT_HOST_FACTS_H
/*
 * What is known about one host, as its probes left it: the model that inspect and doctor judge.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "placement/kernel-log.h"
#include "placement/kernel-version.h"
#include "placement/mmc-errors.h"
#include "placement/p2m.h"
#include "placement/pool.h"
#include "placement/ram.h"
#include "placement/reach.h"

struct LiveAccount; /* placement/live-account.h, which needs what stands here */

typedef enum HostMode {
    HOST_MODE_BARE_METAL,
    HOST_MODE_XEN_DOM0,
} HostMode;

/* A question that may have no answer; the zero value is none. */
typedef enum Answer {
    ANSWER_UNKNOWN,
    ANSWER_NO,
    ANSWER_YES,
} Answer;

/* What is known of the kernel and of what it runs beside MMC. */
typedef struct KernelFacts {
    KernelVersion version;
    Answer unaligned_kmalloc; /* CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC, since 6.5 */
    Answer nvme;              /* is there an NVMe controller? */
    Answer block_backends;    /* does it serve disks to other domains? */
} KernelFacts;

/* What is known of Xen. Every pointer may be NULL = unknown; all owned. */
typedef struct XenFacts {
    bool present;
    char *version; /* "4.17.7" */
    char *changeset;
    char *command_line;
    char *capabilities;
    bool features_known;
    uint32_t features; /* submap 0: bits XENFEAT_*, xen/include/public/features.h */
    char *scheduler;   /* of the default pool: "credit2" */
    json_t *domain;    /* Dom0's own record, an object */
    json_t *physinfo;  /* an object */
    json_t *numa;      /* array of objects, one a node that is there */
    P2m p2m;           /* of an x86 PV Dom0; unknown elsewhere, and where it could not be read */
    KernelLog console; /* Xen's own, not known where it could not be read; xen_banks_find() */
    json_t *unknown;   /* array of strings: each piece that could not be had, and why */
} XenFacts;

typedef enum DeviceState {
    DEVICE_STATE_UNKNOWN,
    DEVICE_STATE_READY,    /* a card or chip is there */
    DEVICE_STATE_EMPTY,    /* none is, and the kernel has complained of none */
    DEVICE_STATE_DEAD,     /* the kernel tried to bring one up and failed */
    DEVICE_STATE_DISABLED, /* the device tree has it switched off */
} DeviceState;

/* A storage controller. Strings are owned, NULL = unknown or none. */
typedef struct StorageDevice {
    char *name;   /* as the kernel's trace has it: "0000:00:01.0", "fe340000.mmc" */
    char *node;   /* full path of the device tree node: its own, or its PCI host bridge's */
    char *driver; /* "sdhci-pci" */
    char *host;   /* "mmc0" */
    char *block;  /* "mmcblk0" */
    json_t *card; /* registers as sysfs and debugfs show them, an object */
    DeviceState state;
    MmcErrors errors;   /* since boot */
    Answer coherent;    /* does the hardware keep its DMA coherent with the caches? */
    Answer no_map_pool; /* does it own a coherent pool that the kernel does not map? */
    DmaReach reach;
    const char *mask_source; /* static */
    char *source;            /* what the window rests on */
} StorageDevice;

typedef struct HostFacts {
    HostMode mode;
    XenFacts xen;
    RamBanks ram;
    Pool pool;
    KernelLog log;
    KernelFacts kernel;
    size_t n_devices;
    StorageDevice *devices;   /* owned */
    struct LiveAccount *live; /* what was seen live; NULL where nobody watched; owned */
    char *schedule_latch;     /* the run that took runs by schedule off, or NULL; owned */
    json_t *environment;      /* an object */
    json_t *unknown;          /* array of strings: evidence that could not be had, and why */
} HostFacts;

/* Free what it owns and zero it. */
void host_facts_done(HostFacts *facts);

void storage_device_done(StorageDevice *device);

/* Put a device in: it is moved and zeroed on success. 0 or -ENOMEM. */
int host_facts_add_device(HostFacts *facts, StorageDevice *device);

/* Note a piece of missing evidence in an array (*list is made when NULL). The text is cut at 255
 * bytes. 0 or -ENOMEM. */
__attribute__((format(printf, 2, 3))) int host_facts_note(json_t **list, const char *format, ...);

/* The device with this name, mmc host, block device or node; the first one when `which` is NULL.
 * NULL when there is none. */
const StorageDevice *host_facts_find_device(const HostFacts *facts, const char *which);

/* How a page's PFN tells its machine frame. */
typedef enum FrameRule {
    FRAME_RULE_UNKNOWN, /* not at all: frames and shares are unknown */
    FRAME_RULE_PFN,     /* it is the frame */
    FRAME_RULE_P2M,     /* through Dom0's p2m list, where that can be read */
} FrameRule;

/*
 * On bare metal the PFN is the frame. In Dom0 it is so only on Arm with XENFEAT_direct_mapped: x86
 * PV sets that bit too and has a p2m, so Arm is told by Xen's capabilities.
 */
FrameRule host_facts_frame_rule(const HostFacts *facts);

/* Is the rule FRAME_RULE_PFN? */
bool host_facts_pfn_is_frame(const HostFacts *facts);

/* True and *ret_direct_mapped as the feature bit says, or false when the bits are unknown. */
bool xen_facts_direct_mapped(const XenFacts *xen, bool *ret_direct_mapped);

/* Is Dom0 one of Arm? By Xen's capabilities; unknown without them. No, where there is no Xen. */
Answer host_facts_arm_dom0(const HostFacts *facts);

/* Has this Xen an x86 PV Dom0, if a Dom0 is asked? By capabilities and features; unknown without
 * them. */
Answer xen_facts_pv_dom0(const XenFacts *xen);

/* Is Dom0 one of x86 PV, whose pages have machine frames of their own? A PVH one is
 * auto-translated (XENFEAT_auto_translated_physmap). */
Answer host_facts_pv_dom0(const HostFacts *facts);

/* Do its devices map through swiotlb-xen? Arm: xen_swiotlb_detect() (arch/arm/xen/mm.c, 6.1):
 * direct-mapped, or neither bit 17 nor 16, as with Xen before 4.16. x86: PV alone. */
Answer host_facts_swiotlb_xen(const HostFacts *facts);

/* "xen-dom0" or "bare-metal". */
const char *host_mode_name(HostMode mode);

/* "unknown", "ready", "empty", "dead", "disabled". */
const char *device_state_name(DeviceState state);

#endif
