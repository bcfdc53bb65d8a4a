/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/translation-audit.h"

const char *translation_name(Translation translation)
{
    static const char *const names[N_TRANSLATIONS] = {
        [TRANSLATION_UNKNOWN] = "unknown", [TRANSLATION_DIRECT] = "direct",
        [TRANSLATION_BOUNCED] = "bounced", [TRANSLATION_FOREIGN] = "foreign",
        [TRANSLATION_WRONG] = "wrong",     [TRANSLATION_FAILED] = "failed",
    };

    return names[translation];
}

TranslationScope translation_scope(const HostFacts *facts, const StorageDevice *device)
{
    return (TranslationScope) {
        .reach = &device->reach,
        .frame_rule = host_facts_frame_rule(facts),
        .p2m = &facts->xen.p2m,
        .ram = &facts->ram,
        .pool = &facts->pool,
        .is_dom0 = facts->mode == HOST_MODE_XEN_DOM0,
    };
}

bool translation_machine_address(const TranslationScope *scope, uint64_t cpu, uint64_t *ret_machine)
{
    if (scope->frame_rule == FRAME_RULE_P2M)
        return p2m_machine_address(scope->p2m, cpu, ret_machine);
    *ret_machine = cpu;
    return scope->frame_rule == FRAME_RULE_PFN;
}

/* Has the last byte of the segment the same distance to its first on the bus as in the window? */
static bool is_direct(const TranslationScope *scope, const DmaSegment *segment, uint64_t expected)
{
    uint64_t last_cpu, last_bus, last_machine, last_expected;

    return segment->bus == expected &&
           !__builtin_add_overflow(segment->cpu, segment->bytes - 1, &last_cpu) &&
           !__builtin_add_overflow(segment->bus, segment->bytes - 1, &last_bus) &&
           translation_machine_address(scope, last_cpu, &last_machine) &&
           dma_reach_bus_address(scope->reach, last_machine, &last_expected) &&
           last_bus == last_expected;
}

static bool is_in_ram(const RamBanks *ram, uint64_t address)
{
    for (size_t i = 0; i < ram->n; i++)
        if (address_range_contains(&ram->bank[i], address, address))
            return true;
    return false;
}

/* Is the machine address a piece of the pool? Of an x86 PV Dom0 the log tells the pool's
 * pseudo-physical range. */
static bool is_in_pool(const TranslationScope *scope, uint64_t machine)
{
    const AddressRange *range = &scope->pool->range;

    if (!scope->pool->range_known)
        return false;
    return scope->frame_rule == FRAME_RULE_P2M
               ? p2m_range_has_machine_address(scope->p2m, range, machine)
               : address_range_contains(range, machine, machine);
}

static bool is_bounced(const TranslationScope *scope, const DmaSegment *segment)
{
    uint64_t last_bus, first, last;

    return !__builtin_add_overflow(segment->bus, segment->bytes - 1, &last_bus) &&
           dma_reach_cpu_address(scope->reach, segment->bus, &first) &&
           dma_reach_cpu_address(scope->reach, last_bus, &last) && is_in_pool(scope, first) &&
           is_in_pool(scope, last);
}

/* Can the device be given this piece of the bus at all? */
static bool is_reachable(const DmaReach *reach, const DmaSegment *segment)
{
    uint64_t last, cpu;

    return !__builtin_add_overflow(segment->bus, segment->bytes - 1, &last) &&
           last <= dma_reach_limit(reach) && dma_reach_cpu_address(reach, segment->bus, &cpu) &&
           dma_reach_cpu_address(reach, last, &cpu);
}

/* Is it known where every pool lies that the kernel may bounce through? */
static bool is_pool_known(const Pool *pool)
{
    return !pool->grows &&
           (pool->presence == POOL_ABSENT || (pool->presence == POOL_PRESENT && pool->range_known));
}

/* Of a segment that is neither direct nor bounced. */
static Translation judge_stray(const TranslationScope *scope, const DmaSegment *segment,
                               bool own_page)
{
    bool reachable = is_reachable(scope->reach, segment);
    bool ram_known = scope->frame_rule == FRAME_RULE_P2M ? scope->p2m->known : scope->ram->known;
    uint64_t behind;

    if (scope->is_dom0 && ram_known && !own_page && reachable)
        return TRANSLATION_FOREIGN;
    if (segment->bus == segment->cpu && own_page && scope->frame_rule == FRAME_RULE_PFN)
        return TRANSLATION_WRONG;
    if (scope->is_dom0 && scope->frame_rule == FRAME_RULE_PFN && ram_known && reachable &&
        dma_reach_cpu_address(scope->reach, segment->bus, &behind) &&
        !is_in_ram(scope->ram, behind))
        return TRANSLATION_FOREIGN;
    if (!is_pool_known(scope->pool) || (scope->is_dom0 && !ram_known))
        return TRANSLATION_UNKNOWN;
    return TRANSLATION_WRONG;
}

TranslationAnswer translation_audit(const TranslationScope *scope, const DmaSegment *segment)
{
    TranslationAnswer answer = { .translation = TRANSLATION_UNKNOWN };
    uint64_t machine;
    bool own_page;

    if (segment->bus == DMA_MAPPING_FAILED) {
        answer.translation = TRANSLATION_FAILED;
        return answer;
    }
    if (!scope->reach->known || scope->frame_rule == FRAME_RULE_UNKNOWN || segment->bytes == 0)
        return answer;
    own_page = translation_machine_address(scope, segment->cpu, &machine);
    answer.expected_known =
        own_page && dma_reach_bus_address(scope->reach, machine, &answer.expected_bus);
    if (scope->frame_rule == FRAME_RULE_PFN && scope->ram->known)
        own_page = is_in_ram(scope->ram, segment->cpu);
    if (answer.expected_known && is_direct(scope, segment, answer.expected_bus))
        answer.translation = TRANSLATION_DIRECT;
    else if (is_bounced(scope, segment))
        answer.translation = TRANSLATION_BOUNCED;
    else
        answer.translation = judge_stray(scope, segment, own_page);
    return answer;
}

TranslationAnswer translation_audit_coherent(const TranslationScope *scope,
                                             const DmaSegment *segment)
{
    TranslationAnswer answer = { .translation = TRANSLATION_UNKNOWN };

    if (segment->bus == DMA_MAPPING_FAILED)
        answer.translation = TRANSLATION_FAILED;
    else if (scope->reach->known && segment->bytes > 0 && !is_reachable(scope->reach, segment))
        answer.translation = TRANSLATION_WRONG;
    return answer;
}

TranslationAnswer translation_audit_mapping(const TranslationScope *scope,
                                            const DmaMapping *mapping, size_t i)
{
    if (mapping->cpu_known)
        return translation_audit(scope, &mapping->segments[i]);
    if (mapping->kind == DMA_MAPPING_COHERENT)
        return translation_audit_coherent(scope, &mapping->segments[i]);
    return (TranslationAnswer) { .translation = TRANSLATION_UNKNOWN };
}
