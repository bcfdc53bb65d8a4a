/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a run's events, redrawn or not, at times that are handed in.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "client/progress.h"
#include "common/cleanup.h"
#include "common/clock.h"

typedef struct Screen {
    Progress progress;
    char *text;
    size_t size;
} Screen;

static void screen_open(Screen *screen, bool redraw, unsigned columns)
{
    *screen = (Screen) { 0 };
    screen->progress.out = open_memstream(&screen->text, &screen->size);
    screen->progress.redraw = redraw;
    screen->progress.columns = columns;
    assert_non_null(screen->progress.out);
}

static void screen_close(Screen *screen, const char *expected)
{
    fclose(screen->progress.out);
    assert_string_equal(screen->text, expected);
    free(screen->text);
}

static void show(Screen *screen, const char *event, unsigned sec)
{
    _cleanup_json_ json_t *json = json_loads(event, 0, NULL);

    assert_non_null(json);
    progress_event(&screen->progress, json, sec * USEC_PER_SEC);
}

#define LEG                                                                                        \
    "{\"run\":\"r1\",\"event\":\"leg\",\"leg\":2,\"legs_total\":24,"                               \
    "\"workload\":\"seq\",\"path\":\"bounce\"}"
#define PROGRESS                                                                                   \
    "{\"run\":\"r1\",\"event\":\"progress\",\"leg\":2,\"legs_total\":24,"                          \
    "\"bytes_done\":1048576,\"bytes_total\":4194304}"
#define DONE "{\"run\":\"r1\",\"event\":\"done\",\"state\":\"done\",\"verdict\":\"pass\"}"

static void test_lines(void **state)
{
    Screen screen;

    (void)state;
    screen_open(&screen, false, 80);
    show(&screen, "{\"run\":\"r1\",\"event\":\"queued\"}", 1);
    show(&screen, "{\"run\":\"r1\",\"event\":\"stage\",\"stage\":\"place\",\"message\":\"m\"}", 1);
    show(&screen, LEG, 2);
    show(&screen, PROGRESS, 3); /* too soon */
    show(&screen, PROGRESS, 7);
    show(&screen, PROGRESS, 11); /* too soon */
    show(&screen, LEG, 11);      /* a leg is never too soon */
    show(&screen, PROGRESS, 10); /* a clock that went back tells nothing */
    show(&screen, "{\"run\":\"\",\"event\":\"finding\",\"message\":\"REG-02, error\"}", 11);
    show(&screen, DONE, 12);
    progress_end(&screen.progress);
    screen_close(&screen, "r1 queued\n"
                          "r1 place: m\n"
                          "r1 leg 3 of 24, seq, bounce\n"
                          "r1 leg 3 of 24, 1 MiB of 4 MiB\n"
                          "r1 leg 3 of 24, seq, bounce\n"
                          "finding: REG-02, error\n"
                          "r1: done, pass\n");
}

static void test_redrawn(void **state)
{
    Screen screen;

    (void)state;
    screen_open(&screen, true, 12);
    show(&screen, LEG, 1);
    show(&screen, PROGRESS, 1);
    progress_note(&screen.progress, "a note of any length");
    show(&screen, LEG, 1);
    progress_end(&screen.progress);
    progress_end(&screen.progress); /* once is enough */
    screen_close(&screen, "\r\033[Kr1 leg 3 of"
                          "\r\033[Kr1 leg 3 of"
                          "\r\033[Ka note of any length\n"
                          "\r\033[Kr1 leg 3 of"
                          "\r\033[K");
}

static void test_one_run(void **state)
{
    Screen screen;

    (void)state;
    screen_open(&screen, false, 80);
    screen.progress.one_run = true;
    show(&screen, LEG, 1);
    show(&screen, DONE, 2);
    screen_close(&screen, "leg 3 of 24, seq, bounce\n"
                          "done, pass\n");
}

static void test_hostile(void **state)
{
    Screen screen;

    (void)state;
    screen_open(&screen, false, 80);
    show(&screen, "{}", 1);
    show(&screen, "[]", 2);
    show(&screen,
         "{\"event\":\"leg\",\"leg\":9223372036854775807,\"legs_total\":-1,\"run\":7,"
         "\"path\":\"\\u001b[2J\\n\"}",
         3);
    show(&screen, "{\"event\":\"progress\",\"bytes_done\":-5,\"bytes_total\":\"x\"}", 99);
    screen_close(&screen, "event\nevent\n?[2J?\n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_redrawn),
        cmocka_unit_test(test_one_run),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests_name("client/progress", tests, NULL, NULL);
}
