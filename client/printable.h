/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_PRINTABLE_H
#define XDMAD_CLIENT_PRINTABLE_H
/*
 * Foreign text made fit for a terminal: card names, file names, log lines and all that a remote
 * daemon says may hold escape sequences. Done once for a whole document, before it is rendered.
 */

#include <jansson.h>

/* Replace every control character of the UTF-8 text (C0, DEL, C1) by '?' or "??". */
void printable_in_place(char *text);

/* A copy of the document whose strings and keys hold no control character. A new reference, or
 * NULL when out of memory. */
json_t *printable_copy(const json_t *json);

#endif
