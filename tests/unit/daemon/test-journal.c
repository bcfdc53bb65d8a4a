/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages with ids: each has its text in the catalogue, each finding its class, and where stderr
 * is not the journal's the text is there all the same. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "placement/doctor.h"

static const char *const run_messages[] = {
    JOURNAL_RUN_ENDED,  JOURNAL_RUN_CORRUPTION, JOURNAL_RUN_REFUSED,      JOURNAL_RUN_INTERRUPTED,
    JOURNAL_RUN_FAILED, JOURNAL_RUN_PUT_OFF,    JOURNAL_SERIES_RECOVERED,
};

static char *read_catalogue(void)
{
    char *text = calloc(1, 65536);
    FILE *file = fopen("conf/xdmad.catalog", "re");

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) > 1000);
    fclose(file);
    return text;
}

static bool explains(const char *catalogue, const char *message_id)
{
    char entry[48];

    snprintf(entry, sizeof(entry), "\n-- %s\nSubject: ", message_id);
    return strstr(catalogue, entry) != NULL;
}

static void every_message_is_explained(void **state)
{
    static const DoctorTable *const tables[] = {
        &doctor_card, &doctor_reread,    &doctor_window,   &doctor_memory,   &doctor_pool,
        &doctor_path, &doctor_known_bad, &doctor_schedule, &doctor_evidence,
    };
    _cleanup_free_ char *catalogue = read_catalogue();

    (void)state;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (size_t k = 0; k < tables[i]->n; k++) {
            const char *id = journal_finding_message_id(tables[i]->rules[k].id);

            if (strcmp(id, JOURNAL_FINDING_OTHER) == 0 || !explains(catalogue, id))
                fail_msg("%s has no message of its own", tables[i]->rules[k].id);
        }
    assert_true(explains(catalogue, JOURNAL_FINDING_OTHER));
    for (size_t i = 0; i < sizeof(run_messages) / sizeof(run_messages[0]); i++)
        assert_true(explains(catalogue, run_messages[i]));
}

static void classes_are_told_by_their_whole_name(void **state)
{
    static const char *const others[] = { "", "RE-01", "REGX-01", "reg-01", "-", "?", "K7" };

    (void)state;
    assert_string_equal(journal_finding_message_id("REG-01"), journal_finding_message_id("REG-02"));
    assert_string_not_equal(journal_finding_message_id("REG-01"),
                            journal_finding_message_id("KB7"));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_string_equal(journal_finding_message_id(others[i]), JOURNAL_FINDING_OTHER);
}

/* Run `say` with stderr at a pipe; what was written, at most 4 KiB. The caller frees. */
static char *hear(void (*say)(void))
{
    char *text = calloc(1, 4096);
    int ends[2], before = dup(STDERR_FILENO);

    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    say();
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(ends[1]);
    assert_true(read(ends[0], text, 4095) >= 0);
    close(ends[0]);
    close(before);
    return text;
}

static void say_finding(void)
{
    _cleanup_json_ json_t *finding =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s,s]}", "id", "REG-01", "severity", "error",
                  "device", "fe340000.mmc", "explanation", "Wrong DMA address.", "remedy", "Boot.",
                  "evidence", "a", "b");

    journal_finding(finding);
}

/* A variable that a service left to us, whose stream our stderr is not. */
static void without_a_journal_there_is_the_text(void **state)
{
    static const char *const streams[] = { NULL, "", "8:1", "x" };

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        _cleanup_free_ char *text = NULL;

        if (streams[i])
            setenv("JOURNAL_STREAM", streams[i], 1);
        else
            unsetenv("JOURNAL_STREAM");
        text = hear(say_finding);
        assert_string_equal(text,
                            "xdmad: finding REG-01, error, on fe340000.mmc: Wrong DMA address.\n");
    }
    unsetenv("JOURNAL_STREAM");
}

static void say_ends(void)
{
    RunRecord record = { .id = "abc", .kind = "bench", .state = RUN_CANCELLED };
    _cleanup_json_ json_t *recovered = json_pack("[s]", "throughput of w, bounce: recovered");

    journal_run_end(&record, NULL);
    record.state = RUN_DONE;
    record.has_verdict = true;
    record.verdict = VERDICT_CORRUPTION;
    record.reason = strdup("CMP-02: a block came back changed");
    journal_run_end(&record, "def");
    journal_run_refused(&record, "the write budget is spent");
    journal_runs_interrupted(&(StoreInterrupted) { .n_runs = 2 });
    journal_runs_interrupted(&(StoreInterrupted) { .n_runs = 1, .n_unclean_boots = 1 });
    journal_run_put_off("bench", "busy", "the host is not quiet");
    journal_recovered(&record, NULL);
    journal_recovered(&record, recovered);
    run_record_done(&record);
}

static void each_end_is_one_line(void **state)
{
    _cleanup_free_ char *text = hear(say_ends);

    (void)state;
    assert_string_equal(
        text, "xdmad: run abc: cancelled\n"
              "xdmad: run abc: done, verdict corruption: CMP-02: a block came back changed; "
              "goes on as run def\n"
              "xdmad: run abc: refused: the write budget is spent\n"
              "xdmad: 2 run(s) were under way when xdmad ended: marked interrupted\n"
              "xdmad: 1 run(s) were under way when the host went down: marked interrupted\n"
              "xdmad: no bench by schedule now (busy): the host is not quiet\n"
              "xdmad: run abc: throughput of w, bounce: recovered\n");
}

static void say_much(void)
{
    char much[3000];

    memset(much, 'x', sizeof(much) - 1);
    much[sizeof(much) - 1] = '\0';
    log_warning("%s", much);
    log_set_max_level(4);
    log_notice("not this");
    say_ends(); /* of these the corruption and the interruption alone */
    log_set_max_level(6);
}

static void lines_are_bounded_and_levels_kept(void **state)
{
    _cleanup_free_ char *text = hear(say_much);
    const char *second = strchr(text, '\n') + 1;

    (void)state;
    assert_int_equal(second - text, 1023);
    assert_int_equal(strncmp(second, "xdmad: run abc: done, verdict corruption", 40), 0);
    assert_null(strstr(text, "not this"));
    assert_null(strstr(text, "cancelled"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_is_explained),
        cmocka_unit_test(classes_are_told_by_their_whole_name),
        cmocka_unit_test(without_a_journal_there_is_the_text),
        cmocka_unit_test(each_end_is_one_line),
        cmocka_unit_test(lines_are_bounded_and_levels_kept),
    };

    return cmocka_run_group_tests_name("daemon/journal", tests, NULL, NULL);
}
