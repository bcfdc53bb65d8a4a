/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: sentences for what went wrong, and the exit status that goes with each.
 */
#include "client/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/printable.h"
#include "common/json.h"
#include "common/verdict.h"

void failure_set(Failure *ret_failure, int exit_status, const char *format, ...)
{
    va_list arguments;

    ret_failure->exit_status = exit_status;
    va_start(arguments, format);
    vsnprintf(ret_failure->text, sizeof(ret_failure->text), format, arguments);
    va_end(arguments);
    printable_in_place(ret_failure->text);
}

/* One error of the interface: which of its fields are told, and the words around them. */
typedef struct KnownError {
    const char *name;
    int exit_status;
    const char *fields[2];
    const char *lead[2]; /* what is said before each field's text */
    const char *end;     /* what is said behind them */
} KnownError;

static const KnownError known_errors[] = {
    { "io.xdmad.Refused",
      EXIT_STATUS_REFUSED,
      { "reason", "remedy" },
      { "refused: ", "; what to do: " },
      "" },
    { "io.xdmad.NoSuchRun",
      EXIT_STATUS_USAGE,
      { "run" },
      { "no such run: " },
      "; `xdmactl history` lists those that are known" },
    { "io.xdmad.AmbiguousRun",
      EXIT_STATUS_USAGE,
      { "run" },
      { "several runs have ids that begin with " },
      "; give more of the id" },
    { "io.xdmad.NoSuchDevice",
      EXIT_STATUS_USAGE,
      { "device" },
      { "no such device: " },
      "; `xdmactl list` shows those that are there" },
    { "io.xdmad.NoSuchFile",
      EXIT_STATUS_USAGE,
      { "path", "message" },
      { "cannot read ", ": " },
      "; give a path that xdmad can read" },
    { "io.xdmad.UnusableSeries", EXIT_STATUS_USAGE, { "reason" }, { "" }, "" },
    { "io.xdmad.Unavailable",
      EXIT_STATUS_INCONCLUSIVE,
      { "reason" },
      { "not possible on this host now: " },
      "" },
    { "io.xdmad.ReadOnly",
      EXIT_STATUS_REFUSED,
      { "method" },
      { "refused: the public socket is for reading only, not for " },
      "; run as root or join the group xdmad" },
    { "org.varlink.service.InvalidParameter",
      EXIT_STATUS_USAGE,
      { "parameter" },
      { "xdmad does not accept the value given for " },
      "; see `xdmactl help`" },
    { "org.varlink.service.MethodNotFound",
      EXIT_STATUS_UNREACHABLE,
      { "method" },
      { "xdmad does not know the method " },
      "; it is older than this xdmactl: restart it after the upgrade" },
    { "org.varlink.service.MethodNotImplemented",
      EXIT_STATUS_UNREACHABLE,
      { "method" },
      { "xdmad does not offer the method " },
      "; install the xdmad of the same version as xdmactl" },
    { "org.varlink.service.InterfaceNotFound",
      EXIT_STATUS_UNREACHABLE,
      { "interface" },
      { "the other end does not speak the interface " },
      "; is it xdmad's socket?" },
    { "org.varlink.service.PermissionDenied",
      EXIT_STATUS_REFUSED,
      { NULL },
      { "refused: xdmad does not let this user do that" },
      "; run as root or join the group xdmad" },
};

static const KnownError *find_error(const char *name)
{
    for (size_t i = 0; i < sizeof(known_errors) / sizeof(known_errors[0]); i++)
        if (strcmp(known_errors[i].name, name) == 0)
            return &known_errors[i];
    return NULL;
}

void failure_from_error(Failure *ret_failure, const char *error, const json_t *parameters)
{
    const KnownError *known = find_error(error);
    const char *first, *second;

    if (!known) {
        failure_set(ret_failure, EXIT_STATUS_INCONCLUSIVE,
                    "xdmad answered with an error that this xdmactl does not know: %s; "
                    "upgrade xdmactl",
                    error);
        return;
    }
    first = known->fields[0] ? json_get_string(parameters, known->fields[0], "(not said)") : "";
    second = known->fields[1] ? json_get_string(parameters, known->fields[1], NULL) : NULL;
    failure_set(ret_failure, known->exit_status, "%s%s%s%s%s", known->lead[0], first,
                second ? known->lead[1] : "", second ? second : "", known->end);
}

int failure_tell(const Failure *failure)
{
    fprintf(stderr, "xdmactl: %s\n", failure->text);
    return failure->exit_status;
}
