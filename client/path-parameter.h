/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_PATH_PARAMETER_H
#define XDMAD_CLIENT_PATH_PARAMETER_H

#include <jansson.h>

/* Name a file of this machine to the daemon as the parameter `key`, made absolute, having looked
 * that access(2) grants `access_mode`. NULL is no path. 0, or an exit status after a sentence. */
int path_parameter_add(json_t *parameters, const char *key, const char *path, int access_mode);

#endif
