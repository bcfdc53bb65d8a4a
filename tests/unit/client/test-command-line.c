/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: what is taken, and what is refused with a hint.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/command-line.h"
#include "client/usage.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

#define MAX_WORDS 16
#define CID       "aa585951454d5521a0deadbeef016219"

typedef struct Words {
    char *argv[MAX_WORDS + 1];
    int argc;
    char text[512];
} Words;

/* Split at blanks; "''" is an empty word. */
static void split(const char *line, Words *words)
{
    static char program[] = "xdmactl";
    char *rest = NULL;

    *words = (Words) { .argc = 1 };
    strcpy(words->text, line);
    words->argv[0] = program;
    for (char *word = strtok_r(words->text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (strcmp(word, "''") == 0)
            word[0] = '\0';
        words->argv[words->argc++] = word;
    }
}

static int parse(const char *line, Words *words, CommandLine *ret_command, Failure *ret_failure)
{
    split(line, words);
    return command_line_parse(words->argc, words->argv, ret_command, ret_failure);
}

static void assert_live(const char *line, const char *argument, int sec)
{
    CommandLine command;
    Failure failure = { 0 };
    Words words;

    if (parse(line, &words, &command, &failure) < 0)
        fail_msg("\"%s\" is refused: %s", line, failure.text);
    assert_int_equal(command.live_usec, sec * INT64_C(1000000));
    if (argument)
        assert_string_equal(command.argument, argument);
    else
        assert_null(command.argument);
}

static void assert_verb(const char *line, const char *verb)
{
    CommandLine command;
    Failure failure = { 0 };
    Words words;

    if (parse(line, &words, &command, &failure) < 0)
        fail_msg("\"%s\" is refused: %s", line, failure.text);
    assert_string_equal(command.verb->name, verb);
}

static void assert_refused(const char *line, const char *why)
{
    CommandLine command = { .seed = 77 };
    Failure failure = { 0 };
    Words words;

    if (parse(line, &words, &command, &failure) != -EINVAL)
        fail_msg("\"%s\" is taken", line);
    assert_int_equal(failure.exit_status, EXIT_STATUS_USAGE);
    if (!strstr(failure.text, why))
        fail_msg("\"%s\": %s; wanted a word of \"%s\"", line, failure.text, why);
    assert_non_null(strchr(failure.text, ';')); /* the hint */
    assert_int_equal(command.seed, 77);         /* untouched */
}

static void test_taken(void **state)
{
    (void)state;
    assert_verb("status", "status");
    assert_verb("list --json", "list");
    assert_verb("--json list", "list");
    assert_verb("-H root@pi4 --exec inspect mmc0", "inspect");
    assert_verb("inspect --dtb a.dtb --root tree", "inspect");
    assert_live("inspect --live", NULL, 5);
    assert_live("inspect --live 7", NULL, 7);
    assert_live("inspect --live=7", NULL, 7);
    assert_live("inspect --live 60 mmc0", "mmc0", 60);
    assert_live("--live 1 inspect mmc0", "mmc0", 1);
    assert_live("inspect mmc0 --live", "mmc0", 5);
    assert_live("inspect --live mmc0 --json", "mmc0", 5);
    assert_live("inspect --live 0000:00:01.0", "0000:00:01.0", 5);
    assert_live("inspect mmc0", "mmc0", 0);
    assert_verb("doctor mmc0 --root tree --json", "doctor");
    assert_verb("bench --profile full --seed 9223372036854775807", "bench");
    assert_verb("bench --paths foreign --profile full", "bench");
    assert_verb("bench --paths own", "bench");
    assert_verb("bench /dev/mmcblk0 --confirm-cid " CID, "bench");
    assert_verb("--exec bench --dry-run", "bench");
    assert_verb("watch", "watch");
    assert_verb("cancel r-1", "cancel");
    assert_verb("cancel --help", "cancel");
    assert_verb("show -- -odd-run", "show");
    assert_verb("history --limit 10000", "history");
    assert_verb("verify --profile standard --seed 1", "verify");
    assert_verb("verify --clear --confirm-cid " CID, "verify");
    assert_verb("verify --replay /var/lib/xdmad/runs/x", "verify");
    assert_verb("help bench", "help");
    assert_verb("--socket /a bridge", "bridge");
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused("", "no verb");
    assert_refused("''", "no such verb");
    assert_refused("statuss", "statuss");
    assert_refused("heal", "heal");
    assert_refused("status extra", "extra");
    assert_refused("inspect a b", "b");
    assert_refused("inspect ''", "empty");
    assert_refused("cancel", "RUN");
    assert_refused("status --bogus", "--bogus");
    assert_refused("status -x", "-x");
    assert_refused("status --json=yes", "--json=yes");
    assert_verb("bench --clear", "bench");
    assert_verb("bench --scheduled", "bench");
    assert_verb("verify --scheduled --profile full", "verify");
    assert_refused("watch --clear", "clear");
    assert_refused("watch --scheduled", "scheduled");
    assert_refused("bench --clear --confirm-cid " CID, "no card");
    assert_refused("bench --clear --scheduled", "--clear");
    assert_refused("bench --dry-run --scheduled", "--scheduled");
    assert_refused("verify --replay /x --clear", "--replay");
    assert_refused("-H pi verify --replay /x", "--replay");
    assert_refused("verify --clear /dev/mmcblk0", "--clear");
    assert_refused("verify --clear --dry-run", "--clear");
    assert_refused("bench --seed", "--seed");
    assert_refused("status --root /", "root");
    assert_refused("inspect --limit 3", "limit");
    assert_refused("inspect --live=", "--live");
    assert_refused("inspect --live=0", "1 to 60");
    assert_refused("inspect --live 61", "1 to 60");
    assert_refused("inspect --live 5 6 mmc0", "one word too many");
    assert_refused("inspect --live --root tree", "watches this host");
    assert_refused("doctor --live", "live");
    assert_refused("doctor --dtb a.dtb", "dtb");
    assert_refused("list --detach", "detach");
}

static void test_values(void **state)
{
    (void)state;
    assert_refused("bench --profile fast", "fast");
    assert_verb("bench --profile smoke", "bench");
    assert_refused("verify --profile smoke", "quick, standard or full");
    assert_refused("bench --paths all", "all");
    assert_refused("verify --paths foreign", "paths");
    assert_refused("bench --seed -1", "-1");
    assert_refused("bench --seed 9223372036854775808", "9223372036854775808");
    assert_refused("bench --seed 0x10", "0x10");
    assert_refused("bench --confirm-cid aa58", "aa58");
    assert_refused("bench --confirm-cid " CID "00", CID "00");
    assert_refused("bench --confirm-cid zz585951454d5521a0deadbeef016219", "zz58");
    assert_refused("history --limit 0", "0");
    assert_refused("history --limit 10001", "10001");
    assert_refused("--socket '' status", "socket");
    assert_refused("inspect --dtb ''", "dtb");
}

/* A host is handed to ssh, which takes a leading '-' for an option. */
static void test_hosts(void **state)
{
    (void)state;
    assert_refused("-H -oProxyCommand=reboot status", "-oProxyCommand=reboot");
    assert_refused("-H '' status", "host");
    assert_refused("-H a\tb status", "a?b");
    assert_verb("-H user@host.example status", "status");
}

static void test_combinations(void **state)
{
    (void)state;
    assert_refused("-H pi inspect --dtb a.dtb", "-H");
    assert_refused("--socket /s --exec status", "--socket");
    assert_refused("--socket /s inspect --root /", "--socket");
    assert_refused("--exec bench --detach", "--detach");
    assert_refused("compare a b c", "c");
    assert_refused("history a b", "b");
    assert_refused("bench --by kernel", "by");
    assert_refused("bench --dry-run --detach", "--detach");
}

static void test_fields(void **state)
{
    CommandLine command;
    Failure failure;
    Words words;

    (void)state;
    assert_int_equal(parse("bench mmcblk0 --seed 0 --profile quick", &words, &command, &failure),
                     0);
    assert_true(command.seed_given);
    assert_int_equal(command.seed, 0);
    assert_string_equal(command.profile, "quick");
    assert_null(command.paths);
    assert_string_equal(command.argument, "mmcblk0");
    assert_false(command.json);

    assert_int_equal(parse("compare previous last --by boot-mode", &words, &command, &failure), 0);
    assert_string_equal(command.argument, "previous");
    assert_string_equal(command.second, "last");
    assert_string_equal(command.by, "boot-mode");
    assert_int_equal(parse("compare", &words, &command, &failure), 0);
    assert_null(command.argument);
    assert_null(command.second);

    assert_int_equal(parse("--version", &words, &command, &failure), 0);
    assert_true(command.version);
    assert_null(command.verb);
    assert_int_equal(parse("-h", &words, &command, &failure), 0);
    assert_true(command.help);
}

/* Usage names every verb but the hidden one, and every option. */
static void test_usage(void **state)
{
    size_t n_verbs, n_options, size;
    const Verb *verbs = verb_table(&n_verbs);
    const CommandOption *options = command_options(&n_options);
    char *text = NULL;
    Page page = { .out = open_memstream(&text, &size), .columns = 80 };

    (void)state;
    usage_print(&page);
    for (size_t i = 0; i < n_verbs; i++)
        usage_print_verb(&verbs[i], &page);
    fclose(page.out);
    for (size_t i = 0; i < n_verbs; i++)
        if (!verbs[i].hidden)
            assert_non_null(strstr(text, verbs[i].summary));
    for (size_t i = 0; i < n_options; i++)
        assert_non_null(strstr(text, options[i].summary));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 80);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_values),       cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_combinations), cmocka_unit_test(test_fields),
        cmocka_unit_test(test_usage),
    };

    return cmocka_run_group_tests_name("client/command-line", tests, NULL, NULL);
}
