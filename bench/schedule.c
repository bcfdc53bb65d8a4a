/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the guards of a scheduled run, one after the other.
 */
#include "bench/schedule.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define USEC_PER_SEC UINT64_C(1000000)
#define PERCENT      100.0

static const char *const cause_names[SCHEDULE_CAUSES] = {
    [SCHEDULE_START] = "start",       [SCHEDULE_LATCHED] = "latched", [SCHEDULE_BOOT] = "boot",
    [SCHEDULE_INTERVAL] = "interval", [SCHEDULE_RUNNING] = "running", [SCHEDULE_WORN] = "worn",
    [SCHEDULE_BUSY] = "busy",         [SCHEDULE_BUDGET] = "budget",   [SCHEDULE_TARGET] = "target",
};

const char *schedule_cause_name(ScheduleCause cause)
{
    return cause_names[cause];
}

__attribute__((format(printf, 3, 4))) static ScheduleAnswer
refuse(ScheduleCause cause, const char *remedy, const char *format, ...)
{
    ScheduleAnswer answer = { .cause = cause, .remedy = remedy };
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(answer.reason, sizeof(answer.reason), format, arguments);
    va_end(arguments);
    return answer;
}

/* "45 s", "9 min", "3 h": rounded down, for a sentence. */
typedef struct Duration {
    char text[24];
} Duration;

static Duration duration(uint64_t usec)
{
    uint64_t sec = usec / USEC_PER_SEC;
    Duration duration_;

    if (sec < 120)
        snprintf(duration_.text, sizeof(duration_.text), "%" PRIu64 " s", sec);
    else if (sec < UINT64_C(7200))
        snprintf(duration_.text, sizeof(duration_.text), "%" PRIu64 " min", sec / 60);
    else
        snprintf(duration_.text, sizeof(duration_.text), "%" PRIu64 " h", sec / 3600);
    return duration_;
}

/* The time since the last run: true and *ret_usec, or false when no clock tells it. */
static bool since_last(const ScheduleMoment *moment, uint64_t *ret_usec)
{
    const ScheduleTime *now = &moment->now, *last = &moment->last;

    if (moment->last_same_boot) {
        *ret_usec =
            now->boottime_usec > last->boottime_usec ? now->boottime_usec - last->boottime_usec : 0;
        return true;
    }
    *ret_usec = now->boottime_usec;
    if (now->realtime_usec >= last->realtime_usec) {
        uint64_t by_wall = now->realtime_usec - last->realtime_usec;

        if (by_wall > *ret_usec)
            *ret_usec = by_wall;
        return true;
    }
    return last->synchronised || !now->synchronised;
}

ScheduleAnswer schedule_consider(const ScheduleRules *rules, const ScheduleMoment *moment)
{
    uint64_t since_usec;

    if (moment->latched)
        return refuse(SCHEDULE_LATCHED,
                      "find out why the host went down (the runs may be the cause), then `xdmactl "
                      "bench --clear` has runs made by schedule again",
                      "runs by schedule are off, since the host went down %u times in a row while "
                      "a run was under way, the last time under run %s",
                      SCHEDULE_MAX_UNCLEAN_BOOTS, moment->latched);
    if (moment->now.boottime_usec < rules->boot_wait_usec)
        return refuse(SCHEDULE_BOOT, "wait; a later try of the timer will do it",
                      "the host has been up for %s, and for the first %s it has other things to do",
                      duration(moment->now.boottime_usec).text,
                      duration(rules->boot_wait_usec).text);
    if (moment->is_running) /* which is the last run, and has not ended */
        return refuse(SCHEDULE_RUNNING, "wait until it has ended; `xdmactl status` shows it",
                      "another run is under way, or waits");
    if (moment->has_last && since_last(moment, &since_usec) && since_usec < rules->interval_usec)
        return refuse(SCHEDULE_INTERVAL,
                      "wait, or lower interval_hours in xdmad.conf; a run that is not by schedule "
                      "starts at once",
                      "the last run ended %s ago, and runs by schedule are spaced %s apart",
                      duration(since_usec).text, duration(rules->interval_usec).text);
    return (ScheduleAnswer) { .cause = SCHEDULE_START };
}

static ScheduleAnswer refuse_busy(const ScheduleRules *rules, const char *what, double busy,
                                  unsigned most_percent)
{
    static const char remedy[] = "a later try of the timer will do it when the host is quiet; one "
                                 "that never is needs another time in the timer, or higher limits "
                                 "in xdmad.conf";

    if (isnan(busy))
        return refuse(SCHEDULE_BUSY, remedy,
                      "how busy %s was cannot be read, so the host is not known to be quiet", what);
    return refuse(SCHEDULE_BUSY, remedy,
                  "the host is not quiet: over %s %s was busy for %.1f %% of the time, and %u %% "
                  "is the most at which a run starts",
                  duration(rules->quiet_window_usec).text, what, PERCENT * busy, most_percent);
}

static bool is_quiet(double busy, unsigned most_percent)
{
    return PERCENT * busy <= (double)most_percent; /* false for NAN */
}

ScheduleAnswer schedule_judge(const ScheduleRules *rules, const ScheduleSample *sample)
{
    if (sample->worn)
        return refuse(SCHEDULE_WORN,
                      "back the data up and replace the card; a run that is not by schedule still "
                      "starts",
                      "the card behind %s says that it is at the end of its life, so that nothing "
                      "is written to it by schedule",
                      sample->disk);
    if (!is_quiet(sample->disk_busy, rules->max_disk_busy_percent))
        return refuse_busy(rules, sample->disk, sample->disk_busy, rules->max_disk_busy_percent);
    if (!is_quiet(sample->cpu_busy, rules->max_cpu_busy_percent))
        return refuse_busy(rules, "the CPU", sample->cpu_busy, rules->max_cpu_busy_percent);
    return (ScheduleAnswer) { .cause = SCHEDULE_START };
}
