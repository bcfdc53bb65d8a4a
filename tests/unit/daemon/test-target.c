/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims, on a loop device that is given as the only card: with ext4 for our file, blank for a raw
 * claim.
 */
#include "daemon/target-claim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "tests/unit/daemon/loop-fixture.h"

#define MIB          (UINT64_C(1) << 20)
#define LOOP_BYTES   (192 * MIB)
#define TARGET_BYTES (8 * MIB)
#define CID          "1b534d454231515430012345670133a1"

typedef struct Fixture {
    Loop loop;
    TargetCard card;
    TargetWant want;
    Target target;
    TargetRefusal refusal;
    const char *cid_now; /* NULL = CID: the card is still the same */
} Fixture;

static Fixture fixture;

/* A loop device has none: it plays the card that the fixture says. */
static int read_cid(const char *disk, char ret_cid[static BLOCK_CID_BYTES])
{
    if (strcmp(disk, fixture.loop.disk) != 0)
        return -ENOENT;
    snprintf(ret_cid, BLOCK_CID_BYTES, "%s", fixture.cid_now ? fixture.cid_now : CID);
    return 0;
}

static int setup_raw(void **state)
{
    fixture = (Fixture) { .target = { .fd = -1, .disk_fd = -1 } };
    *state = &fixture;
    if (loop_new(&fixture.loop, (off_t)LOOP_BYTES) < 0)
        return -1;
    fixture.card = (TargetCard) { .disk = fixture.loop.disk, .cid = CID };
    fixture.want = (TargetWant) {
        .asked = fixture.loop.device,
        .confirm_cid = CID,
        .bytes = TARGET_BYTES,
        .cards = &fixture.card,
        .n_cards = 1,
        .read_cid = read_cid,
    };
    return 0;
}

static int setup_file(void **state)
{
    if (setup_raw(state) < 0)
        return -1;
    fixture.want.asked = fixture.loop.mount_point;
    fixture.want.confirm_cid = NULL;
    if (fixture.loop.reason)
        return 0;
    if (loop_format(&fixture.loop) < 0 || loop_mount(&fixture.loop) < 0)
        fixture.loop.reason = "no ext4 can be made or mounted here";
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    target_done(&fixture.target);
    free(fixture.refusal.reason);
    loop_done(&fixture.loop);
    return 0;
}

/* Every test starts with it. */
static Fixture *ground(void **state)
{
    if (fixture.loop.reason) {
        print_message("# skipped: %s\n", fixture.loop.reason);
        skip();
    }
    return *state;
}

static int claim(Fixture *f)
{
    return target_claim(&f->want, &f->target, &f->refusal);
}

/* The claim is refused in words that hold `text`, and nothing is held. */
static void assert_refused(Fixture *f, bool for_safety, const char *text)
{
    assert_int_equal(claim(f), 0);
    assert_int_equal(f->target.fd, -1);
    assert_non_null(f->refusal.reason);
    if (!strstr(f->refusal.reason, text))
        fail_msg("\"%s\" does not hold \"%s\"", f->refusal.reason, text);
    assert_int_equal(f->refusal.for_safety, for_safety);
}

static const char *in_mount(const Fixture *f, const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", f->loop.mount_point, name);
    return path;
}

