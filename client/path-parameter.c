/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the paths that inspect and doctor name to a daemon of their own.
 */
#include "client/path-parameter.h"

#include <errno.h>
#include <string.h>

#include "client/absolute-path.h"
#include "client/failure.h"
#include "common/cleanup.h"
#include "common/verdict.h"

int path_parameter_add(json_t *parameters, const char *key, const char *path, int access_mode)
{
    _cleanup_free_ char *absolute = NULL;
    Failure failure;

    if (!path)
        return 0;
    errno = 0;
    absolute = absolute_path(path);
    if (absolute && access(absolute, access_mode) == 0 &&
        json_object_set_new(parameters, key, json_string(absolute)) == 0)
        return 0;
    if (absolute && errno == 0)
        errno = EILSEQ; /* JSON takes only UTF-8 */
    failure_set(&failure, EXIT_STATUS_USAGE, "--%s: cannot read %s: %s; give a path you may read",
                key, path, strerror(errno));
    return failure_tell(&failure);
}
