/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of a verify: complete, in order, repeatable, and read back only as it was written. */
#include "golden.h"

#include "bench/job.h"
#include "bench/verify-plan.h"

static void build(const char *profile, bool direct, bool bounce, VerifyPlan *plan)
{
    VerifyPlanInput input = {
        verify_profile_by_name(profile), 20200811, direct, bounce, 4096, false, false, false
    };

    assert_int_equal(verify_plan_build(&input, plan), 0);
}

/* Every shape and round has each of the four cells once, each read right after its write and before
 * the next one. */
static void check_cells(const VerifyPlan *plan)
{
    size_t n_paths = (size_t)plan->direct + (size_t)plan->bounce;
    uint64_t written = 0, read = 0;
    uint32_t generation = 0;

    assert_int_equal(plan->n_legs, plan->n_shapes * plan->n_rounds * n_paths * (1 + n_paths));
    for (size_t i = 0; i < plan->n_legs; i++) {
        const VerifyLeg *leg = &plan->legs[i];
        size_t in_group = i % (1 + n_paths);

        assert_int_equal(leg->index, i);
        assert_int_equal(leg->writes, in_group == 0);
        generation += leg->writes;
        assert_int_equal(leg->verify.content.generation, generation);
        if (leg->writes) {
            assert_int_equal(leg->path, leg->writer);
            written += plan->shapes[leg->shape].leg_bytes;
        } else {
            const VerifyLeg *before = &plan->legs[i - 1];

            assert_int_equal(leg->writer, before->writer);
            assert_int_equal(leg->shape, before->shape);
            if (in_group == 2)
                assert_int_not_equal(leg->path, before->path);
            read += plan->shapes[leg->shape].leg_bytes;
        }
        assert_true(leg->path == DMA_PATH_DIRECT ? plan->direct : plan->bounce);
    }
    assert_int_equal(written, plan->bytes_written);
    assert_int_equal(read, plan->bytes_read);
}

static void test_every_cell_is_there(void **state)
{
    static const char *const profiles[] = { "quick", "standard", "full" };
    VerifyPlan plan;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        build(profiles[i], true, true, &plan);
        check_cells(&plan);
        verify_plan_done(&plan);
        build(profiles[i], false, true, &plan);
        check_cells(&plan);
        verify_plan_done(&plan);
    }
}

/* Where granted pages take part, each of the paths writes, and each reads it before the next. */
static void test_granted_pages_have_their_cells(void **state)
{
    static const char *const profiles[] = { "quick", "standard", "full" };
    VerifyPlan plan, own;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        VerifyPlanInput input = {
            verify_profile_by_name(profiles[i]), 7, true, true, 4096, true, true, false
        };
        unsigned seen[64][7][7] = { 0 };
        uint64_t written = 0, read = 0;
        size_t n = 0;

        assert_int_equal(verify_plan_build(&input, &plan), 0);
        build(profiles[i], true, true, &own);
        for (size_t k = 0; k < plan.n_legs; k++) {
            const VerifyLeg *leg = &plan.legs[k];
            LegJob job = verify_plan_leg_job(&plan, leg);

            if (leg->writes) {
                assert_int_equal(leg->path, leg->writer);
                written += plan.shapes[leg->shape].leg_bytes;
            } else {
                assert_int_equal(leg->writer, plan.legs[k - 1].writer);
                read += plan.shapes[leg->shape].leg_bytes;
                seen[leg->shape][leg->writer][leg->path]++;
            }
            assert_true(job.verify->lead_bytes >= job.verify->gap_bytes);
            if (dma_path_is_foreign(leg->path)) {
                assert_true(plan.shapes[leg->shape].foreign);
                assert_true(job.verify->lead_bytes +
                                (uint64_t)(job.workload->block_bytes + job.verify->gap_bytes) *
                                    job.workload->iodepth +
                                plan.page_bytes <=
                            plan.foreign_arena_bytes);
            }
        }
        assert_int_equal(written, plan.bytes_written);
        assert_int_equal(read, plan.bytes_read);
        assert_true(plan.bytes_written > own.bytes_written);
        assert_int_equal(own.foreign_arena_bytes, plan.foreign_arena_bytes);
        assert_true(plan.foreign_arena_bytes <= 1024 * 4096); /* gntalloc's own limit */
        for (size_t shape = 0; shape < plan.n_shapes; shape++)
            for (DmaPath writer = DMA_PATH_DIRECT; writer <= DMA_PATH_FOREIGN_BOUNCE; writer++)
                for (DmaPath reader = DMA_PATH_DIRECT; reader <= DMA_PATH_FOREIGN_BOUNCE;
                     reader++) {
                    bool foreign = dma_path_is_foreign(writer) || dma_path_is_foreign(reader);
                    bool there = writer != DMA_PATH_FOREIGN && reader != DMA_PATH_FOREIGN &&
                                 (!foreign || plan.shapes[shape].foreign);

                    assert_int_equal(seen[shape][writer][reader], there ? plan.n_rounds : 0);
                    n += foreign && there;
                }
        assert_true(n > 0);
        verify_plan_done(&own);
        verify_plan_done(&plan);
    }
}

