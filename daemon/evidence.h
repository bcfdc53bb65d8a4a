/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_EVIDENCE_H
#define XDMAD_DAEMON_EVIDENCE_H
/*
 * The evidence directory of one run. It grows in the runtime directory, which is memory, so that
 * writing it does not disturb what is measured; when the run has ended it is sealed with the
 * SHA-256 of each file and moved to the state directory in one step: there it is whole or absent.
 */

#include <stddef.h>

#include <jansson.h>

typedef struct Evidence Evidence;

/* What sha256sum(1) -c reads; the last file written. */
#define EVIDENCE_SEAL "SHA256SUMS"

/* Begin the evidence of a run. 0 and *ret_evidence, or negative errno. */
int evidence_begin(const char *runtime_directory, const char *run, Evidence **ret_evidence);

/* Forget it; what was not published is removed. NULL is fine. */
Evidence *evidence_free(Evidence *evidence);

/* The directory it grows in; borrowed. */
const char *evidence_growing_path(const Evidence *evidence);

/* Put one file of it; `name` has no slash and is new. 0 or negative errno. */
int evidence_put(Evidence *evidence, const char *name, const void *bytes, size_t size);
int evidence_put_text(Evidence *evidence, const char *name, const char *text);
/* `json` is borrowed; written with indentation, for people. */
int evidence_put_json(Evidence *evidence, const char *name, const json_t *json);

/* Where the evidence of a run is published, or will be; the caller frees, NULL out of memory. */
char *evidence_path(const char *state_directory, const char *run);

/*
 * Seal it and move it to evidence_path(): 0 and *ret_path (owned), or negative errno, and
 * then nothing of it is there.
 */
int evidence_publish(Evidence *evidence, const char *state_directory, char **ret_path);

/* Read one file of published evidence, at most JSON_MAX_BYTES: 0 and *ret_json, or negative errno
 * (-ENOENT: there is none). */
int evidence_read_json(const char *directory, const char *name, json_t **ret_json);

/* Whether published evidence is as it was sealed, every file of it: 1; 0 and *ret_reason (owned)
 * when a file was changed, is missing, or there is no seal; negative errno. */
int evidence_check_seal(const char *directory, char **ret_reason);

/* Remove what runs that were interrupted have left half done in both directories: nobody may have a
 * run under way in them. */
void evidence_sweep(const char *runtime_directory, const char *state_directory);

/* Remove the published evidence of a run, if there is any. */
void evidence_remove(const char *state_directory, const char *run);

/* Remove what this one run has left in the runtime directory, if it has. */
void evidence_sweep_run(const char *runtime_directory, const char *run);

#endif
