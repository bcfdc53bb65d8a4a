/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_ASK_H
#define XDMAD_CLIENT_ASK_H
/*
 * What most verbs do: one call, one reply.
 */

#include <jansson.h>

#include "client/command-line.h"
#include "client/link.h"

/* Whom the command line wants to reach. Text is borrowed from it. */
LinkTarget ask_target(const CommandLine *command);

/* Call over an open link. `parameters` is stolen. 0 and a new reference to an object, or negative
 * errno with the sentence. */
int ask_link(Link *link, const char *method, json_t *parameters, json_t **ret_reply,
             Failure *ret_failure);

/* Connect, call, hang up; what went wrong is told on stderr. `parameters` is stolen. 0 and a new
 * reference, or the exit status. */
int ask(const CommandLine *command, const char *method, json_t *parameters, json_t **ret_reply);

/* The same, for an answer that may take longer than answers do: it is waited for without limit. */
int ask_patiently(const CommandLine *command, const char *method, json_t *parameters,
                  json_t **ret_reply);

#endif
