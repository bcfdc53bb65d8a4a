/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_RENDER_H
#define XDMAD_CLIENT_RENDER_H
/*
 * A daemon's documents as text. Pure: the same document on the same page is the same text.
 * Documents are foreign: any field may be missing or of another type, and is then told as unknown
 * or left out. Strings must have been through printable_copy().
 */

#include <jansson.h>

#include "client/page.h"

void render_status(const json_t *reply, const Page *page);  /* GetStatus' reply */
void render_list(const json_t *reply, const Page *page);    /* ListDevices' reply */
void render_history(const json_t *reply, const Page *page); /* ListRuns' reply, + workload */
void render_comparison(const json_t *comparison, const Page *page); /* Compare's answer */
void render_plan(const json_t *reply, const Page *page);            /* Bench's or Verify's reply */
void render_show(const json_t *reply, const Page *page);            /* Show's reply */
void render_html(const json_t *reply, const Page *page);            /* the same, as HTML */
void render_inspection(const json_t *inspection, const Page *page); /* an Inspection */
void render_doctor(const json_t *answer, const Page *page);         /* {schema, findings} */
void render_report(const json_t *report, const Page *page);         /* a report */

/* {schema, n, noise, autocorrelation, segments, changes, ...}: an Analysis, with its pieces. */
void render_analysis(const json_t *analysis, const Page *page);

/* Plain text under 80 columns, whatever the page, for a mail: {schema, version, inspection}. */
void render_bugreport(const json_t *report, const Page *page);

void render_cleared(const json_t *reply, const Page *page); /* ClearCorruption's reply */

/* Cards that are not written to: type CorruptCard; nothing for an empty or missing array. */
void render_corrupt_cards(const json_t *cards, const Page *page);

/* A card's registers that were read again, {register, transport, reads, different, errors} each, a
 * line each; nothing for an empty or missing array. */
void render_registers(const json_t *registers, unsigned indent, const char *label,
                      const Page *page);

/* How runs by schedule stand: type Schedule; nothing for anything else. ClearSchedule's reply. */
void render_schedule(const json_t *schedule, const Page *page);
void render_schedule_cleared(const json_t *reply, const Page *page);

/* Findings, worst first, each with evidence, explanation and remedy. An empty or missing array
 * prints nothing. */
void render_findings(const json_t *findings, const Page *page, unsigned indent);

/* The `live` of an Inspection. */
void render_live(const json_t *live, const Page *page);

/* What a device reaches, in one short piece: "0x40000000-0x7fffffff", "to 0xffffffff". Written to
 * ret_text. */
#define RENDER_REACH_BYTES 96U
void render_reach(const json_t *device, char ret_text[RENDER_REACH_BYTES]);

/* How a verdict is coloured. */
PageStyle render_verdict_style(const char *verdict);

#endif
