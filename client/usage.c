/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what `xdmactl help` prints. Nothing about a verb is written here twice.
 */
#include "client/usage.h"

#include <stdio.h>

#define TEXT_COLUMN 26 /* where the explanations begin */

static void print_row(const Page *page, const char *name, const char *summary)
{
    if (page_text_columns(name) + 4 > TEXT_COLUMN)
        fprintf(page->out, "  %s\n%*s%s\n", name, TEXT_COLUMN, "", summary);
    else
        fprintf(page->out, "  %-*s%s\n", TEXT_COLUMN - 2, name, summary);
}

static void print_verb_row(const Page *page, const Verb *verb)
{
    char name[64];

    snprintf(name, sizeof(name), "%s%s%s", verb->name, verb->argument ? " " : "",
             verb->argument ? verb->argument : "");
    print_row(page, name, verb->summary);
}

static void print_option_row(const Page *page, const CommandOption *option)
{
    char letter[8] = "", name[64];

    if (option->letter)
        snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    snprintf(name, sizeof(name), "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    print_row(page, name, option->summary);
}

/* The options for which wanted is 0 (those of every verb) or that are among its bits. */
static void print_options(const Page *page, unsigned wanted)
{
    size_t n_options;
    const CommandOption *options = command_options(&n_options);

    for (size_t i = 0; i < n_options; i++)
        if (wanted ? (options[i].verb_option & wanted) != 0 : options[i].verb_option == 0)
            print_option_row(page, &options[i]);
}

void usage_print(const Page *page)
{
    size_t n_verbs;
    const Verb *verbs = verb_table(&n_verbs);

    fputs("Usage: xdmactl [-H USER@HOST] [--socket PATH] [--exec] [--json] VERB ...\n\n"
          "Where Dom0's memory lies, which of it the storage controller can reach, and what\n"
          "it costs when the kernel copies through the bounce buffer.\n",
          page->out);
    page_heading(page, "Verbs");
    for (size_t i = 0; i < n_verbs; i++)
        if (!verbs[i].hidden)
            print_verb_row(page, &verbs[i]);
    page_heading(page, "Options of every verb");
    print_options(page, 0);
    for (size_t i = 0; i < n_verbs; i++) {
        char heading[64];

        if (verbs[i].hidden || verbs[i].options == 0)
            continue;
        snprintf(heading, sizeof(heading), "Options of %s", verbs[i].name);
        page_heading(page, heading);
        print_options(page, verbs[i].options);
    }
    fputs("\nExit status: 0 pass, 1 regression, 2 usage, 3 corruption, 4 inconclusive,\n"
          "5 refused for safety, 6 daemon unreachable.\n",
          page->out);
}

void usage_print_verb(const Verb *verb, const Page *page)
{
    fprintf(page->out, "Usage: xdmactl %s%s%s%s\n\n%s\n", verb->name,
            verb->options ? " [OPTION...]" : "", verb->argument ? " " : "",
            verb->argument ? verb->argument : "", verb->summary);
    if (verb->options) {
        page_heading(page, "Options");
        print_options(page, verb->options);
    }
}