/* Memory of pages of both paths takes part where blocks go across a page's edge: nine cells, each
 * once, the bytes that bounce told, and granted pages never beside it. */
static void test_both_paths_in_one_request_have_their_cells(void **state)
{
    static const char *const profiles[] = { "quick", "standard", "full" };
    VerifyPlan plan, own;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        VerifyPlanInput input = {
            verify_profile_by_name(profiles[i]), 7, true, true, 4096, true, true, true
        };
        unsigned seen[64][7][7] = { 0 };
        uint64_t written = 0, read = 0;
        size_t n_shapes = 0;

        assert_int_equal(verify_plan_build(&input, &plan), 0);
        input.mixed = false;
        assert_int_equal(verify_plan_build(&input, &own), 0);
        for (size_t k = 0; k < plan.n_legs; k++) {
            const VerifyLeg *leg = &plan.legs[k];
            const VerifyShape *shape = &plan.shapes[leg->shape];
            LegJob job = verify_plan_leg_job(&plan, leg);
            bool mixed = leg->path == DMA_PATH_MIXED;
            uint64_t bounce = 0;

            *(leg->writes ? &written : &read) += shape->leg_bytes;
            if (!leg->writes)
                seen[leg->shape][leg->writer][leg->path]++;
            assert_int_equal(job.verify->mixed, mixed || leg->writer == DMA_PATH_MIXED);
            assert_true(shape->mixed || !job.verify->mixed);
            for (uint64_t b = 0; mixed && b < shape->leg_bytes / shape->block_bytes; b++) {
                uint64_t place = job.verify->lead_bytes +
                                 b % shape->iodepth * (shape->block_bytes + shape->gap_bytes);

                for (uint64_t at = place; at < place + shape->block_bytes; at += 512)
                    bounce += at / 4096 % 2 == 1 ? 512 : 0;
                assert_true(place + shape->block_bytes + 4096 <= plan.mixed_arena_bytes);
            }
            assert_int_equal(job.verify->mixed_bounce_bytes, bounce);
            assert_true(!mixed || (bounce > 0 && bounce < shape->leg_bytes));
            assert_true(job.verify->lead_bytes >= job.verify->gap_bytes);
        }
        assert_int_equal(written, plan.bytes_written);
        assert_int_equal(read, plan.bytes_read);
        for (size_t k = 0; k < plan.n_shapes; k++) {
            n_shapes += plan.shapes[k].mixed;
            assert_false(plan.shapes[k].mixed && plan.shapes[k].foreign);
            for (DmaPath path = DMA_PATH_DIRECT; path <= DMA_PATH_MIXED; path++) {
                bool there =
                    plan.shapes[k].mixed &&
                    (path == DMA_PATH_DIRECT || path == DMA_PATH_BOUNCE || path == DMA_PATH_MIXED);

                assert_int_equal(seen[k][DMA_PATH_MIXED][path], there ? plan.n_rounds : 0);
                assert_int_equal(seen[k][path][DMA_PATH_MIXED], there ? plan.n_rounds : 0);
            }
        }
        assert_true(n_shapes > 0);
        assert_true(plan.bytes_written > own.bytes_written);
        assert_true(plan.bytes_written - own.bytes_written <= own.bytes_written / 4);
        verify_plan_done(&own);
        verify_plan_done(&plan);
    }
}

/* On pages of 64 KiB a small block lies on one page: no edge to go across. */
static void test_larger_pages_have_fewer_edges(void **state)
{
    VerifyPlanInput input = {
        verify_profile_by_name("standard"), 7, true, true, 65536, false, false, true
    };
    VerifyPlan plan;

    (void)state;
    assert_int_equal(verify_plan_build(&input, &plan), 0);
    for (size_t i = 0; i < plan.n_legs; i++) {
        const VerifyShape *shape = &plan.shapes[plan.legs[i].shape];

        assert_false(shape->mixed && shape->block_bytes < 65536);
        if (plan.legs[i].path == DMA_PATH_MIXED)
            assert_int_equal(plan.legs[i].verify.mixed_bounce_bytes,
                             shape->leg_bytes / shape->block_bytes * (65536 - 512));
    }
    verify_plan_done(&plan);
}