static void make_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Sectors that were ever written to the disk, once all is on it. */
static uint64_t written_bytes(const Fixture *f)
{
    BlockCount count;
    int fd = open(f->loop.mount_point, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(syncfs(fd), 0);
    close(fd);
    assert_int_equal(block_count(f->loop.disk, &count), 0);
    return count.written_bytes;
}

/* --- our own file -------------------------------------------------------------------------------
 */

static void test_a_file_is_made_and_written_through(void **state)
{
    Fixture *f = ground(state);
    struct {
        struct fiemap map;
        struct fiemap_extent extents[64];
    } extents = { .map = { .fm_length = TARGET_BYTES, .fm_extent_count = 64 } };
    _cleanup_json_ json_t *json = NULL;
    uint64_t before = written_bytes(f), covered = 0;
    struct stat st;

    assert_int_equal(claim(f), 1);
    assert_int_equal(f->target.kind, TARGET_FILE);
    assert_string_equal(f->target.disk, f->loop.disk);
    assert_string_equal(f->target.path, in_mount(f, TARGET_FILE_NAME));
    assert_true(f->target.bytes == TARGET_BYTES);
    assert_int_equal(fstat(f->target.fd, &st), 0);
    assert_true((uint64_t)st.st_size == TARGET_BYTES);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(written_bytes(f) - before >= TARGET_BYTES);

    assert_int_equal(ioctl(f->target.fd, FS_IOC_FIEMAP, &extents), 0);
    for (unsigned i = 0; i < extents.map.fm_mapped_extents; i++) {
        assert_true(extents.extents[i].fe_logical == covered);
        assert_false(extents.extents[i].fe_flags & FIEMAP_EXTENT_UNWRITTEN);
        covered += extents.extents[i].fe_length;
    }
    assert_true(covered == TARGET_BYTES);

    json = target_to_json(&f->target);
    assert_string_equal(json_get_string(json, "kind", ""), "file");
    assert_string_equal(json_get_string(json, "block", ""), f->loop.disk);
    assert_true(json_get_int(json, "bytes", 0) == (int64_t)TARGET_BYTES);
}

static void test_what_was_written_is_not_written_again(void **state)
{
    Fixture *f = ground(state);
    uint64_t before;

    assert_int_equal(claim(f), 1);
    target_done(&f->target);
    before = written_bytes(f);
    assert_int_equal(claim(f), 1);
    assert_true(written_bytes(f) - before < MIB);
    target_done(&f->target);
    f->want.bytes = TARGET_BYTES / 2; /* a smaller one lies within */
    before = written_bytes(f);
    assert_int_equal(claim(f), 1);
    assert_true(f->target.bytes == TARGET_BYTES / 2);
    assert_true(written_bytes(f) - before < MIB);
}

static void test_a_file_that_is_too_short_grows(void **state)
{
    Fixture *f = ground(state);
    struct stat st;

    assert_int_equal(claim(f), 1);
    target_done(&f->target);
    f->want.bytes = 2 * TARGET_BYTES;
    assert_int_equal(claim(f), 1);
    assert_int_equal(fstat(f->target.fd, &st), 0);
    assert_true((uint64_t)st.st_size == 2 * TARGET_BYTES);
}

static void test_a_hole_is_filled(void **state)
{
    Fixture *f = ground(state);
    uint64_t before;

    assert_int_equal(claim(f), 1);
    assert_int_equal(
        fallocate(f->target.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)MIB, (off_t)MIB),
        0);
    target_done(&f->target);
    before = written_bytes(f);
    assert_int_equal(claim(f), 1);
    assert_true(written_bytes(f) - before >= MIB);
}

static void test_a_claim_is_exclusive(void **state)
{
    Fixture *f = ground(state);
    Target second = { .fd = -1 };

    assert_int_equal(claim(f), 1);
    assert_int_equal(target_claim(&f->want, &second, &f->refusal), 0);
    assert_int_equal(second.fd, -1);
    assert_non_null(strstr(f->refusal.reason, "in use"));
    assert_false(f->refusal.for_safety);
    target_done(&f->target);
    assert_int_equal(claim(f), 1);
}

static void test_the_ways_to_our_directory(void **state)
{
    Fixture *f = ground(state);

    f->want.asked = NULL; /* the first card's own file system */
    assert_int_equal(claim(f), 1);
    assert_string_equal(f->target.path, in_mount(f, TARGET_FILE_NAME));
    target_done(&f->target);
    assert_int_equal(mkdir(in_mount(f, "sub"), 0700), 0);
    f->want.directory = in_mount(f, "sub"); /* what the configuration says */
    assert_int_equal(claim(f), 1);
    target_done(&f->target);
    f->want.directory = "/proc";
    assert_refused(f, false, "no block device");
}

