/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_DOCTOR_H
#define XDMAD_PLACEMENT_DOCTOR_H
/*
 * The doctor's rules: rows of tables, one table a concept (doctor-*.c). A row says under which
 * condition it speaks, how grave that is, what it means and what helps; its condition builds the
 * evidence. finding.c runs them all. A rule speaks only from evidence that it can show; where
 * evidence is missing it is silent, and ENV-01 says what is missing.
 */

#include <stddef.h>

#include <jansson.h>

#include "placement/host-facts.h"
#include "placement/share.h"

#define DOCTOR_MAX_EVIDENCE 16U /* lines of the log in one finding */

/* Worst first, as findings are sorted. "unknown" is no all-clear, so it stands before "info". */
typedef enum DoctorSeverity {
    DOCTOR_CRITICAL,
    DOCTOR_ERROR,
    DOCTOR_WARN,
    DOCTOR_UNKNOWN,
    DOCTOR_INFO,
} DoctorSeverity;

typedef enum DoctorAnswer {
    DOCTOR_SILENT,
    DOCTOR_POSSIBLE, /* part of the condition cannot be told: said as "possibly affected" */
    DOCTOR_HOLDS,
} DoctorAnswer;

typedef enum DoctorScope {
    DOCTOR_HOST,   /* asked once */
    DOCTOR_DEVICE, /* asked of each device */
} DoctorScope;

/* What a condition looks at, and where it puts what it saw. */
typedef struct DoctorCase {
    const HostFacts *facts;
    const StorageDevice *device; /* NULL for a rule of the host */
    RamShare share;              /* of the device, as host_ram_share() has it */
    json_t *evidence;            /* array of strings */
    char detail[1024];           /* added to the explanation; "" is none */
} DoctorCase;

typedef struct DoctorRule {
    const char *id; /* several rows may share one */
    DoctorScope scope;
    DoctorAnswer (*condition)(DoctorCase *case_);
    DoctorSeverity severity;    /* one less grave when only possible, and never above warn then */
    const KernelRange *kernels; /* NULL is any; else the condition is asked of these alone */
    const char *explanation;
    const char *remedy;
} DoctorRule;

typedef struct DoctorTable {
    const DoctorRule *rules;
    size_t n;
} DoctorTable;

extern const DoctorTable doctor_window;
extern const DoctorTable doctor_memory;
extern const DoctorTable doctor_pool;
extern const DoctorTable doctor_path;
extern const DoctorTable doctor_live;
extern const DoctorTable doctor_card;
extern const DoctorTable doctor_reread;
extern const DoctorTable doctor_known_bad;
extern const DoctorTable doctor_schedule;
extern const DoctorTable doctor_evidence;

/* Add a line of evidence, cut at 255 bytes. */
__attribute__((format(printf, 2, 3))) void doctor_note(DoctorCase *case_, const char *format, ...);

/* Add a sentence to the explanation, cut where it is full. */
__attribute__((format(printf, 2, 3))) void doctor_detail(DoctorCase *case_, const char *format,
                                                         ...);

/* Add the log's lines with this id, of this device where it is not NULL, each once and at most
 * DOCTOR_MAX_EVIDENCE in all. How many of the log's lines there were, repeats counted. */
size_t doctor_note_lines(DoctorCase *case_, const KernelLog *log, KernelLogId id,
                         const char *device);

/* Add the device's windows and its limit. */
void doctor_note_reach(DoctorCase *case_);

/* Add the running kernel. */
void doctor_note_kernel(DoctorCase *case_);

/* Do bus and CPU addresses of the device differ? */
bool doctor_has_offset(const StorageDevice *device);

/* Does the tree's root bear this compatible? */
bool doctor_is_board(const HostFacts *facts, const char *compatible);

/* What swiotlb= on the kernel's command line said; "" when it was not there, NULL when that is
 * unknown. */
const char *doctor_swiotlb_option(const HostFacts *facts);

/* Does anything bounce for this device: some RAM is out of its reach, or swiotlb=force. */
Answer doctor_bounces(const DoctorCase *case_);

#endif
