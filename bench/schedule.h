/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SCHEDULE_H
#define XDMAD_BENCH_SCHEDULE_H
/*
 * Whether a run that a calendar asks for may start now. systemd's timer says when it is tried; what
 * stands here says whether now is a time for it. Pure: what was read of the host and of the store
 * goes in, an answer with its reason comes out. What is not known never starts a run.
 */

#include <stdbool.h>
#include <stdint.h>

/* Hosts that went down under so many runs in a row get no more of them by schedule. */
#define SCHEDULE_MAX_UNCLEAN_BOOTS 2U

#define SCHEDULE_REASON_BYTES 256U

/* What the host's owner has set; xdmad.conf(5), [schedule]. */
typedef struct ScheduleRules {
    uint64_t boot_wait_usec;        /* no run before the host has been up for so long */
    uint64_t interval_usec;         /* from the end of one run, of whatever kind, to the next */
    uint64_t quiet_window_usec;     /* how long the host is watched first */
    unsigned max_cpu_busy_percent;  /* of all CPUs together, over the window; 0 to 100 */
    unsigned max_disk_busy_percent; /* of the target's disk, over the window; 0 to 100 */
    uint64_t write_budget_bytes_per_week; /* of all runs in 7 days, that one more must fit in */
} ScheduleRules;

/* A moment on both clocks; a host without a real one has but the first, and a new one each boot. */
typedef struct ScheduleTime {
    uint64_t boottime_usec;
    uint64_t realtime_usec;
    bool synchronised; /* somebody kept the wall clock right */
} ScheduleTime;

/* What is known before the host is watched. */
typedef struct ScheduleMoment {
    ScheduleTime now;
    bool has_last;       /* there was a run before, of whatever kind */
    bool last_same_boot; /* its boottime_usec is of this boot */
    ScheduleTime last;   /* its end, or, where it has none, its start */
    const char *latched; /* the run under which the host went down last, or NULL: not latched */
    bool is_running;     /* a run is under way or waits */
} ScheduleMoment;

/* What was seen while the host was watched; a share is of 0 to 1, or NAN when it is unknown. */
typedef struct ScheduleSample {
    double cpu_busy;
    double disk_busy;
    const char *disk; /* the target's, as "mmcblk0" */
    bool worn;        /* its card is at its end: card_wear_is_out() */
} ScheduleSample;

/* What keeps the run from starting. */
typedef enum ScheduleCause {
    SCHEDULE_START,    /* nothing */
    SCHEDULE_LATCHED,  /* the host went down under runs, and nobody has said to go on */
    SCHEDULE_BOOT,     /* it was booted just now */
    SCHEDULE_INTERVAL, /* the last run is not long ago: the ordinary answer of most tries */
    SCHEDULE_RUNNING,  /* another run is under way */
    SCHEDULE_WORN,     /* the card says that it is at its end */
    SCHEDULE_BUSY,     /* the host has other work, or what it does is not known */
    SCHEDULE_BUDGET,   /* the card's wear; decided where it is charged (daemon/admission.c) */
    SCHEDULE_TARGET,   /* no card can be had; decided where it is looked for (daemon/quiet.c) */
    SCHEDULE_CAUSES,   /* how many there are */
} ScheduleCause;

/* An answer: cause, and unless that is SCHEDULE_START, why in one sentence and what helps. */
typedef struct ScheduleAnswer {
    ScheduleCause cause;
    char reason[SCHEDULE_REASON_BYTES];
    const char *remedy; /* static */
} ScheduleAnswer;

/*
 * Before the host is watched: latch, time since boot, other runs, time since the last run, in this
 * order. The time since a run of another boot is what the wall clock says, and the uptime at least;
 * where that clock was not right then and shows an earlier time now, nothing is known of it, and
 * the run is not held up by it.
 */
ScheduleAnswer schedule_consider(const ScheduleRules *rules, const ScheduleMoment *moment);

/* After it was watched: wear, then disk, then CPUs. */
ScheduleAnswer schedule_judge(const ScheduleRules *rules, const ScheduleSample *sample);

/* "start", "latched", "boot", ...: static, and never changed, since they are labels of metrics. */
const char *schedule_cause_name(ScheduleCause cause);

#endif
