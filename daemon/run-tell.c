/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-tell.h"

#include "common/clock.h"
#include "common/verdict.h"

int tell_stage(const ChildLink *link, const char *stage)
{
    return child_send(link, json_pack("{s:s, s:s}", "event", "stage", "stage", stage));
}

int tell_progress(const ChildLink *link, size_t n_legs, const LegJob *leg, uint64_t bytes_done)
{
    return child_send(link, json_pack("{s:s, s:i, s:i, s:s, s:s, s:I, s:I}", "event", "progress",
                                      "leg", (int)leg->index, "legs_total", (int)n_legs, "path",
                                      dma_path_name(leg->path), "workload", leg->workload->name,
                                      "bytes_done", (json_int_t)bytes_done, "bytes_total",
                                      (json_int_t)leg->workload->leg_bytes));
}

int tell_leg(const ChildLink *link, size_t n_legs, const LegJob *leg, const LegOutcome *outcome)
{
    return child_send(link,
                      json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:s*}", "event", "leg", "leg",
                                (int)leg->index, "legs_total", (int)n_legs, "path",
                                dma_path_name(leg->path), "workload", leg->workload->name, "state",
                                leg_outcome_counts(outcome) ? "proved" : "void", "message",
                                leg_outcome_counts(outcome) ? NULL : outcome->proof.reason));
}

int tell_damage(const ChildLink *link, const DamageNews *news)
{
    return child_send(
        link,
        json_pack("{s:s, s:{s:s, s:s, s:s, s:[s], s:s, s:s}, s:s, s:s, s:s, s:i, s:I}", "event",
                  "finding", "finding", "id", news->id, "severity", "critical", "device",
                  news->device, "evidence", news->message, "explanation",
                  "what was read back is not what was written", "remedy",
                  "nothing is written to this card any more; the report of the run tells the place "
                  "and what to do",
                  "card", news->card, "verdict", verdict_name(VERDICT_CORRUPTION), "message",
                  news->message, "leg", (int)news->leg, "known_boottime_usec",
                  (json_int_t)clock_boottime_usec()));
}