static void test_json_of_both_paths_goes_there_and_back(void **state)
{
    VerifyPlanInput input = {
        verify_profile_by_name("standard"), 7, true, true, 4096, true, true, true
    };
    VerifyPlan plan, again;
    json_t *json, *shape, *mixed = NULL;
    size_t i;

    (void)state;
    assert_int_equal(verify_plan_build(&input, &plan), 0);
    json = verify_plan_to_json(&plan);
    assert_int_equal(verify_plan_from_json(json, &again, NULL), 0);
    assert_true(again.mixed);
    assert_int_equal(again.mixed_arena_bytes, plan.mixed_arena_bytes);
    assert_int_equal(again.n_legs, plan.n_legs);
    verify_plan_done(&again);
    json_array_foreach(json_object_get(json, "shapes"), i, shape)
    {
        if (strcmp(json_string_value(json_object_get(shape, "name")), "4k-qd1-at-2560") == 0)
            mixed = json_object_get(shape, "mixed");
    }
    assert_int_equal(json_array_size(json_object_get(mixed, "pages")), 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(mixed, "pages"), 0)),
                        "bounce");
    assert_string_equal(json_string_value(json_array_get(json_object_get(mixed, "pages"), 1)),
                        "direct");
    assert_int_equal(json_integer_value(json_object_get(mixed, "bounce_bytes")), 1536);
    assert_int_equal(json_integer_value(json_object_get(mixed, "direct_bytes")), 2560);
    json_object_set_new(mixed, "bounce_bytes", json_integer(1024));
    assert_int_equal(verify_plan_from_json(json, &again, NULL), -EBADMSG);
    json_object_set_new(mixed, "bounce_bytes", json_integer(1536));
    json_object_set_new(json, "mixed", json_false());
    assert_int_equal(verify_plan_from_json(json, &again, NULL), -EBADMSG);
    verify_plan_done(&plan);
    json_decref(json);
}

static void test_quick_goes_from_a_sector_to_beyond_a_mapping(void **state)
{
    uint32_t least = UINT32_MAX, most = 0, deepest = 0;
    VerifyPlan plan;

    (void)state;
    build("quick", true, true, &plan);
    for (size_t i = 0; i < plan.n_shapes; i++) {
        const VerifyShape *shape = &plan.shapes[i];

        least = shape->block_bytes < least ? shape->block_bytes : least;
        most = shape->block_bytes > most ? shape->block_bytes : most;
        deepest = shape->iodepth > deepest ? shape->iodepth : deepest;
        assert_true(shape->leg_bytes <= plan.target_bytes);
    }
    assert_int_equal(least, 512);
    assert_true(most > 256 * 1024);
    assert_true(deepest > 1);
    verify_plan_done(&plan);
}

/* fio's buffers and the watched page before and behind them fit into the arena. */
static void test_the_arena_holds_every_shape(void **state)
{
    VerifyPlan plan;

    (void)state;
    build("standard", true, true, &plan);
    for (size_t i = 0; i < plan.n_legs; i++) {
        LegJob job = verify_plan_leg_job(&plan, &plan.legs[i]);
        uint64_t end =
            job.verify->lead_bytes +
            (uint64_t)(job.workload->block_bytes + job.verify->gap_bytes) * job.workload->iodepth;

        assert_true(job.verify->lead_bytes >= plan.page_bytes);
        assert_true(end + plan.page_bytes <= plan.arena_bytes);
        assert_true(end + plan.page_bytes <= verify_plan_huge_arena_bytes(&plan, 2097152));
    }
    verify_plan_done(&plan);
}

static void test_json_goes_there_and_back(void **state)
{
    char *error = NULL;
    VerifyPlan plan, again;
    json_t *json;

    (void)state;
    build("quick", true, true, &plan);
    json = verify_plan_to_json(&plan);
    golden_compare_json("verify-plan-quick.json", json);
    assert_int_equal(verify_plan_from_json(json, &again, &error), 0);
    assert_int_equal(again.n_legs, plan.n_legs);
    verify_plan_done(&again);
    verify_plan_done(&plan);
    json_decref(json);
}

static void test_json_of_granted_pages_goes_there_and_back(void **state)
{
    VerifyPlanInput input = {
        verify_profile_by_name("quick"), 7, true, true, 4096, false, true, false
    };
    VerifyPlan plan, again;
    json_t *json;

    (void)state;
    assert_int_equal(verify_plan_build(&input, &plan), 0);
    json = verify_plan_to_json(&plan);
    assert_int_equal(verify_plan_from_json(json, &again, NULL), 0);
    assert_int_equal(again.n_legs, plan.n_legs);
    assert_true(again.foreign_bounce);
    assert_false(again.foreign_direct);
    assert_true(again.foreign_arena_bytes > 0);
    verify_plan_done(&again);
    json_object_set_new(json, "foreign_direct", json_true());
    assert_int_equal(verify_plan_from_json(json, &again, NULL), -EBADMSG);
    json_object_set_new(json, "foreign_direct", json_string("true"));
    assert_int_equal(verify_plan_from_json(json, &again, NULL), -EBADMSG);
    verify_plan_done(&plan);
    json_decref(json);
}

