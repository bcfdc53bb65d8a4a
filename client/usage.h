/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_USAGE_H
#define XDMAD_CLIENT_USAGE_H
/*
 * Usage text, made from the tables of verbs and options.
 */

#include "client/page.h"
#include "client/verb.h"

/* All verbs and options. */
void usage_print(const Page *page);

/* One verb with its options. */
void usage_print_verb(const Verb *verb, const Page *page);

#endif
