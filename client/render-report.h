/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_RENDER_REPORT_H
#define XDMAD_CLIENT_RENDER_REPORT_H
/*
 * The parts of a report, which render_report() puts together.
 */

#include "client/render.h"

#define RENDER_REPORT_MAX_EVIDENCE 16U /* pieces shown of one reason; the rest is counted */

/* Throughput with its ratio, then latency and CPU cost, of report.workloads. */
void render_report_workloads(const json_t *workloads, const Page *page);

/* What each path wrote, read back by each, of a verify's report. */
void render_report_matrix(const json_t *report, const Page *page);

/* With what earlier runs it was compared, what is not like them, and what has recovered, of
 * report.history; nothing where there is none. */
void render_report_history(const json_t *history, const Page *page);

/* What the kernel's trace says of each path. Legs that do not count are named by the verdict's
 * reasons. */
void render_report_proof(const json_t *report, const Page *page);

#endif