/* Each member by itself changed to something else: never a plan. */
static void test_tampered_json_is_refused(void **state)
{
    VerifyPlan plan, again;
    json_t *json, *copy, *value;
    const char *key;

    (void)state;
    build("quick", true, true, &plan);
    json = verify_plan_to_json(&plan);
    json_object_foreach(json, key, value)
    {
        char *error = NULL;

        copy = json_deep_copy(json);
        json_object_set_new(copy, key,
                            json_is_integer(value) ? json_integer(json_integer_value(value) + 1)
                            : json_is_true(value)  ? json_false()
                                                   : json_string("UP"));
        assert_int_equal(verify_plan_from_json(copy, &again, &error), -EBADMSG);
        assert_non_null(error);
        free(error);
        json_decref(copy);
    }
    copy = json_deep_copy(json);
    json_object_set_new(json_array_get(json_object_get(copy, "legs"), 1), "path",
                        json_string("foreign"));
    assert_int_equal(verify_plan_from_json(copy, &again, NULL), -EBADMSG);
    json_decref(copy);
    json_decref(json);
    verify_plan_done(&plan);
}

static void test_bad_input_is_refused(void **state)
{
    VerifyShape shape = verify_profile_by_name("quick")->shapes[0];
    VerifyProfile profile = { "quick", &shape, 1, 1 };
    VerifyPlanInput good = { &profile, 1, true, true, 4096, false, false, false };
    VerifyPlanInput input = good;
    VerifyPlan plan;

    (void)state;
    assert_int_equal(verify_plan_build(&good, &plan), 0);
    verify_plan_done(&plan);
    input.profile = NULL;
    assert_int_equal(verify_plan_build(&input, &plan), -EINVAL);
    input = good;
    input.direct = input.bounce = false;
    assert_int_equal(verify_plan_build(&input, &plan), -EINVAL);
    input = good;
    input.page_bytes = 12288;
    assert_int_equal(verify_plan_build(&input, &plan), -EINVAL);
    input = good;
    input.seed = UINT64_MAX;
    assert_int_equal(verify_plan_build(&input, &plan), -EINVAL);
    input = good; /* both paths at once are more than one of them */
    input.mixed = true;
    input.bounce = false;
    assert_int_equal(verify_plan_build(&input, &plan), -EINVAL);
    shape.mixed = true; /* of buffers that do not lie alike */
    shape.iodepth = 2;
    assert_int_equal(verify_plan_build(&good, &plan), -EINVAL);
    shape.iodepth = 1;
    shape.foreign = true;
    assert_int_equal(verify_plan_build(&good, &plan), -EINVAL);
    shape.foreign = shape.mixed = false;
    shape.page_offset_bytes = 4096;
    assert_int_equal(verify_plan_build(&good, &plan), -EINVAL);
    shape.page_offset_bytes = 100;
    assert_int_equal(verify_plan_build(&good, &plan), -EINVAL);
    shape.page_offset_bytes = 0;
    shape.gap_bytes = 0;
    assert_int_equal(verify_plan_build(&good, &plan), -EINVAL);
    shape.gap_bytes = 512;
    shape.leg_bytes = 513;
    assert_int_equal(verify_plan_build(&good, &plan), -EINVAL);
}

static void test_jobs(void **state)
{
    const JobPaths paths = { "/proc/self/fd/10", "/proc/self/fd/11", FIO_MEMORY_SHARED, 0 };
    VerifyPlan plan;
    char *text;

    (void)state;
    build("quick", true, true, &plan);
    for (size_t i = 0; i < 2; i++) {
        LegJob job = verify_plan_leg_job(&plan, &plan.legs[i]);

        assert_int_equal(job_build(&job, &paths, &text), 0);
        golden_compare(i == 0 ? "job-verify-write.fio" : "job-verify-read.fio", text);
        free(text);
    }
    verify_plan_done(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell_is_there),
        cmocka_unit_test(test_granted_pages_have_their_cells),
        cmocka_unit_test(test_both_paths_in_one_request_have_their_cells),
        cmocka_unit_test(test_larger_pages_have_fewer_edges),
        cmocka_unit_test(test_json_of_both_paths_goes_there_and_back),
        cmocka_unit_test(test_quick_goes_from_a_sector_to_beyond_a_mapping),
        cmocka_unit_test(test_the_arena_holds_every_shape),
        cmocka_unit_test(test_json_goes_there_and_back),
        cmocka_unit_test(test_json_of_granted_pages_goes_there_and_back),
        cmocka_unit_test(test_tampered_json_is_refused),
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
