/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_POWER_CUT_VFS_H
#define XDMAD_TESTS_POWER_CUT_VFS_H
/*
 * A file system under SQLite whose power is cut before its k-th change (a write, a truncation, a
 * deletion, a sync). What was synced is durable. Of what was not, a cut keeps nothing, everything,
 * or any of its sectors, as a disk with a cache may. https://www.sqlite.org/vfs.html
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#define POWER_CUT_SECTOR_BYTES 512
#define POWER_CUT_MAX_FILES    4

typedef enum PowerCutLoss {
    POWER_CUT_LOSES_ALL,
    POWER_CUT_LOSES_NONE,
    POWER_CUT_LOSES_SOME,
    N_POWER_CUT_LOSSES,
} PowerCutLoss;

/* A write that is not synced yet. */
typedef struct PowerCutWrite {
    sqlite3_int64 offset;
    int size;
    void *bytes;
} PowerCutWrite;

/* One file as it would be after a cut. */
typedef struct PowerCutDisk {
    char *path;
    uint8_t *durable; /* as of the last sync */
    size_t size;
    bool exists;
    PowerCutWrite *pending;
    size_t n_pending;
} PowerCutDisk;

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    unsigned cut_at; /* the change that is not made any more, from 1; 0: never */
    unsigned n_changes;
    PowerCutDisk disks[POWER_CUT_MAX_FILES];
    size_t n_disks;
} power;

typedef struct PowerCutFile {
    sqlite3_file base;
    PowerCutDisk *disk; /* NULL: a temporary file */
    sqlite3_file *real; /* behind this */
} PowerCutFile;

/* Count a change: is the power still there? */
static bool power_is_on(void)
{
    power.n_changes++;
    return power.cut_at == 0 || power.n_changes < power.cut_at;
}

static bool power_was_cut(void)
{
    return power.cut_at != 0 && power.n_changes >= power.cut_at;
}

static uint8_t *power_read_file(const char *path, size_t *ret_size, bool *ret_exists)
{
    FILE *file = fopen(path, "re");
    uint8_t *bytes = calloc(1, 1);

    *ret_size = 0;
    *ret_exists = file != NULL;
    for (uint8_t block[65536]; file && !feof(file);) {
        size_t n = fread(block, 1, sizeof(block), file);

        bytes = realloc(bytes, *ret_size + n + 1);
        memcpy(bytes + *ret_size, block, n);
        *ret_size += n;
    }
    if (file)
        fclose(file);
    return bytes;
}

static void power_forget_pending(PowerCutDisk *disk)
{
    for (size_t i = 0; i < disk->n_pending; i++)
        free(disk->pending[i].bytes);
    free(disk->pending);
    disk->pending = NULL;
    disk->n_pending = 0;
}

/* What the file holds now is durable. */
static void power_make_durable(PowerCutDisk *disk)
{
    power_forget_pending(disk);
    free(disk->durable);
    disk->durable = power_read_file(disk->path, &disk->size, &disk->exists);
}

static PowerCutDisk *power_disk(const char *path)
{
    PowerCutDisk *disk;

    for (size_t i = 0; i < power.n_disks; i++)
        if (strcmp(power.disks[i].path, path) == 0)
            return &power.disks[i];
    if (power.n_disks == POWER_CUT_MAX_FILES)
        abort();
    disk = &power.disks[power.n_disks++];
    *disk = (PowerCutDisk) { .path = strdup(path) };
    power_make_durable(disk);
    return disk;
}

/* --- the methods of a file ----------------------------------------------------------------- */

static sqlite3_file *power_real(sqlite3_file *file)
{
    return ((PowerCutFile *)file)->real;
}

static int power_close(sqlite3_file *file)
{
    return power_real(file)->pMethods->xClose(power_real(file));
}

static int power_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
    return power_real(file)->pMethods->xRead(power_real(file), bytes, size, offset);
}

static int power_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    PowerCutDisk *disk = ((PowerCutFile *)file)->disk;
    PowerCutWrite *write;
    bool on = power_is_on();

    /* the write under way when the power goes may arrive in part, too */
    if (disk && (on || power.n_changes == power.cut_at)) {
        disk->pending = realloc(disk->pending, (disk->n_pending + 1) * sizeof(*disk->pending));
        write = &disk->pending[disk->n_pending++];
        *write = (PowerCutWrite) { offset, size, malloc((size_t)size) };
        memcpy(write->bytes, bytes, (size_t)size);
    }
    if (!on)
        return SQLITE_IOERR_WRITE;
    return power_real(file)->pMethods->xWrite(power_real(file), bytes, size, offset);
}

/* A truncation counts as durable at once: SQLite's WAL relies on no order of it. */
static int power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int r;

    if (!power_is_on())
        return SQLITE_IOERR_TRUNCATE;
    r = power_real(file)->pMethods->xTruncate(power_real(file), size);
    if (((PowerCutFile *)file)->disk)
        power_make_durable(((PowerCutFile *)file)->disk);
    return r;
}