static void test_no_file_system_to_write_to(void **state)
{
    Fixture *f = ground(state);

    f->want.asked = NULL;
    assert_int_equal(mount(NULL, f->loop.mount_point, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_refused(f, false, "mounted for writing");
    f->want.asked = f->loop.mount_point;
    assert_refused(f, false, "Read-only file system");
}

static void test_a_link_in_our_place(void **state)
{
    Fixture *f = ground(state);
    char other[256], own[256];

    snprintf(other, sizeof(other), "%s", in_mount(f, "other"));
    snprintf(own, sizeof(own), "%s", in_mount(f, TARGET_FILE_NAME));
    make_file(other, "precious");
    assert_int_equal(symlink(other, own), 0);
    assert_refused(f, true, "symbolic link");
    assert_int_equal(unlink(own), 0);
    assert_int_equal(link(other, own), 0);
    assert_refused(f, true, "hard links");
    assert_int_equal(unlink(own), 0);
    assert_int_equal(symlink("/none/such", own), 0); /* one to nowhere makes nothing there */
    assert_refused(f, true, "symbolic link");
}

static void test_what_is_no_file_in_our_place(void **state)
{
    Fixture *f = ground(state);
    const char *own = in_mount(f, TARGET_FILE_NAME);

    assert_int_equal(mkfifo(own, 0600), 0);
    assert_int_equal(claim(f), 0);
    assert_int_equal(unlink(own), 0);
    assert_int_equal(mkdir(own, 0700), 0);
    assert_refused(f, false, "directory");
}

static void test_a_file_of_another_user(void **state)
{
    Fixture *f = ground(state);
    const char *own = in_mount(f, TARGET_FILE_NAME);

    make_file(own, "theirs");
    assert_int_equal(chown(own, 1234, (gid_t)-1), 0);
    assert_refused(f, true, "another user");
}

static void test_another_disk_mounted_over_our_place(void **state)
{
    Fixture *f = ground(state);
    char own[256];

    snprintf(own, sizeof(own), "%s", in_mount(f, TARGET_FILE_NAME));
    make_file(own, "");
    assert_int_equal(mount(f->loop.image, own, NULL, MS_BIND, NULL), 0);
    assert_int_equal(claim(f), 0);
    assert_int_equal(umount(own), 0);
    assert_non_null(strstr(f->refusal.reason, "another file system"));
    assert_true(f->refusal.for_safety);
}

static void test_room_is_left(void **state)
{
    Fixture *f = ground(state);
    struct statvfs before, after;

    assert_int_equal(statvfs(f->loop.mount_point, &before), 0);
    f->want.bytes = before.f_bavail * before.f_frsize - 32 * MIB; /* there, but below the reserve */
    f->want.bytes -= f->want.bytes % MIB;
    assert_refused(f, true, "left alone");
    f->want.bytes = UINT64_C(1) << 62;
    assert_refused(f, true, "left alone");
    assert_int_equal(statvfs(f->loop.mount_point, &after), 0);
    assert_true(before.f_bfree - after.f_bfree < 16);
}

static void test_what_may_not_be_named(void **state)
{
    Fixture *f = ground(state);
    char file[256];

    snprintf(file, sizeof(file), "%s", in_mount(f, "precious"));
    make_file(file, "precious");
    f->want.asked = file;
    assert_refused(f, true, "neither a directory nor a block device");
    f->want.asked = in_mount(f, "absent");
    assert_refused(f, false, "No such file");
    f->want.asked = "/proc";
    assert_refused(f, false, "no block device");
    f->want.asked = "/dev/null";
    assert_refused(f, true, "neither a directory nor a block device");
    f->card.disk = "mmcblk77"; /* the disk is there, but it is no card */
    f->want.asked = f->loop.mount_point;
    assert_refused(f, false, "no MMC or SD card");
    f->want.asked = f->loop.device;
    assert_refused(f, true, "no MMC or SD card");
}

/* --- a raw card ---------------------------------------------------------------------------------
 */

static void test_a_blank_card(void **state)
{
    Fixture *f = ground(state);
    Target second = { .fd = -1 };

    f->want.confirm_cid = "1B534D454231515430012345670133A1"; /* as it is printed on some */
    assert_int_equal(claim(f), 1);
    assert_int_equal(f->target.kind, TARGET_RAW);
    assert_string_equal(f->target.path, f->loop.device);
    assert_string_equal(f->target.disk, f->loop.disk);
    assert_int_equal(target_claim(&f->want, &second, &f->refusal), 0); /* held by the first */
    assert_non_null(strstr(f->refusal.reason, "in use by another xdmad"));
    assert_int_equal(second.fd, -1);
    target_done(&f->target);
    assert_int_equal(claim(f), 1);
}

static void test_a_raw_claim_writes_nothing(void **state)
{
    Fixture *f = ground(state);
    BlockCount before, after;

    assert_int_equal(block_count(f->loop.disk, &before), 0);
    assert_int_equal(claim(f), 1);
    assert_int_equal(block_count(f->loop.disk, &after), 0);
    assert_true(after.written_bytes == before.written_bytes);
}

static void test_another_card_in_its_place(void **state)
{
    Fixture *f = ground(state);
    uint64_t bytes;

    f->cid_now = "1b534d454231515430012345670133ff";
    assert_refused(f, true, "changed while it was claimed");
    f->cid_now = NULL;
    assert_int_equal(claim(f), 1);
    assert_true(target_is_there(&f->target));
    assert_true(target_written_bytes(&f->target, &bytes));
    f->cid_now = "1b534d454231515430012345670133ff";
    assert_false(target_is_there(&f->target));
    assert_false(target_written_bytes(&f->target, &bytes));
}

static void test_the_cid_is_to_be_typed_back(void **state)
{
    Fixture *f = ground(state);

    f->want.confirm_cid = NULL;
    assert_refused(f, true, "--confirm-cid " CID);
    f->want.confirm_cid = "1b534d454231515430012345670133a2";
    assert_refused(f, true, "but the card's is " CID);
    f->want.confirm_cid = "";
    assert_refused(f, true, "but the card's is");
    f->want.confirm_cid = CID;
    f->card.cid = NULL;
    assert_refused(f, true, "shows no CID");
}

static void test_a_card_that_is_too_short(void **state)
{
    Fixture *f = ground(state);

    f->want.bytes = LOOP_BYTES + 512;
    assert_refused(f, false, "the plan needs");
    f->want.bytes = LOOP_BYTES;
    assert_int_equal(claim(f), 1);
}

static void test_a_card_with_a_file_system(void **state)
{
    Fixture *f = ground(state);

    if (loop_format(&f->loop) < 0)
        skip();
    assert_refused(f, true, "holds ext4");
    assert_int_equal(loop_mount(&f->loop), 0);
    assert_refused(f, true, "mounted at");
    loop_unmount(&f->loop);
    assert_refused(f, true, "holds ext4");
}

static void write_at(const Fixture *f, off_t offset, const void *bytes, size_t size)
{
    int fd = open(f->loop.device, O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, offset), (ssize_t)size);
    assert_int_equal(fsync(fd), 0);
    close(fd);
}

static void test_a_card_with_a_partition_table(void **state)
{
    static const unsigned char entry[16] = { 0, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0 };
    static const unsigned char none[16];
    Fixture *f = ground(state);

    write_at(f, 510, "\x55\xaa", 2);
    write_at(f, 446, entry, sizeof(entry));
    assert_refused(f, true, "holds dos");
    write_at(f, 446, none, sizeof(none)); /* a table of nothing is something, too */
    assert_refused(f, true, "holds dos");
}

static void test_a_card_with_swap(void **state)
{
    static const char zeros[4096];
    Fixture *f = ground(state);

    write_at(f, 4096 - 10, "SWAPSPACE2", 10);
    write_at(f, 1024, "\1\0\0\0\xff\0\0\0", 8); /* version 1 and its last page */
    assert_refused(f, true, "holds swap");
    write_at(f, 0, zeros, sizeof(zeros));
    assert_int_equal(claim(f), 1);
}

/* As a guest makes swap there: through the driver, past a cache that somebody keeps. */
static void test_a_signature_behind_the_cache(void **state)
{
    Fixture *f = ground(state);
    int device = open(f->loop.device, O_RDONLY | O_CLOEXEC);
    int image = open(f->loop.image, O_WRONLY | O_CLOEXEC);
    char page[4096];

    assert_true(device >= 0 && image >= 0);
    assert_int_equal(pread(device, page, sizeof(page), 0), sizeof(page));
    assert_int_equal(pwrite(image, "SWAPSPACE2", 10, 4096 - 10), 10);
    assert_int_equal(pwrite(image, "\1\0\0\0\xff\0\0\0", 8, 1024), 8);
    assert_int_equal(pread(device, page, sizeof(page), 0), sizeof(page));
    assert_memory_not_equal(page + 4096 - 10, "SWAPSPACE2", 10); /* it is behind indeed */
    assert_refused(f, true, "holds swap");
    close(device);
    close(image);
}

#define file_test(test) cmocka_unit_test_setup_teardown(test, setup_file, teardown)
#define raw_test(test)  cmocka_unit_test_setup_teardown(test, setup_raw, teardown)

/* Bytes were found damaged on the card's way: neither file nor device is touched. */
static void test_a_latched_card_is_left_alone(void **state)
{
    static const CardLatch latch = { .run = "run-1", .reason = "4 blocks" };
    Fixture *f = ground(state);
    uint64_t before = written_bytes(f);

    f->card.latch = &latch;
    assert_refused(f, true, "run-1");
    assert_non_null(strstr(f->refusal.reason, "verify --clear"));
    assert_int_equal(access(in_mount(f, TARGET_FILE_NAME), F_OK), -1);
    assert_int_equal(written_bytes(f), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_latched_card_is_left_alone, setup_raw, teardown),
        cmocka_unit_test_setup_teardown(test_a_latched_card_is_left_alone, setup_file, teardown),
        file_test(test_a_file_is_made_and_written_through),
        file_test(test_what_was_written_is_not_written_again),
        file_test(test_a_file_that_is_too_short_grows),
        file_test(test_a_hole_is_filled),
        file_test(test_a_claim_is_exclusive),
        file_test(test_the_ways_to_our_directory),
        file_test(test_no_file_system_to_write_to),
        file_test(test_a_link_in_our_place),
        file_test(test_what_is_no_file_in_our_place),
        file_test(test_a_file_of_another_user),
        file_test(test_another_disk_mounted_over_our_place),
        file_test(test_room_is_left),
        file_test(test_what_may_not_be_named),
        raw_test(test_a_blank_card),
        raw_test(test_a_raw_claim_writes_nothing),
        raw_test(test_another_card_in_its_place),
        raw_test(test_the_cid_is_to_be_typed_back),
        raw_test(test_a_card_that_is_too_short),
        raw_test(test_a_card_with_a_file_system),
        raw_test(test_a_card_with_a_partition_table),
        raw_test(test_a_card_with_swap),
        raw_test(test_a_signature_behind_the_cache),
    };

    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
