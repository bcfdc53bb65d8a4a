/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the only file that asks the terminal what it is.
 */
#include "client/output.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "client/failure.h"
#include "client/printable.h"
#include "common/cleanup.h"
#include "common/verdict.h"

#define DEFAULT_COLUMNS 80U

static bool wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

    return !(no_colour && no_colour[0]) && terminal && strcmp(terminal, "dumb") != 0;
}

Page output_page(FILE *stream)
{
    Page page = { .out = stream, .columns = DEFAULT_COLUMNS };
    struct winsize size;

    if (!isatty(fileno(stream)))
        return page;
    page.colour = wants_colour();
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        page.columns = size.ws_col;
    return page;
}

static int out_of_memory(void)
{
    Failure failure;

    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE, "out of memory while printing the answer");
    return failure_tell(&failure);
}

/* On a terminal nothing but ASCII goes out, so that no text can steer it. */
static size_t json_flags(void)
{
    return isatty(STDOUT_FILENO) ? JSON_ENSURE_ASCII : 0;
}

int output_document(const json_t *document, bool json, Render render)
{
    _cleanup_json_ json_t *printable = NULL;
    Page page = output_page(stdout);

    if (json) {
        if (json_dumpf(document, stdout, JSON_INDENT(2) | json_flags()) < 0 && !ferror(stdout))
            return out_of_memory();
        fputc('\n', stdout);
        return 0;
    }
    printable = printable_copy(document);
    if (!printable)
        return out_of_memory();
    render(printable, &page);
    return 0;
}

int output_line(const json_t *document)
{
    if (json_dumpf(document, stdout, JSON_COMPACT | json_flags()) < 0 && !ferror(stdout))
        return out_of_memory();
    fputc('\n', stdout);
    return output_finish(0);
}

int output_finish(int exit_status)
{
    Failure failure;

    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE, "cannot write the output: %s",
                errno ? strerror(errno) : "an earlier write failed");
    return failure_tell(&failure);
}
