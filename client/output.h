/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_OUTPUT_H
#define XDMAD_CLIENT_OUTPUT_H
/*
 * stdout is data: a document, as JSON or rendered for a person.
 */

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "client/page.h"

typedef void (*Render)(const json_t *document, const Page *page);

/* A page on this stream: as wide as its terminal, 80 columns where there is none; coloured only on
 * a terminal that is not "dumb" and without NO_COLOR (https://no-color.org). */
Page output_page(FILE *stream);

/* Print the document to stdout: whole, as JSON, or rendered from a copy without control
 * characters. 0, or an exit status after a sentence on stderr. */
int output_document(const json_t *document, bool json, Render render);

/* Print one JSON document as one line and flush it, for a stream of events. 0 or an exit status. */
int output_line(const json_t *document);

/* Flush stdout at the end. Returns exit_status, or inconclusive after a sentence on stderr when
 * what was printed did not arrive whole (a full disk, say). */
int output_finish(int exit_status);

#endif