static int power_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (!power_is_on())
        return SQLITE_IOERR_FSYNC;
    if (((PowerCutFile *)file)->disk)
        power_make_durable(((PowerCutFile *)file)->disk);
    return SQLITE_OK;
}

static int power_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return power_real(file)->pMethods->xFileSize(power_real(file), ret_size);
}

static int power_lock(sqlite3_file *file, int lock)
{
    return power_real(file)->pMethods->xLock(power_real(file), lock);
}

static int power_unlock(sqlite3_file *file, int lock)
{
    return power_real(file)->pMethods->xUnlock(power_real(file), lock);
}

static int power_check_lock(sqlite3_file *file, int *ret_locked)
{
    return power_real(file)->pMethods->xCheckReservedLock(power_real(file), ret_locked);
}

static int power_control(sqlite3_file *file, int operation, void *argument)
{
    return power_real(file)->pMethods->xFileControl(power_real(file), operation, argument);
}

static int power_sector_size(sqlite3_file *file)
{
    (void)file;
    return POWER_CUT_SECTOR_BYTES;
}

/* No promise at all. */
static int power_characteristics(sqlite3_file *file)
{
    (void)file;
    return 0;
}

/* Version 1: without shared memory, which a database that is locked exclusively does not need. */
static const sqlite3_io_methods power_methods = {
    .iVersion = 1,
    .xClose = power_close,
    .xRead = power_read,
    .xWrite = power_write,
    .xTruncate = power_truncate,
    .xSync = power_sync,
    .xFileSize = power_size,
    .xLock = power_lock,
    .xUnlock = power_unlock,
    .xCheckReservedLock = power_check_lock,
    .xFileControl = power_control,
    .xSectorSize = power_sector_size,
    .xDeviceCharacteristics = power_characteristics,
};

static int power_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                      int *ret_flags)
{
    PowerCutFile *cut_file = (PowerCutFile *)file;
    int r;

    (void)vfs;
    cut_file->real = (sqlite3_file *)(void *)(cut_file + 1);
    cut_file->disk = path ? power_disk(path) : NULL;
    cut_file->base.pMethods = NULL;
    r = power.real->xOpen(power.real, path, cut_file->real, flags, ret_flags);
    if (r == SQLITE_OK)
        cut_file->base.pMethods = &power_methods;
    return r;
}

static int power_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    PowerCutDisk *disk = power_disk(path);
    int r;

    (void)vfs;
    if (!power_is_on())
        return SQLITE_IOERR_DELETE;
    r = power.real->xDelete(power.real, path, sync);
    power_make_durable(disk);
    return r;
}

/* --- for tests ----------------------------------------------------------------------------- */

/* From now on the default of SQLite. */
static inline void power_install(void)
{
    power.real = sqlite3_vfs_find(NULL);
    power.vfs = *power.real;
    power.vfs.zName = "power-cut";
    power.vfs.szOsFile = (int)sizeof(PowerCutFile) + power.real->szOsFile;
    power.vfs.xOpen = power_open;
    power.vfs.xDelete = power_delete;
    sqlite3_vfs_register(&power.vfs, 1);
}

/* Begin anew, to be cut before that change (from 1; 0: never). */
static inline void power_on(unsigned cut_at)
{
    for (size_t i = 0; i < power.n_disks; i++) {
        power_forget_pending(&power.disks[i]);
        free(power.disks[i].durable);
        free(power.disks[i].path);
    }
    power.n_disks = 0;
    power.n_changes = 0;
    power.cut_at = cut_at;
}

/* Write into the image what a sector of a pending write holds, growing it. */
static inline void power_apply_sector(PowerCutDisk *disk, const PowerCutWrite *write, int at)
{
    int size =
        write->size - at < POWER_CUT_SECTOR_BYTES ? write->size - at : POWER_CUT_SECTOR_BYTES;
    size_t end = (size_t)(write->offset + at + size);

    if (end > disk->size) {
        disk->durable = realloc(disk->durable, end);
        memset(disk->durable + disk->size, 0, end - disk->size);
        disk->size = end;
    }
    memcpy(disk->durable + write->offset + at, (const uint8_t *)write->bytes + at, (size_t)size);
    disk->exists = true;
}

/* Leave the files as the disk has them after the cut. Everything on them is to be closed before. */
static inline void power_cut(PowerCutLoss loss)
{
    uint32_t random = power.cut_at * 2654435761U + 1;

    for (size_t i = 0; i < power.n_disks; i++) {
        PowerCutDisk *disk = &power.disks[i];
        FILE *file;

        for (size_t k = 0; k < disk->n_pending && loss != POWER_CUT_LOSES_ALL; k++)
            for (int at = 0; at < disk->pending[k].size; at += POWER_CUT_SECTOR_BYTES) {
                random = random * 1664525U + 1013904223U;
                if (loss == POWER_CUT_LOSES_NONE || (random >> 30) != 0)
                    power_apply_sector(disk, &disk->pending[k], at);
            }
        if (!disk->exists) {
            remove(disk->path);
            continue;
        }
        file = fopen(disk->path, "we");
        fwrite(disk->durable, 1, disk->size, file);
        fclose(file);
    }
}

#endif
