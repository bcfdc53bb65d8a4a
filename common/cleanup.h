/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_CLEANUP_H
#define XDMAD_COMMON_CLEANUP_H
/*
 * Scope exit. A variable marked with one of these is released when its scope is left; take_ptr()
 * and take_fd() move the value out, so that the scope no longer owns it.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#define _cleanup_(fn)      __attribute__((cleanup(fn)))
#define _cleanup_free_     _cleanup_(cleanup_free)
#define _cleanup_close_    _cleanup_(cleanup_close)
#define _cleanup_fclose_   _cleanup_(cleanup_fclose)
#define _cleanup_closedir_ _cleanup_(cleanup_closedir)
#define _cleanup_json_     _cleanup_(cleanup_json)

static inline void cleanup_free(void *p)
{
    free(*(void **)p);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
    if (*f)
        fclose(*f);
}

static inline void cleanup_closedir(DIR **d)
{
    if (*d)
        closedir(*d);
}

static inline void cleanup_json(json_t **json)
{
    json_decref(*json);
}

/* Hand the pointer over and forget it here. */
#define take_ptr(p)                                                                                \
    ({                                                                                             \
        __typeof__(p) *taken_from_ = &(p);                                                         \
        __typeof__(p) taken_ = *taken_from_;                                                       \
        *taken_from_ = NULL;                                                                       \
        taken_;                                                                                    \
    })

/* Hand the file descriptor over and forget it here. */
static inline int take_fd(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

#endif
