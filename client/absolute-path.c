/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: relative to absolute.
 */
#include "client/absolute-path.h"

#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

char *absolute_path(const char *path)
{
    _cleanup_free_ char *directory = NULL;
    char *absolute = NULL;

    if (path[0] == '/')
        return strdup(path);
    directory = get_current_dir_name();
    if (!directory || asprintf(&absolute, "%s/%s", directory, path) < 0)
        return NULL;
    return absolute;
}
