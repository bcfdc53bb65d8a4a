/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: rules over a host's facts, a function a rule. A rule speaks only from evidence that it
 * can show; where evidence is missing, ENV-01 says so and the rule is silent.
 */
#include "placement/finding.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "placement/share.h"

#define N_OF(array)        (sizeof(array) / sizeof((array)[0]))
#define MAX_EVIDENCE_LINES 16U

/* worst first */
static const char *const severities[] = { "critical", "error", "warn", "unknown", "info" };

/* What is being judged and where findings go. */
typedef struct Judging {
    const HostFacts *facts;
    json_t *findings;
} Judging;

/* Add a finding. `evidence` is stolen. */
static void add_finding(Judging *judging, const char *id, const char *severity,
                        const StorageDevice *device, json_t *evidence, const char *explanation,
                        const char *remedy)
{
    json_t *finding =
        json_pack("{s:s, s:s, s:o, s:s, s:s}", "id", id, "severity", severity, "evidence",
                  evidence ? evidence : json_array(), "explanation", explanation, "remedy", remedy);

    if (device && device->name)
        json_object_set_new(finding, "device", json_string(device->name));
    json_array_append_new(judging->findings, finding);
}

static RamShare share_of(const HostFacts *facts, const StorageDevice *device)
{
    return host_facts_pfn_is_frame(facts) ? ram_share(&facts->ram, &device->reach)
                                          : (RamShare) { .unknown = 1 };
}

static bool has_offset(const DmaReach *reach)
{
    return reach->n_windows > 0 && reach->windows[0].bus_start != reach->windows[0].cpu_start;
}

static void note_reach(json_t **evidence, const StorageDevice *device)
{
    const DmaReach *reach = &device->reach;

    for (size_t i = 0; i < reach->n_windows && i < MAX_EVIDENCE_LINES; i++)
        host_facts_note(
            evidence, "window: CPU 0x%" PRIx64 "-0x%" PRIx64 " is bus 0x%" PRIx64 " (%s)",
            reach->windows[i].cpu_start, reach->windows[i].cpu_end, reach->windows[i].bus_start,
            device->source ? device->source : "source unknown");
    host_facts_note(evidence, "highest bus address: 0x%" PRIx64, dma_reach_limit(reach));
}

/* The lines of the log that belong to a device's card, without repeats. */
static json_t *card_lines(const KernelLog *log, const char *host)
{
    static const KernelLogId ids[] = { KERNEL_LOG_MMC_INIT_ERROR, KERNEL_LOG_MMC_BAD_STRUCTURE,
                                       KERNEL_LOG_SDHCI_ADMA_ERROR, KERNEL_LOG_SDHCI_ADMA_ENTRY };
    json_t *lines = json_array();

    for (size_t i = 0; i < log->n && json_array_size(lines) < MAX_EVIDENCE_LINES; i++) {
        const KernelLogEntry *entry = &log->entries[i];
        bool wanted = false, seen = false;

        for (size_t k = 0; k < N_OF(ids); k++)
            wanted = wanted || entry->id == ids[k];
        for (size_t k = 0; k < json_array_size(lines); k++)
            seen = seen || strcmp(json_string_value(json_array_get(lines, k)), entry->line) == 0;
        if (wanted && !seen && strcmp(entry->device, host) == 0)
            json_array_append_new(lines, json_string(entry->line));
    }
    return lines;
}

/* REG-01: a card that the kernel could not bring up. */
static void judge_dead_card(Judging *judging, const StorageDevice *device)
{
    const KernelLog *log = &judging->facts->log;
    const char *explanation =
        "The kernel failed to initialise the card, so that there is no block device. Registers "
        "that "
        "come by response and an error that is not about data speak for wiring, signal or the card "
        "itself.";
    json_t *evidence;

    if (device->state != DEVICE_STATE_DEAD || !device->host)
        return;
    evidence = card_lines(log, device->host);
    if (kernel_log_last(log, KERNEL_LOG_SDHCI_ADMA_ERROR, device->host) ||
        kernel_log_last(log, KERNEL_LOG_MMC_BAD_STRUCTURE, device->host)) {
        explanation =
            has_offset(&device->reach)
                ? "The first registers that come by data DMA did not arrive, while the device "
                  "tree claims an offset between CPU and bus addresses: the controller was given "
                  "a bus address that this hardware does not have there."
                : "The first registers that come by data DMA did not arrive: the controller was "
                  "given an address that it does not reach, or the card is faulty.";
        note_reach(&evidence, device);
    }
    add_finding(
        judging, "REG-01", "error", device, evidence, explanation,
        "Boot with the device tree that the firmware of this very board passes, compare its "
        "dma-ranges with the ones above, and try the card in another host.");
}

