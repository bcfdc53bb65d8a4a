/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coherence and private pools, on a tree made for them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "placement/dma-traits.h"
#include "tests/unit/placement/tree-fixture.h"

static size_t node(const DeviceTree *tree, const char *path)
{
    size_t found = device_tree_find(tree, path);

    assert_int_not_equal(found, DEVICE_TREE_NONE);
    return found;
}

static void the_nearest_property_counts(void **state)
{
    DeviceTree *tree = tree_fixture("dma-traits");

    (void)state;
    assert_true(dma_traits_coherent(tree, node(tree, "/coherent/mmc@1")));
    assert_false(dma_traits_coherent(tree, node(tree, "/coherent/mmc@2")));
    assert_false(dma_traits_coherent(tree, node(tree, "/plain/mmc@4")));
    assert_false(dma_traits_coherent(tree, node(tree, "/loop1"))); /* and it ends */
    device_tree_free(tree);
}

static void only_a_pool_without_map_counts(void **state)
{
    DeviceTree *tree = tree_fixture("dma-traits");

    (void)state;
    assert_false(dma_traits_no_map_pool(tree, node(tree, "/coherent/mmc@1")));
    assert_true(dma_traits_no_map_pool(tree, node(tree, "/coherent/mmc@2")));
    assert_false(dma_traits_no_map_pool(tree, node(tree, "/coherent/mmc@3")));
    assert_false(dma_traits_no_map_pool(tree, node(tree, "/plain/mmc@4")));
    device_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_property_counts),
        cmocka_unit_test(only_a_pool_without_map_counts),
    };

    return cmocka_run_group_tests_name("placement/dma-traits", tests, NULL, NULL);
}
