/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/block-device.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"

#define SECTOR_BYTES 512U

int block_disk_of(dev_t device, char ret_disk[static BLOCK_NAME_BYTES])
{
    char path[PATH_MAX], link[PATH_MAX];
    const char *name;
    ssize_t n;

    snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(device), minor(device));
    n = readlink(path, link, sizeof(link) - 1);
    if (n < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    link[n] = '\0';
    /* .../block/mmcblk0 of a disk, .../block/mmcblk0/mmcblk0p2 of a partition */
    snprintf(path + strlen(path), sizeof(path) - strlen(path), "/partition");
    if (access(path, F_OK) == 0)
        *strrchr(link, '/') = '\0';
    name = strrchr(link, '/');
    if (!name || strlen(name + 1) >= BLOCK_NAME_BYTES)
        return -ENODEV;
    strcpy(ret_disk, name + 1);
    return 0;
}

/* The first line of /sys/class/block/DISK/NAME without its end. */
static int read_attribute(const char *disk, const char *name, char *ret_line, int size)
{
    char path[PATH_MAX];
    _cleanup_fclose_ FILE *file = NULL;

    snprintf(path, sizeof(path), "/sys/class/block/%s/%s", disk, name);
    file = fopen(path, "re");
    if (!file)
        return -errno;
    if (!fgets(ret_line, size, file))
        return ferror(file) ? -EIO : -ENODATA;
    ret_line[strcspn(ret_line, "\n")] = '\0';
    return 0;
}

int block_device_number(const char *disk, dev_t *ret_device)
{
    uint64_t major_number, minor_number;
    const char *next;
    char line[32];
    int r = read_attribute(disk, "dev", line, sizeof(line));

    if (r < 0)
        return r;
    next = line;
    if (scan_u64(&next, 10, &major_number) < 0 || *next++ != ':' ||
        scan_u64(&next, 10, &minor_number) < 0)
        return -EBADMSG;
    *ret_device = makedev((unsigned)major_number, (unsigned)minor_number);
    return 0;
}

int block_disk_sequence(const char *disk, uint64_t *ret_sequence)
{
    char line[32];
    int r = read_attribute(disk, "diskseq", line, sizeof(line));

    return r < 0 ? r : parse_u64(line, ret_sequence);
}

int block_card_cid(const char *disk, char ret_cid[static BLOCK_CID_BYTES])
{
    char line[64];
    int r = read_attribute(disk, "device/cid", line, sizeof(line));

    if (r < 0)
        return r;
    if (strlen(line) != BLOCK_CID_BYTES - 1)
        return -EBADMSG;
    memcpy(ret_cid, line, BLOCK_CID_BYTES);
    return 0;
}

int block_count(const char *disk, BlockCount *ret_count)
{
    uint64_t read_sectors, written_sectors, busy_msec;
    char line[512];
    int r = read_attribute(disk, "stat", line, sizeof(line));

    if (r < 0)
        return r;
    if (parse_field_u64(line, 2, &read_sectors) < 0 ||
        parse_field_u64(line, 6, &written_sectors) < 0 || parse_field_u64(line, 9, &busy_msec) < 0)
        return -EBADMSG;
    *ret_count = (BlockCount) {
        .read_bytes = read_sectors * SECTOR_BYTES,
        .written_bytes = written_sectors * SECTOR_BYTES,
        .busy_usec = busy_msec * USEC_PER_MSEC,
    };
    return 0;
}

/* The first entry of a directory: 1 and *ret_name, 0 when it is empty or absent. */
static int first_entry(const char *path, char **ret_name)
{
    _cleanup_closedir_ DIR *directory = opendir(path);
    const struct dirent *entry;

    if (!directory)
        return errno == ENOENT ? 0 : -errno;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        *ret_name = strdup(entry->d_name);
        return *ret_name ? 1 : -ENOMEM;
    }
    return 0;
}

int block_find_holder(const char *disk, char **ret_holder)
{
    char path[PATH_MAX];
    _cleanup_closedir_ DIR *directory = NULL;
    const struct dirent *entry;
    int r;

    snprintf(path, sizeof(path), "/sys/class/block/%s/holders", disk);
    r = first_entry(path, ret_holder);
    if (r != 0)
        return r;
    snprintf(path, sizeof(path), "/sys/class/block/%s", disk);
    directory = opendir(path);
    if (!directory)
        return -errno;
    while (r == 0 && (entry = readdir(directory))) {
        if (strncmp(entry->d_name, disk, strlen(disk)) != 0)
            continue; /* no partition */
        snprintf(path, sizeof(path), "/sys/class/block/%s/%s/holders", disk, entry->d_name);
        r = first_entry(path, ret_holder);
    }
    return r;
}
