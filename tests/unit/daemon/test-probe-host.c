/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All probes over captured trees that the tests make themselves: whole, torn, and hostile. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/json.h"
#include "daemon/host.h"
#include "daemon/probe-root.h"
#include "daemon/probe-tree.h"
#include "placement/finding.h"

#define BRIDGE     "sys/devices/platform/4010000000.pcie"
#define CONTROLLER BRIDGE "/pci0000:00/0000:00:01.0"
#define CARD       CONTROLLER "/mmc_host/mmc0/mmc0:4567"

static const char card_log[] = "[    0.000000] Booting Linux on physical CPU 0x0\n"
                               "software IO TLB: mapped [mem 0x78000000-0x7c000000] (64MB)\n"
                               "mmc0: SDHCI controller on PCI [0000:00:01.0] using ADMA\n";

/* The path of a name in the tree, its folders made. */
static void tree_path(const char *root, const char *name, char path[static 512])
{
    assert_true(snprintf(path, 512, "%s/%s", root, name) < 512);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static void put_bytes(const char *root, const char *name, const void *bytes, size_t size)
{
    char path[512];
    FILE *file;

    tree_path(root, name, path);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void put(const char *root, const char *name, const char *text)
{
    put_bytes(root, name, text, strlen(text));
}

static void put_link(const char *root, const char *name, const char *target)
{
    char path[512];

    tree_path(root, name, path);
    assert_int_equal(symlink(target, path), 0);
}

/* The hash of the device tree with these nodes more; the caller frees. */
static char *hash_with(const char *root, const char *nodes)
{
    char command[1024];
    HostSource source = { .root = root };
    HostFacts facts;
    char *hash;

    snprintf(command, sizeof(command),
             "{ cat tests/golden/placement/virt-window.dts; echo '/ { %.300s };'; } "
             "| dtc -q -I dts -O dtb -o %.400s/sys/firmware/fdt",
             nodes, root);
    assert_int_equal(system(command), 0);
    assert_int_equal(host_acquire(&source, &facts), 0);
    hash = strdup(json_get_string(facts.environment, "dt_sha256", ""));
    host_facts_done(&facts);
    return hash;
}

/* /sys/firmware/fdt from one of placement's fixtures. */
static void put_tree(const char *root, const char *fixture)
{
    char command[1024], path[512];

    tree_path(root, "sys/firmware/fdt", path);
    snprintf(command, sizeof(command), "dtc -q -I dts -O dtb -o %s tests/golden/placement/%s.dts",
             path, fixture);
    assert_int_equal(system(command), 0);
}

static int make_root(void **state)
{
    char template[] = "/tmp/xdmad-probe-XXXXXX";

    if (!mkdtemp(template))
        return -1;
    *state = strdup(template);
    return *state ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[512];

    snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
    free(*state);
    return system(command);
}

/* The Dom0 of the lab's board "window". */
static void make_dom0(const char *root)
{
    put(root, "proc/iomem", "50000000-ffffffff : System RAM\n");
    put(root, "proc/cmdline", "console=hvc0 swiotlb=noforce swiotlb=force\n");
    put(root, "proc/xen/capabilities", "control_d\n");
    put(root, "sys/hypervisor/type", "xen\n");
    put(root, "sys/hypervisor/version/major", "4\n");
    put(root, "sys/hypervisor/version/minor", "17\n");
    put(root, "sys/hypervisor/version/extra", ".7\n");
    put(root, "sys/hypervisor/properties/features", "00026805\n");
    put(root, "sys/hypervisor/properties/capabilities", "xen-3.0-aarch64\n");
    put(root, "sys/kernel/debug/swiotlb/io_tlb_nslabs", "32768\n");
    put(root, "sys/kernel/debug/mmc0/ios", "clock:\t\t50000000 Hz\nbus width:\t2 (4 bits)\n");
    put(root, "dmesg.txt", card_log);
    put_tree(root, "virt-window");
    put_link(root, "sys/class/mmc_host/mmc0",
             "../../devices/platform/4010000000.pcie/pci0000:00/0000:00:01.0/mmc_host/mmc0");
    put_link(root, BRIDGE "/of_node", "../../../firmware/devicetree/base/pcie@10000000");
    put_link(root, CONTROLLER "/subsystem", "../../../../../bus/pci");
    put_link(root, CONTROLLER "/driver", "../../../../../bus/pci/drivers/sdhci-pci");
    put(root, CONTROLLER "/dma_mask_bits", "32\n");
    put(root, CONTROLLER "/mmc_host/mmc0/uevent", "");
}

static HostFacts acquire(const char *root)
{
    HostSource source = { .root = root };
    HostFacts facts;

    assert_int_equal(host_acquire(&source, &facts), 0);
    return facts;
}

static void a_whole_dom0(void **state)
{
    const char *root = *state;
    const StorageDevice *device;
    HostFacts facts;
    const json_t *boot;

    make_dom0(root);
    put(root, CARD "/cid", "aa585951454d552101deadbeef006200\n");
    put(root, CARD "/block/mmcblk0/size", "1\n");
    facts = acquire(root);
    assert_int_equal(facts.mode, HOST_MODE_XEN_DOM0);
    assert_string_equal(facts.xen.version, "4.17.7");
    assert_true(host_facts_pfn_is_frame(&facts));
    assert_int_equal(facts.pool.range.end, 0x7bffffff);
    assert_int_equal(facts.n_devices, 1);
    device = &facts.devices[0];
    assert_string_equal(device->name, "0000:00:01.0");
    assert_string_equal(device->node, "/pcie@10000000");
    assert_string_equal(device->driver, "sdhci-pci");
    assert_string_equal(device->block, "mmcblk0");
    assert_int_equal(device->state, DEVICE_STATE_READY);
    assert_int_equal(device->reach.n_windows, 1);
    assert_int_equal(device->reach.windows[0].cpu_start, 0x40000000);
    assert_int_equal(device->reach.windows[0].cpu_end, 0x7fffffff);
    assert_int_equal(device->reach.bus_limit, 0x7fffffff);
    assert_string_equal(json_get_string(device->card, "cid", ""),
                        "aa585951454d552101deadbeef006200");
    boot = json_object_get(facts.environment, "boot_mode");
    assert_string_equal(json_get_string(boot, "swiotlb", ""), "force");
    assert_true(json_get_bool(facts.environment, "emulated", false));
    assert_int_equal(strlen(json_get_string(facts.environment, "dt_sha256", "")), 64);
    host_facts_done(&facts);
}

static void the_hash_knows_hardware_and_not_boots(void **state)
{
    /* the same strings in each: a device tree keeps the names of all properties in one place */
    static const char small_dom0[] =
        "chosen { bootargs = \"quiet\"; }; memory@50000000 { device_type = \"memory\"; "
        "reg = <0x50000000 0x10000000>; }; hypervisor { reg = <0x38000000 0x1000>; };";
    static const char large_dom0[] =
        "chosen { bootargs = \"a longer command line\"; }; memory@50000000 { device_type = "
        "\"memory\"; reg = <0x50000000 0x70000000>; }; hypervisor { reg = <0x90000000 0x1000>; };";
    char *first, *second, *other, *changed;
    HostFacts facts;

    put_tree(*state, "pi4b");
    facts = acquire(*state);
    other = strdup(json_get_string(facts.environment, "dt_sha256", ""));
    host_facts_done(&facts);
    first = hash_with(*state, small_dom0);
    second = hash_with(*state, large_dom0);
    changed = hash_with(*state, "memory-controller@50000000 { reg = <0x50000000 0x10000000>; };");
    assert_int_equal(strlen(first), 64);
    assert_string_equal(first, second);
    assert_string_not_equal(first, other);
    assert_string_not_equal(first, changed);
    free(changed);
    free(first);
    free(second);
    free(other);
}

static void a_dead_and_an_empty_slot(void **state)
{
    const char *root = *state;
    HostFacts facts;

    make_dom0(root);
    facts = acquire(root);
    assert_int_equal(facts.devices[0].state, DEVICE_STATE_EMPTY);
    host_facts_done(&facts);
    put(root, "dmesg.txt", "mmc0: error -5 whilst initialising SD card\n");
    facts = acquire(root);
    assert_int_equal(facts.devices[0].state, DEVICE_STATE_DEAD);
    host_facts_done(&facts);
    put(root, "dmesg.txt", "the ring has wrapped\n");
    facts = acquire(root);
    assert_int_equal(facts.devices[0].state, DEVICE_STATE_UNKNOWN);
    host_facts_done(&facts);
}

static void a_platform_controller_takes_its_own_node(void **state)
{
    const char *root = *state;
    HostFacts facts;

    put_tree(root, "pi4b");
    put_link(root, "sys/class/mmc_host/mmc1",
             "../../devices/platform/emmc2bus/fe340000.mmc/mmc_host/mmc1");
    put_link(root, "sys/devices/platform/emmc2bus/fe340000.mmc/of_node",
             "../../../../firmware/devicetree/base/emmc2bus/mmc@7e340000");
    put(root, "dmesg.txt",
        "mmc1: SDHCI controller on fe340000.mmc [fe340000.mmc] using ADMA 64-bit\n");
    facts = acquire(root);
    assert_int_equal(facts.mode, HOST_MODE_BARE_METAL);
    assert_int_equal(facts.n_devices, 1);
    assert_string_equal(facts.devices[0].name, "fe340000.mmc");
    assert_int_equal(facts.devices[0].reach.windows[0].bus_start, 0xc0000000);
    assert_string_equal(facts.devices[0].mask_source, "kernel log: sdhci");
    host_facts_done(&facts);
}

static void an_iommu_makes_the_reach_unknown(void **state)
{
    const char *root = *state;
    HostFacts facts;

    make_dom0(root);
    put(root, "sys/kernel/iommu_groups/3/type", "DMA\n");
    put_link(root, CONTROLLER "/iommu_group", "/sys/kernel/iommu_groups/3");
    facts = acquire(root);
    assert_false(facts.devices[0].reach.known);
    host_facts_done(&facts);
    put(root, "sys/kernel/iommu_groups/3/type", "identity\n");
    facts = acquire(root);
    assert_true(facts.devices[0].reach.known);
    host_facts_done(&facts);
}

static void an_empty_root_is_all_unknown(void **state)
{
    HostFacts facts = acquire(*state);
    json_t *findings = findings_judge(&facts, NULL);

    assert_int_equal(facts.mode, HOST_MODE_BARE_METAL);
    assert_false(facts.ram.known || facts.log.known);
    assert_int_equal(facts.pool.presence, POOL_UNKNOWN);
    assert_int_equal(json_array_size(facts.unknown), 3);
    assert_string_equal(json_get_string(json_array_get(findings, 0), "id", ""), "ENV-01");
    json_decref(findings);
    host_facts_done(&facts);
}

static void links_do_not_lead_out_of_the_root(void **state)
{
    const char *root = *state;
    char path[512], *text = NULL;
    ProbeRoot probe;
    size_t size;

    put(root, "inside", "kept\n");
    put_link(root, "absolute", "/inside");
    put_link(root, "up", "../../../../../../../../../../etc/passwd");
    put_link(root, "magic", "/proc/self/root/etc/passwd");
    tree_path(root, "fifo", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(probe_root_open(root, &probe), 0);
    assert_false(probe.live);
    assert_int_equal(probe_read_text(&probe, &text, "/absolute"), 0);
    assert_string_equal(text, "kept");
    free(text);
    assert_int_equal(probe_read_text(&probe, &text, "/up"), -ENOENT);
    assert_int_equal(probe_read_text(&probe, &text, "/magic"), -ENOENT);
    assert_int_equal(probe_read(&probe, "/fifo", 10, &text, &size), -EINVAL);
    assert_int_equal(probe_read(&probe, "/inside", 4, &text, &size), -EFBIG);
    assert_int_equal(probe_read_link(&probe, &text, "/inside"), -EINVAL);
    probe_root_close(&probe);
    probe_root_close(&probe);
}

static void a_tree_of_files_is_as_good_as_a_blob(void **state)
{
    const char *root = *state, base[] = "sys/firmware/devicetree/base";
    static const uint8_t one[] = { 0, 0, 0, 1 };
    static const uint8_t ranges[] = { 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0 };
    DeviceTree *tree;
    ProbeRoot probe;
    char name[256];
    size_t size;

    snprintf(name, sizeof(name), "%s/#address-cells", base);
    put_bytes(root, name, one, sizeof(one));
    snprintf(name, sizeof(name), "%s/soc/dma-ranges", base);
    put_bytes(root, name, ranges, sizeof(ranges));
    snprintf(name, sizeof(name), "%s/soc/mmc@1/compatible", base);
    put(root, name, "test,sdhci");
    snprintf(name, sizeof(name), "%s/soc/name", base);
    put(root, name, "soc");
    assert_int_equal(probe_root_open(root, &probe), 0);
    assert_int_equal(probe_tree(&probe, &tree), 0);
    assert_int_not_equal(device_tree_find(tree, "/soc/mmc@1"), DEVICE_TREE_NONE);
    assert_non_null(
        device_tree_property(tree, device_tree_find(tree, "/soc"), "dma-ranges", &size));
    assert_int_equal(size, sizeof(ranges));
    assert_null(device_tree_property(tree, device_tree_find(tree, "/soc"), "name", &size));
    device_tree_free(tree);
    probe_root_close(&probe);
}

static void a_torn_blob_is_named(void **state)
{
    const char *root = *state;
    HostFacts facts;

    make_dom0(root);
    put(root, "sys/firmware/fdt", "\xd0\x0d\xfe\xed");
    facts = acquire(root);
    assert_false(facts.devices[0].reach.known);
    assert_int_equal(json_array_size(facts.unknown), 1);
    host_facts_done(&facts);
}

static void a_tree_file_alone(void **state)
{
    char path[512];
    HostSource source = { .dtb = path };
    HostFacts facts;

    put_tree(*state, "pi4b");
    tree_path(*state, "sys/firmware/fdt", path);
    assert_int_equal(host_acquire(&source, &facts), 0);
    assert_int_equal(facts.mode, HOST_MODE_BARE_METAL);
    assert_int_equal(facts.n_devices, 3);
    assert_string_equal(facts.devices[0].node, "/soc/mmc@7e202000");
    assert_int_equal(facts.devices[0].state, DEVICE_STATE_DISABLED);
    assert_string_equal(facts.devices[2].name, "fe340000.mmc");
    host_facts_done(&facts);
    tree_path(*state, "absent", path);
    assert_int_equal(host_acquire(&source, &facts), -ENOENT);
    put(*state, "absent", "no tree");
    assert_int_equal(host_acquire(&source, &facts), -EBADMSG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        TEST(a_whole_dom0),
        TEST(the_hash_knows_hardware_and_not_boots),
        TEST(a_dead_and_an_empty_slot),
        TEST(a_platform_controller_takes_its_own_node),
        TEST(an_iommu_makes_the_reach_unknown),
        TEST(an_empty_root_is_all_unknown),
        TEST(links_do_not_lead_out_of_the_root),
        TEST(a_tree_of_files_is_as_good_as_a_blob),
        TEST(a_torn_blob_is_named),
        TEST(a_tree_file_alone),
    };

    return cmocka_run_group_tests_name("daemon/probe-host", tests, NULL, NULL);
}
