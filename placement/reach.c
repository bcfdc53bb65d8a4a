/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: say what a device reaches and which path a buffer takes. Pure arithmetic on the model;
 * it never guesses: an unknown reach gives an unknown path.
 */
#include "placement/reach.h"

/* The translating window of a CPU address, or NULL. */
static const DmaWindow *window_of_cpu(const DmaReach *reach, uint64_t cpu)
{
    for (size_t i = 0; i < reach->n_windows; i++)
        if (cpu >= reach->windows[i].cpu_start && cpu <= reach->windows[i].cpu_end)
            return &reach->windows[i];
    return NULL;
}

bool dma_reach_bus_address(const DmaReach *reach, uint64_t cpu, uint64_t *ret_bus)
{
    const DmaWindow *window;

    if (!reach->known)
        return false;
    if (reach->n_windows == 0) {
        *ret_bus = cpu;
        return true;
    }
    window = window_of_cpu(reach, cpu);
    if (!window)
        return false;
    *ret_bus = window->bus_start + (cpu - window->cpu_start);
    return true;
}

bool dma_reach_cpu_address(const DmaReach *reach, uint64_t bus, uint64_t *ret_cpu)
{
    if (!reach->known)
        return false;
    if (reach->n_windows == 0) {
        *ret_cpu = bus;
        return true;
    }
    for (size_t i = 0; i < reach->n_windows; i++) {
        const DmaWindow *window = &reach->windows[i];
        uint64_t span = window->cpu_end - window->cpu_start;

        if (bus >= window->bus_start && bus - window->bus_start <= span) {
            *ret_cpu = window->cpu_start + (bus - window->bus_start);
            return true;
        }
    }
    return false;
}

uint64_t dma_reach_limit(const DmaReach *reach)
{
    if (reach->bus_limit == 0)
        return reach->dma_mask;
    if (reach->dma_mask == 0)
        return reach->bus_limit;
    return reach->dma_mask < reach->bus_limit ? reach->dma_mask : reach->bus_limit;
}

DmaPath dma_reach_path(const DmaReach *reach, uint64_t cpu, uint64_t bytes)
{
    uint64_t last, bus;

    if (!reach->known || bytes == 0)
        return DMA_PATH_UNKNOWN;
    if (__builtin_add_overflow(cpu, bytes - 1, &last))
        return DMA_PATH_BOUNCE;
    bus = last;
    if (reach->n_windows > 0) {
        const DmaWindow *window = window_of_cpu(reach, cpu);

        if (!window || last > window->cpu_end)
            return DMA_PATH_BOUNCE;
        bus = window->bus_start + (last - window->cpu_start);
    }
    return bus <= dma_reach_limit(reach) ? DMA_PATH_DIRECT : DMA_PATH_BOUNCE;
}
