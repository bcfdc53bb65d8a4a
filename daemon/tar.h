/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TAR_H
#define XDMAD_DAEMON_TAR_H
/*
 * A tar archive that is put together in memory: ustar, with pax records for names that are too long
 * for it (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format").
 */

#include <stddef.h>

typedef struct Tar {
    char *bytes; /* owned */
    size_t size;
    size_t capacity;
    size_t max_bytes; /* it does not grow over this */
} Tar;

/* An empty archive; it holds nothing yet. */
static inline Tar tar_of(size_t max_bytes)
{
    return (Tar) { .max_bytes = max_bytes };
}

void tar_done(Tar *tar);

/*
 * Put an entry in. Names are relative, without a '/' before or behind. All belong to root with
 * modes 0644 and 0755, and are of 1970, so that equal content makes an equal archive.
 * 0; -EFBIG, then the archive is as it was; or -ENOMEM.
 */
int tar_add_file(Tar *tar, const char *name, const void *bytes, size_t size);
int tar_add_folder(Tar *tar, const char *name);
int tar_add_link(Tar *tar, const char *name, const char *target);

/* End it: nothing is added behind this. As tar_add_file(). */
int tar_finish(Tar *tar);

#endif
