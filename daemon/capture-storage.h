/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CAPTURE_STORAGE_H
#define XDMAD_DAEMON_CAPTURE_STORAGE_H
/*
 * The part of a capture that follows the storage controllers, and what both parts are made with.
 */

#include <jansson.h>

#include "daemon/probe-root.h"
#include "daemon/tar.h"

/* A capture under way. */
typedef struct Capture {
    const ProbeRoot *root; /* not owned */
    const json_t *before;  /* not owned; NULL is none */
    Tar tar;
    json_t *missing; /* array of strings */
} Capture;

/* What the error of a read means for the capture: 0 for what is not there, and for what cannot be
 * read, which is noted; or -ENOMEM. */
int capture_note(Capture *capture, const char *path, int error);

/* Put it in under its absolute path: bytes; a file of at most max_bytes; a link as it is written.
 * What cannot be read is noted. 0, -EFBIG when the archive is full, or -ENOMEM. */
int capture_bytes(Capture *capture, const char *path, const void *bytes, size_t size);
int capture_file(Capture *capture, size_t max_bytes, const char *path);
int capture_link(Capture *capture, const char *path);

/* Every mmc host with its controller, card and debugfs. 0, -EFBIG, or -ENOMEM. */
int capture_storage(Capture *capture);

#endif
