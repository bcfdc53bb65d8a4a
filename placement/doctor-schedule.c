/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: SCHED-01, runs by schedule are off. What is measured no more cannot be found to be
 * worse.
 */
#include "placement/doctor.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static DoctorAnswer schedule_is_off(DoctorCase *case_)
{
    const char *run = case_->facts->schedule_latch;

    if (!run)
        return DOCTOR_SILENT;
    doctor_note(case_, "the host went down while run %s was under way, and while one was before",
                run);
    return DOCTOR_HOLDS;
}

static const DoctorRule rules[] = {
    { .id = "SCHED-01",
      .scope = DOCTOR_HOST,
      .condition = schedule_is_off,
      .severity = DOCTOR_WARN,
      .explanation =
          "No run is made by schedule any more: the host went down under runs twice in a row, "
          "without one in between that went to its end. The runs may be the cause, or what they "
          "do to a weak card or supply.",
      .remedy =
          "See the kernel's log and the journal of these boots (journalctl -b -1) and start a "
          "run by hand; then `xdmactl bench --clear` has runs made by schedule again." },
};

const DoctorTable doctor_schedule = { rules, N_OF(rules) };
