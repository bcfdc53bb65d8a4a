/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/evidence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sha2.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/fio-child.h"
#include "daemon/reason.h"
#include "daemon/write-all.h"

#define GROWING_PREFIX "evidence-"
#define HALF_PREFIX    ".half-"
#define RUNS_DIRECTORY "runs"

struct Evidence {
    char *run;
    char *growing_path;
    int directory_fd;
    char *seal; /* the lines of EVIDENCE_SEAL so far */
    size_t seal_size;
    size_t n_files;
};

/* A directory of files, flat. */
static void remove_directory(int parent_fd, const char *name)
{
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_closedir_ DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!directory)
        return;
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(fd, entry->d_name, 0);
    unlinkat(parent_fd, name, AT_REMOVEDIR);
}

static int put_file(int directory_fd, const char *name, const void *bytes, size_t size, bool sync)
{
    _cleanup_close_ int fd =
        openat(directory_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    int r;

    if (fd < 0)
        return -errno;
    r = write_all(fd, bytes, size);
    if (r >= 0 && sync && fsync(fd) < 0)
        r = -errno;
    return r;
}

int evidence_begin(const char *runtime_directory, const char *run, Evidence **ret_evidence)
{
    Evidence *evidence = calloc(1, sizeof(*evidence));

    if (!evidence)
        return -ENOMEM;
    evidence->directory_fd = -1;
    evidence->run = strdup(run);
    if (!evidence->run ||
        asprintf(&evidence->growing_path, "%s/" GROWING_PREFIX "%s", runtime_directory, run) < 0) {
        evidence_free(evidence);
        return -ENOMEM;
    }
    if (mkdir(evidence->growing_path, 0750) == 0)
        evidence->directory_fd = open(evidence->growing_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (evidence->directory_fd < 0) {
        int r = -errno;
        evidence_free(evidence);
        return r;
    }
    *ret_evidence = evidence;
    return 0;
}

Evidence *evidence_free(Evidence *evidence)
{
    if (!evidence)
        return NULL;
    if (evidence->directory_fd >= 0) {
        close(evidence->directory_fd);
        remove_directory(AT_FDCWD, evidence->growing_path);
    }
    free(evidence->run);
    free(evidence->growing_path);
    free(evidence->seal);
    free(evidence);
    return NULL;
}

const char *evidence_growing_path(const Evidence *evidence)
{
    return evidence->growing_path;
}

/* One line of the seal, as sha256sum writes it. */
static int seal_add(Evidence *evidence, const char *name, const void *bytes, size_t size)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    size_t needed = evidence->seal_size + sizeof(digest) + strlen(name) + 4;
    char *seal = realloc(evidence->seal, needed);

    if (!seal)
        return -ENOMEM;
    SHA256Data(bytes, size, digest);
    evidence->seal = seal;
    evidence->seal_size += (size_t)snprintf(seal + evidence->seal_size,
                                            needed - evidence->seal_size, "%s  %s\n", digest, name);
    return 0;
}

int evidence_put(Evidence *evidence, const char *name, const void *bytes, size_t size)
{
    int r = put_file(evidence->directory_fd, name, bytes, size, false);

    if (r < 0)
        return r;
    evidence->n_files++;
    return seal_add(evidence, name, bytes, size);
}

int evidence_put_text(Evidence *evidence, const char *name, const char *text)
{
    return evidence_put(evidence, name, text, strlen(text));
}

int evidence_put_json(Evidence *evidence, const char *name, const json_t *json)
{
    _cleanup_free_ char *text = json_dumps(json, JSON_INDENT(1));

    return text ? evidence_put_text(evidence, name, text) : -ENOMEM;
}

/* At most JSON_MAX_BYTES of a file; the caller frees *ret_text. */
static int read_file(int directory_fd, const char *name, char **ret_text, size_t *ret_size)
{
    _cleanup_close_ int fd = openat(directory_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size > JSON_MAX_BYTES)
        return -EFBIG;
    text = malloc((size_t)st.st_size + 1);
    if (!text)
        return -ENOMEM;
    while (size < (size_t)st.st_size) {
        ssize_t n = read(fd, text + size, (size_t)st.st_size - size);
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        size += (size_t)n;
    }
    *ret_text = take_ptr(text);
    *ret_size = size;
    return 0;
}

/* Copy each of the n_files files into a directory on the disk, synced. */
static int copy_files(int from_fd, int to_fd, size_t n_files)
{
    int list_fd = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *directory = list_fd < 0 ? NULL : fdopendir(list_fd);
    const struct dirent *entry;
    size_t n_copied = 0;
    int r = 0;

    if (!directory)
        return -errno;
    while (r >= 0 && (entry = readdir(directory))) {
        _cleanup_free_ char *text = NULL;
        size_t size = 0;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        r = read_file(from_fd, entry->d_name, &text, &size);
        if (r >= 0)
            r = put_file(to_fd, entry->d_name, text, size, true);
        n_copied++;
    }
    if (r >= 0 && n_copied != n_files)
        r = -EIO;
    if (r >= 0 && fsync(to_fd) < 0)
        r = -errno;
    return r;
}

/* An open STATE_DIRECTORY/runs. */
static int open_runs(const char *state_directory)
{
    _cleanup_free_ char *path = NULL;
    int fd;

    if (asprintf(&path, "%s/" RUNS_DIRECTORY, state_directory) < 0)
        return -ENOMEM;
    if (mkdir(path, 0750) < 0 && errno != EEXIST)
        return -errno;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

char *evidence_path(const char *state_directory, const char *run)
{
    char *path;

    return asprintf(&path, "%s/" RUNS_DIRECTORY "/%s", state_directory, run) < 0 ? NULL : path;
}

int evidence_publish(Evidence *evidence, const char *state_directory, char **ret_path)
{
    _cleanup_free_ char *half = NULL;
    _cleanup_free_ char *path = evidence_path(state_directory, evidence->run);
    _cleanup_close_ int runs_fd = open_runs(state_directory);
    _cleanup_close_ int half_fd = -1;
    int r = runs_fd < 0 ? runs_fd : 0;

    if (r >= 0)
        r = put_file(evidence->directory_fd, EVIDENCE_SEAL, evidence->seal, evidence->seal_size,
                     false);
    if (r < 0)
        return r;
    evidence->n_files++;
    if (asprintf(&half, HALF_PREFIX "%s", evidence->run) < 0 || !path)
        return -ENOMEM;
    if (mkdirat(runs_fd, half, 0750) == 0)
        half_fd = openat(runs_fd, half, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    r = half_fd < 0 ? -errno : copy_files(evidence->directory_fd, half_fd, evidence->n_files);
    if (r >= 0 && (renameat(runs_fd, half, runs_fd, evidence->run) < 0 || fsync(runs_fd) < 0))
        r = -errno;
    if (r < 0) {
        remove_directory(runs_fd, half);
        return r;
    }
    *ret_path = take_ptr(path);
    return 0;
}

int evidence_read_json(const char *directory, const char *name, json_t **ret_json)
{
    _cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    int r;

    if (fd < 0)
        return -errno;
    r = read_file(fd, name, &text, &size);
    return r < 0 ? r : json_parse_foreign(text, size, ret_json);
}

/* One line of the seal, which is cut at its parts: 1, 0 and the reason, negative errno. */
static int check_line(int directory_fd, const char *directory, char *line, char **ret_reason)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    _cleanup_free_ char *text = NULL;
    const char *name = line + SHA256_DIGEST_STRING_LENGTH - 1 + 2;
    size_t size = 0;
    int r;

    if (strlen(line) < SHA256_DIGEST_STRING_LENGTH + 2 || strncmp(name - 2, "  ", 2) != 0 ||
        strchr(name, '/'))
        return reason_give(ret_reason, "%s/" EVIDENCE_SEAL " is malformed", directory);
    r = read_file(directory_fd, name, &text, &size);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return reason_give(ret_reason, "%s/%s cannot be read: %s", directory, name, strerror(-r));
    SHA256Data((const uint8_t *)text, size, digest);
    if (strncmp(digest, line, SHA256_DIGEST_STRING_LENGTH - 1) != 0)
        return reason_give(ret_reason, "%s/%s is not as it was sealed", directory, name);
    return 1;
}

int evidence_check_seal(const char *directory, char **ret_reason)
{
    _cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *seal = NULL;
    _cleanup_free_ char *text = NULL;
    char *save = NULL;
    size_t size = 0;
    int r = fd < 0 ? -errno : read_file(fd, EVIDENCE_SEAL, &seal, &size);

    if (r == -ENOMEM)
        return r;
    if (r < 0 || !seal)
        return reason_give(ret_reason,
                           "%s is no evidence directory: its " EVIDENCE_SEAL " cannot be read: %s",
                           directory, strerror(-r));
    text = strndup(seal, size);
    if (!text)
        return -ENOMEM;
    r = 0;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        r = check_line(fd, directory, line, ret_reason);
        if (r <= 0)
            return r;
    }
    return r > 0 ? 1 : reason_give(ret_reason, "%s/" EVIDENCE_SEAL " is empty", directory);
}

static void sweep(const char *path, const char *prefix)
{
    _cleanup_closedir_ DIR *directory = opendir(path);
    const struct dirent *entry;

    if (!directory)
        return;
    while ((entry = readdir(directory)))
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            remove_directory(dirfd(directory), entry->d_name);
}

/* Under a hidden name first, so that half of it is never taken for the whole: evidence_sweep()
 * finds what is left of that. */
void evidence_remove(const char *state_directory, const char *run)
{
    _cleanup_close_ int runs_fd = open_runs(state_directory);
    _cleanup_free_ char *half = NULL;

    if (runs_fd < 0 || asprintf(&half, HALF_PREFIX "%s", run) < 0) {
        half = NULL;
        return;
    }
    if (renameat(runs_fd, run, runs_fd, half) == 0)
        remove_directory(runs_fd, half);
}

void evidence_sweep_run(const char *runtime_directory, const char *run)
{
    _cleanup_free_ char *path = NULL;

    if (asprintf(&path, "%s/" GROWING_PREFIX "%s", runtime_directory, run) < 0) {
        path = NULL;
        return;
    }
    remove_directory(AT_FDCWD, path);
}

void evidence_sweep(const char *runtime_directory, const char *state_directory)
{
    _cleanup_free_ char *runs = NULL;

    sweep(runtime_directory, GROWING_PREFIX);
    sweep(runtime_directory, FIO_TEMP_PREFIX);
    if (asprintf(&runs, "%s/" RUNS_DIRECTORY, state_directory) < 0) {
        runs = NULL;
        return;
    }
    sweep(runs, HALF_PREFIX);
}