/* MEM-01: RAM that the device does not reach. */
static void judge_memory(Judging *judging, const StorageDevice *device)
{
    const RamBanks *ram = &judging->facts->ram;
    RamShare share = share_of(judging->facts, device);
    json_t *evidence = NULL;

    if (share.bounce <= 0)
        return;
    note_reach(&evidence, device);
    for (size_t i = 0; i < ram->n && i < MAX_EVIDENCE_LINES; i++)
        host_facts_note(&evidence, "RAM: 0x%" PRIx64 "-0x%" PRIx64, ram->bank[i].start,
                        ram->bank[i].end);
    host_facts_note(&evidence, "share of RAM out of reach: %.4f", share.bounce);
    add_finding(judging, "MEM-01", "warn", device, evidence,
                "Part of the RAM lies beyond what the controller reaches: a buffer there is copied "
                "through the bounce pool.",
                "Give the host less memory (dom0_mem on Xen's command line), or accept the copies "
                "and keep the pool large enough.");
}

/* POOL-01, POOL-02: can a bounce work at all? */
static void judge_pool(Judging *judging, const StorageDevice *device)
{
    const Pool *pool = &judging->facts->pool;
    RamShare share = share_of(judging->facts, device);
    json_t *evidence = NULL;
    bool inside;

    if (pool->presence == POOL_ABSENT && share.bounce > 0) {
        host_facts_note(&evidence, "no bounce pool (%s)", pool->source);
        host_facts_note(&evidence, "share of RAM out of reach: %.4f", share.bounce);
        add_finding(
            judging, "POOL-01", "error", device, evidence,
            "There is no bounce pool, but part of the RAM is out of the controller's reach: "
            "every mapping of a buffer there fails.",
            "Remove swiotlb=noforce from the kernel's command line.");
    } else if (pool_in_window(pool, &device->reach, &inside) && !inside) {
        host_facts_note(&evidence, "pool: 0x%" PRIx64 "-0x%" PRIx64, pool->range.start,
                        pool->range.end);
        note_reach(&evidence, device);
        add_finding(judging, "POOL-02", "error", device, evidence,
                    "The bounce pool does not lie in the controller's window: DMA cannot reach it, "
                    "so that a mapping that has to bounce fails.",
                    "Let the kernel place the pool lower: give it the device tree of the firmware, "
                    "or memory within the window (dom0_mem).");
    }
}

/* ENV-01: what could not be looked at. */
static void judge_evidence(Judging *judging)
{
    const HostFacts *facts = judging->facts;
    json_t *evidence = json_array();

    json_array_extend(evidence, facts->unknown);
    if (facts->mode == HOST_MODE_XEN_DOM0)
        json_array_extend(evidence, facts->xen.unknown);
    for (size_t i = 0; i < facts->n_devices; i++)
        if (!facts->devices[i].reach.known)
            host_facts_note(&evidence, "%s: what the controller reaches (%s)",
                            facts->devices[i].name ? facts->devices[i].name : "device",
                            facts->devices[i].source ? facts->devices[i].source : "no source");
    if (json_array_size(evidence) == 0) {
        json_decref(evidence);
        return;
    }
    add_finding(
        judging, "ENV-01", "unknown", NULL, evidence,
        "Evidence is missing, so that what rests on it is unknown and not known to be good.",
        "Run as root, with debugfs mounted on /sys/kernel/debug, and in a Dom0 with "
        "xen-privcmd loaded and xenfs on /proc/xen.");
}

static size_t severity_rank(const json_t *finding)
{
    const char *severity = json_get_string(finding, "severity", "");
    size_t rank = 0;

    while (rank < N_OF(severities) && strcmp(severities[rank], severity) != 0)
        rank++;
    return rank;
}

/* The findings in order of severity, those of one severity in the order they came; steals. */
static json_t *worst_first(json_t *findings)
{
    json_t *sorted = json_array();
    json_t *finding;
    size_t i;

    for (size_t rank = 0; rank <= N_OF(severities); rank++)
        json_array_foreach(findings, i, finding)
        {
            if (severity_rank(finding) == rank)
                json_array_append(sorted, finding);
        }
    json_decref(findings);
    return sorted;
}

json_t *findings_judge(const HostFacts *facts, const StorageDevice *device)
{
    Judging judging = { .facts = facts, .findings = json_array() };

    if (!judging.findings)
        return NULL;
    for (size_t i = 0; i < facts->n_devices; i++) {
        const StorageDevice *each = &facts->devices[i];

        if (device && each != device)
            continue;
        judge_dead_card(&judging, each);
        judge_memory(&judging, each);
        judge_pool(&judging, each);
    }
    judge_evidence(&judging);
    return worst_first(judging.findings);
}
