/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_ABSOLUTE_PATH_H
#define XDMAD_CLIENT_ABSOLUTE_PATH_H
/*
 * The daemon has another working directory: what a user names goes to it absolute.
 */

/* The path from the root on, links not followed: a new string, or NULL when out of memory or when
 * the working directory is gone. */
char *absolute_path(const char *path);

#endif
