/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_ENVIRONMENT_H
#define XDMAD_BENCH_ENVIRONMENT_H
/*
 * What two runs must have in common to be compared, as a flat object of texts: what a report's
 * environment, target and paths say, reduced to the facts that move a figure. A fact that is absent
 * is unknown; unknown is like unknown, and unlike anything known. Only fio is absent where it was
 * not used: a bench on granted pages does its own I/O.
 */

#include <stddef.h>

#include <jansson.h>

typedef enum EnvironmentFact {
    ENVIRONMENT_KERNEL_RELEASE,
    ENVIRONMENT_KERNEL_VERSION, /* with its build: a rebuilt kernel of one release is another */
    ENVIRONMENT_XEN_VERSION,
    ENVIRONMENT_DT_SHA256, /* of the hardware, by the firmware's tree or the one Xen makes of it */
    ENVIRONMENT_BOOT_MODE, /* "xen-dom0", "bare-metal" */
    ENVIRONMENT_SWIOTLB,   /* the option's value on the command line */
    ENVIRONMENT_POOL_BYTES,
    ENVIRONMENT_MEMORY_BYTES, /* of this host, or of this Dom0: dom0_mem */
    ENVIRONMENT_MODEL,
    ENVIRONMENT_CARD,       /* its CID */
    ENVIRONMENT_BUS_TIMING, /* of the card's host */
    ENVIRONMENT_GOVERNOR,
    ENVIRONMENT_FIO,
    ENVIRONMENT_TRACE, /* what is watched beside a leg costs time of its own */
    ENVIRONMENT_XDMAD,
    ENVIRONMENT_TARGET, /* a file, or a raw card */
    ENVIRONMENT_PAGES,  /* of the arenas: base or huge */
    N_ENVIRONMENT_FACTS,
} EnvironmentFact;

#define ENVIRONMENT_FACT_BIT(fact) (1U << (fact))
#define ENVIRONMENT_ALL_FACTS      (ENVIRONMENT_FACT_BIT(N_ENVIRONMENT_FACTS) - 1)

/* What an upgrade changes: kernel, Xen, firmware, and what measures, fio and this program. It is
 * the likeliest moment of a change, so before and after it are compared on purpose, and all that
 * differs is named with what came of it. Every other difference is a host set up in another way,
 * and begins a baseline of its own. */
#define ENVIRONMENT_UPGRADE_FACTS                                                                  \
    (ENVIRONMENT_FACT_BIT(ENVIRONMENT_KERNEL_RELEASE) |                                            \
     ENVIRONMENT_FACT_BIT(ENVIRONMENT_KERNEL_VERSION) |                                            \
     ENVIRONMENT_FACT_BIT(ENVIRONMENT_XEN_VERSION) | ENVIRONMENT_FACT_BIT(ENVIRONMENT_DT_SHA256) | \
     ENVIRONMENT_FACT_BIT(ENVIRONMENT_FIO) | ENVIRONMENT_FACT_BIT(ENVIRONMENT_XDMAD))

/* Something by which runs are compared on purpose, and the facts that differ with it. */
typedef struct EnvironmentDimension {
    const char *name;     /* "kernel", "boot-mode" */
    EnvironmentFact fact; /* whose value names a side of the comparison */
    unsigned facts;       /* ENVIRONMENT_FACT_BIT, or-ed: all that may differ */
} EnvironmentDimension;

/* "kernel_release" ...; static. */
const char *environment_fact_name(EnvironmentFact fact);

/* The facts of a report of kind "bench" as an object of strings; a new reference, NULL when out of
 * memory. */
json_t *environment_of_report(const json_t *report);

/* The facts in which two differ: ENVIRONMENT_FACT_BIT, or-ed. In fio only two that used it can
 * differ: of benches on granted pages the earliest told a version all the same, and it moved none
 * of their figures. So to differ in nothing is not transitive: two fios are like the one without.
 */
unsigned environment_differing(const json_t *a, const json_t *b);

/* [{fact, before, after}] of the facts in `facts`, in their order; null is unknown. A new
 * reference, NULL when out of memory. */
json_t *environment_differences_to_json(const json_t *before, const json_t *after, unsigned facts);

/* "kernel_release 6.1.0-43 -> 6.1.0-44, governor ..." of the same; the caller frees, NULL when out
 * of memory. */
char *environment_differences_text(const json_t *before, const json_t *after, unsigned facts);

/* Static, or NULL for a name that is none. */
const EnvironmentDimension *environment_dimension_by_name(const char *name);

/* The narrowest one whose facts hold all of these; NULL when none does, or when there are no facts.
 */
const EnvironmentDimension *environment_dimension_of(unsigned facts);

/* "kernel, xen, ...": what environment_dimension_by_name() knows; static. */
const char *environment_dimension_names(void);

#endif
