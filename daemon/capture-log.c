/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: leave the secrets of a command line out, and say so where it is done.
 */
#include "daemon/capture-log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define LEFT_OUT         "[left out by capture]"
#define MAX_PREFIX_BYTES 64U    /* of a record of /dev/kmsg, or of dmesg's time */
#define INIT_WORD_INDENT "    " /* run_init_process(), init/main.c, 6.1 */

static const char kept_option[] = "swiotlb=";

/* Print the options that are kept, blanks between them: true when there were others. */
static bool print_kept(FILE *out, const char *words, size_t size)
{
    const char *end = words + size;
    bool first = true, others = false;

    while (words < end) {
        size_t length = strcspn(words, " \n");

        if (length > (size_t)(end - words))
            length = (size_t)(end - words);
        if (length >= strlen(kept_option) &&
            strncmp(words, kept_option, strlen(kept_option)) == 0) {
            fprintf(out, "%s%.*s", first ? "" : " ", (int)length, words);
            first = false;
        } else if (length > 0) {
            others = true;
        }
        words += length + 1;
    }
    return others;
}

/* End a stream of open_memstream(): 0, or -ENOMEM when it could not grow. */
static int close_stream(FILE *stream)
{
    bool failed = ferror(stream);

    return fclose(stream) != 0 || failed ? -ENOMEM : 0;
}

char *capture_command_line(const char *command_line)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    (void)print_kept(out, command_line, strlen(command_line));
    fputc('\n', out);
    if (close_stream(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* Where in a line the command line's words begin, or NULL. "Command line:" is x86's first word of
 * it, before the one that all print. */
static const char *words_of_command_line(const char *line, size_t length)
{
    static const char *const leads[] = { "ommand line: ", "kernel command line parameters " };

    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
        const char *at = memmem(line, length, leads[i], strlen(leads[i]));
        if (at)
            return at + strlen(leads[i]);
    }
    return NULL;
}

/* Where the message begins, behind kmsg's "6,46,0,-;" or dmesg's "[    0.000000] ". */
static const char *message_of(const char *line, size_t length)
{
    size_t prefix = length < MAX_PREFIX_BYTES ? length : MAX_PREFIX_BYTES;
    const char *at = memmem(line, prefix, "] ", 2);

    if (line[0] == '[' || line[0] == '<')
        return at ? at + 2 : line;
    at = memchr(line, ';', prefix);
    return at ? at + 1 : line;
}

static bool begins(const char *text, const char *end, const char *word)
{
    return (size_t)(end - text) >= strlen(word) && strncmp(text, word, strlen(word)) == 0;
}

/* One line without its line feed. *in_words: those of init are being listed. */
static void copy_line(FILE *out, const char *line, size_t length, bool *in_words)
{
    const char *end = line + length, *message = message_of(line, length);
    const char *words = words_of_command_line(line, length);

    if (words) {
        fwrite(line, 1, (size_t)(words - line), out);
        if (print_kept(out, words, (size_t)(end - words)))
            fputs(" " LEFT_OUT, out);
    } else if (*in_words && begins(message, end, INIT_WORD_INDENT)) {
        fwrite(line, 1, (size_t)(message - line), out);
        fputs(INIT_WORD_INDENT LEFT_OUT, out);
    } else {
        fwrite(line, 1, length, out);
    }
    if (begins(message, end, "  with arguments:") || begins(message, end, "  with environment:"))
        *in_words = true;
    else if (line[0] != ' ' && !begins(message, end, INIT_WORD_INDENT))
        *in_words = false;
}

int capture_kernel_log(const char *log, size_t size, char **ret_log, size_t *ret_size)
{
    char *text = NULL;
    size_t text_size = 0;
    FILE *out = open_memstream(&text, &text_size);
    bool in_words = false;

    if (!out)
        return -ENOMEM;
    for (size_t at = 0; at < size;) {
        const char *feed = memchr(log + at, '\n', size - at);
        size_t length = feed ? (size_t)(feed - log) - at : size - at;

        copy_line(out, log + at, length, &in_words);
        if (feed)
            fputc('\n', out);
        at += length + (feed ? 1 : 0);
    }
    if (close_stream(out) < 0) {
        free(text);
        return -ENOMEM;
    }
    *ret_log = text;
    *ret_size = text_size;
    return 0;
}
