/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FOREIGN_IO_H
#define XDMAD_DAEMON_FOREIGN_IO_H
/*
 * The I/O that fio cannot do: direct reads and writes on memory that only a mapping of ours
 * reaches. One block after the other, each once, each followed by a pause for the caller to look.
 */

#include <stdbool.h>
#include <stdint.h>

/* Who minds a leg under way. */
typedef struct ForeignControl {
    int cancel_fd;            /* readable or hung up: stop; -1 = none */
    uint64_t time_limit_usec; /* no block is begun after it; > 0 */
    /* Now and then between two blocks, hence in no block's time, with the bytes done; NULL = never.
     */
    void (*pause)(uint64_t bytes_done, void *userdata);
    void *userdata;
} ForeignControl;

typedef struct ForeignIo {
    ForeignControl control;
    int fd; /* of the target; opened anew for direct I/O through /proc/self/fd */
    bool writes;
    bool syncs;            /* after the last write, and an error of that is the leg's */
    uint64_t start_bytes;  /* in the target; a multiple of 512 */
    uint64_t bytes;        /* of the leg; a multiple of block_bytes */
    const uint32_t *order; /* of each block of the leg its number from start_bytes on; NULL =
                              ascending */
    uint32_t
        block_bytes;    /* a multiple of 512; it and gap_bytes fit into the buffer once at least */
    uint32_t gap_bytes; /* between two blocks in memory, so that they lie at ever other offsets of
                           their pages; a multiple of 512 */
    uint8_t *buffer;
    uint64_t buffer_bytes;
    /* Before a write: fill the block that goes to this offset of the target. Before a read: put
     * there what nobody could take for what is read. NULL = leave what is there. */
    void (*prepare)(uint64_t offset_bytes, uint8_t *block, uint32_t block_bytes, void *userdata);
    uint64_t *latencies_nsec; /* one a block, set to how long its system calls took; NULL = they are
                                 not timed */
    /* After a read; NULL = it is not looked at. */
    void (*look)(uint64_t offset_bytes, const uint8_t *block, uint32_t block_bytes, void *userdata);
    void *userdata;
} ForeignIo;

typedef struct ForeignIoEnd {
    int open_error;    /* errno of opening the target, which is then not what it was: of a file
                          system that went read-only, of a medium that is gone; 0 = none */
    uint64_t bytes;    /* moved */
    int error;         /* errno of the I/O that failed, 0 = none did; the leg ends there */
    uint64_t error_at; /* its offset in the target */
    int sync_error; /* errno of the flush behind all of them, 0 = none, or it was not asked for */
    bool timed_out; /* the time limit has passed before all was moved */
} ForeignIoEnd;

/* 0 and *ret_end, also when the target failed: that is the leg's; -ECANCELED; -EINVAL what makes no
 * sense; other negative errno when it could not be opened for another reason than its own. */
int foreign_io_run(const ForeignIo *io, ForeignIoEnd *ret_end);

#endif
