#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks what inspect says of device trees against a second reading of them.

usage: oracle.py N_TREES KERNEL_FOLDER... < lines of inspect-trees, of at least N_TREES trees

A tree that is read more than once is judged by its fastest reading: this machine is shared.
It shares nothing with the program: the blobs are read here, the kernel's rules are applied here
(drivers/of/address.c, drivers/of/device.c, Linux 6.12), and what is an MMC host is taken from the
kernel packages' own drivers, by the compatibles that their modules announce. Speaks TAP.
"""
import json
import lzma
import pathlib
import re
import struct
import sys

MAX_USEC = 20000  # for everything that inspect says of one tree

BAD = None
ALL_64 = (1 << 64) - 1

# An amba device is matched by its hardware's number, so its driver announces no compatible.
AMBA_HOSTS = {"arm,pl180", "arm,pl181", "arm,pl18x", "st,stm32-sdmmc2"}
# A card socket on an SPI bus: it has no DMA of its own.
NO_DMA = {"mmc-spi-slot"}
# What Debian builds no driver for is told by its node's name.
HOST_NAME = re.compile(r"^(mmc|mmcnr|sdhci|sdhost|sdhc|esdhc|usdhc|sdmmc|emmc2?|dwmmc\d*|sd)@[0-9a-f,]+$")


class Unreadable(Exception):
    """The kernel would read past an entry: inspect calls it malformed."""


class Node:
    def __init__(self, name, parent):
        self.name, self.parent, self.properties, self.children = name, parent, {}, []
        self.tree = parent.tree if parent else None

    def path(self):
        if not self.parent:
            return "/"
        above = self.parent.path()
        return above + ("" if above == "/" else "/") + self.name

    def cells(self, name):
        value = self.properties.get(name)
        return None if value is None else list(struct.unpack(f">{len(value) // 4}I", value[: len(value) // 4 * 4]))

    def strings(self, name):
        return [part.decode("latin-1") for part in self.properties.get(name, b"").split(b"\0")[:-1]]

    def base_name(self):
        return self.name.split("@")[0]


class Tree:
    def __init__(self, blob):
        magic, _, at, strings = struct.unpack_from(">4I", blob)
        assert magic == 0xD00DFEED
        self.nodes, self.handles, open_node = [], {}, None
        while True:
            (tag,) = struct.unpack_from(">I", blob, at)
            at += 4
            if tag == 1:
                end = blob.index(b"\0", at)
                node = Node(blob[at:end].decode("latin-1"), open_node)
                node.tree = self
                if open_node:
                    open_node.children.append(node)
                self.nodes.append(node)
                open_node, at = node, (end + 4) & ~3
            elif tag == 2:
                open_node = open_node.parent
            elif tag == 3:
                size, name_at = struct.unpack_from(">2I", blob, at)
                name = blob[strings + name_at : blob.index(b"\0", strings + name_at)].decode()
                open_node.properties.setdefault(name, blob[at + 8 : at + 8 + size])
                at = (at + 8 + size + 3) & ~3
            elif tag == 9:
                break
            else:
                assert tag == 4, tag
        for node in self.nodes:
            handle = node.cells("phandle") or node.cells("linux,phandle")
            if handle:
                self.handles.setdefault(handle[0], node)


def number(cells):
    value = 0
    for cell in cells:
        value = value << 32 | cell
    return value & ALL_64


def inherited(node, name):
    while node:
        value = node.cells(name)
        if value:
            return value[0]
        node = node.parent
    return 1


class Bus:
    """of_match_bus(): how a node's children are addressed."""

    def __init__(self, node):
        types = node.strings("device_type")[:1]
        if (types and types[0] in ("pci", "pciex", "vci", "ht")) or node.base_name() == "pcie":
            self.kind = "pci"
        elif node.base_name() == "isa":
            self.kind = "isa"
        else:
            self.kind = "flags" if inherited(node, "#address-cells") == 3 else "plain"
        self.flags = 0 if self.kind == "plain" else 1

    def counts(self, child):
        if self.kind == "pci":
            return 3, 2
        if self.kind == "isa":
            return 2, 1
        above = child.parent or child
        return inherited(above, "#address-cells"), inherited(above, "#size-cells")

    def same_space(self, left, right):
        if self.kind == "pci":
            kinds = {0: "none", 1: "io", 2: "memory", 3: "memory"}
            return kinds[left >> 24 & 3] == kinds[right >> 24 & 3]
        if self.kind == "isa":
            return left & 1 == right & 1
        return self.kind == "plain" or left == right


    def flags_of(self, cell):
        return {"pci": cell & 0x43000000, "isa": cell & 1, "flags": cell}.get(self.kind, 0)


def dma_parent(node):
    """__of_get_dma_parent()"""
    names = node.strings("interconnect-names")
    if "dma-mem" in names:
        cells, wanted = node.cells("interconnects") or [], names.index("dma-mem")
        while cells:
            provider = node.tree.handles.get(cells[0])
            taken = 0
            if cells[0]:
                if not provider or not provider.cells("#interconnect-cells"):
                    break
                taken = provider.cells("#interconnect-cells")[0]
            if len(cells) < 1 + taken:
                break
            if wanted == 0:
                if provider:
                    return provider
                break
            cells, wanted = cells[1 + taken :], wanted - 1
    return node.parent


def countable(bus, n, n_size):
    """OF_CHECK_COUNTS(); flags alone, which only a strange interconnect makes, are no address."""
    return bus.flags < n <= 4 and n_size > 0


def translate(node, cells):
    """of_translate_dma_address(): the CPU address of an address on the bus that holds the node."""
    parent = dma_parent(node)
    if not parent:
        return BAD
    bus = Bus(parent)
    n, n_size = bus.counts(node)
    if not countable(bus, n, n_size):
        return BAD
    if len(cells) < n:
        raise Unreadable
    address = cells[:n]
    while True:
        node, parent = parent, dma_parent(parent)
        if not parent:
            return number(address)
        above = Bus(parent)
        above_n, above_size = above.counts(node)
        if not countable(above, above_n, above_size):
            return BAD
        ranges = node.cells("dma-ranges")
        if not ranges:
            offset, moved = number(address), address[: above.flags] + [0] * (above_n - above.flags)
        else:
            moved, entry = None, n + above_n + n_size
            for at in range(0, len(ranges) - entry + 1, entry):
                start = number(ranges[at + bus.flags : at + n])
                size = number(ranges[at + n + above_n : at + entry])
                here = number(address[bus.flags :])
                if bus.same_space(address[0], ranges[at]) and start <= here < (start + size & ALL_64):
                    offset, moved = here - start, ranges[at + n : at + n + above_n]
                    break
            if moved is None:
                return BAD
        width = above_n - above.flags
        total = number(moved[above.flags :]) + offset & min(ALL_64, (1 << 32 * width) - 1)
        moved[above.flags :] = [total >> 32 * i & 0xFFFFFFFF for i in reversed(range(width))]
        address, bus, n, n_size = moved, above, above_n, above_size


def range_table(node):
    """of_dma_get_range(): [(cpu, bus, size)] in the kernel's order, or None: no translation."""
    seen_one = False
    while node:
        cells = node.cells("dma-ranges")
        if cells:
            break
        if seen_one and cells is None:
            return None
        seen_one = True
        node = dma_parent(node)
    if not node or not node.parent:
        return None
    bus = Bus(node)
    n = inherited(node, "#address-cells")
    above_n = inherited(node.parent, "#address-cells")
    n_size = inherited(node, "#size-cells")
    table, entry = [], n + above_n + n_size
    for at in range(0, len(cells) - entry + 1, entry):
        start = number(cells[at + bus.flags : at + n])
        cpu = translate(node, cells[at + n : at + n + above_n])
        size = number(cells[at + n + above_n : at + entry])
        flags = bus.flags_of(cells[at])
        if table and cpu is not BAD and table[-1][3:] == (flags, True) and (
            cpu == table[-1][0] + table[-1][2] & ALL_64 and start == table[-1][1] + table[-1][2] & ALL_64
        ):  # of_pci_range_parser_one() joins what goes on
            table[-1] = table[-1][:2] + (table[-1][2] + size & ALL_64,) + table[-1][3:]
        else:
            table.append((cpu, start, size, flags, cpu is not BAD))
    return [row[:3] for row in table if row[4]] or None


def start_of_walk(node):
    """A PCI device is configured from its host bridge (pci_dma_configure())."""
    bridge, above = None, node.parent
    while above and Bus(above).kind == "pci":
        bridge, above = above, above.parent
    return bridge or dma_parent(node)


def windows(table):
    """What phys_to_dma() does with the table, piece by piece of the CPU's addresses."""
    live = []
    for cpu, bus, size in table:
        if not size:
            break
        live.append((cpu, bus, size))
    edges = sorted({cpu for cpu, _, _ in live} | {cpu + size for cpu, _, size in live})
    pieces = []
    for start, end in zip(edges, edges[1:]):
        for cpu, bus, size in live:
            if cpu <= start < cpu + size:
                begins = start - cpu + bus
                if pieces and pieces[-1][1] == start and pieces[-1][2] - pieces[-1][0] == begins - start:
                    pieces[-1] = (pieces[-1][0], end, pieces[-1][2])
                else:
                    pieces.append((start, end, begins))
                break
    limit = max(bus + size - 1 for _, bus, size in live)
    return [{"cpu_start": hex(s), "cpu_end": hex(e - 1), "bus_start": hex(b)} for s, e, b in pieces], limit


def expected(node, start, mask):
    try:
        table = range_table(start)
        malformed = table and not table[0][2]  # a table of nothing: nothing is reached
    except Unreadable:
        malformed = True
    if malformed:
        return {"node": node.path(), "window": [], "limit": None, "offset": None, "dma_mask": None}
    fields = {"node": node.path(), "window": [], "limit": None, "offset": "0x0", "dma_mask": hex(mask)}
    if table:
        fields["window"], limit = windows(table)
        fields["limit"] = hex(limit)
        fields["dma_mask"] = hex(mask & ((1 << limit.bit_length()) - 1))
        offsets = {int(w["bus_start"], 16) - int(w["cpu_start"], 16) & ALL_64 for w in fields["window"]}
        fields["offset"] = hex(offsets.pop()) if len(offsets) == 1 else None
    return fields


def announced(folders):
    """The compatibles of the MMC host drivers in kernel packages."""
    found = set(AMBA_HOSTS)
    for folder in folders:
        for module in pathlib.Path(folder).glob("lib/modules/*/kernel/drivers/mmc/host/*.ko*"):
            data = module.read_bytes()
            if module.suffix == ".xz":
                data = lzma.decompress(data)
            found.update(m.decode() for m in re.findall(rb"alias=of:N\*T\*C([^*\0]+)\0", data))
    return found


def is_host(node, drivers):
    compatible = node.strings("compatible")
    if not node.parent or not compatible or NO_DMA & set(compatible):
        return False
    return bool(drivers & set(compatible)) or bool(HOST_NAME.match(node.name) and "reg" in node.properties)


def host_bridges(tree):
    return [n for n in tree.nodes if n.parent and Bus(n).kind == "pci" and Bus(n.parent).kind != "pci"]


def told(device):
    return {key: device.get(key) for key in ("node", "window", "limit", "offset", "dma_mask")}


def differences(line, drivers):
    tree = Tree(pathlib.Path(line["file"]).read_bytes())
    hosts = [n for n in tree.nodes if is_host(n, drivers)]
    wanted = [expected(n, start_of_walk(n), 0xFFFFFFFF) for n in hosts]
    wanted += [expected(n, n, ALL_64) for n in host_bridges(tree)]
    got = [told(device) for device in line["devices"] + line["bridges"]]
    key = lambda fields: fields["node"]
    texts = [f"wanted {fields}" for fields in sorted(wanted, key=key) if fields not in got] + [
        f"got    {fields}" for fields in sorted(got, key=key) if fields not in wanted
    ]
    return texts, len(hosts), len(wanted) - len(hosts), sum(bool(fields["window"]) for fields in wanted)


def check(n, passed, name):
    print(f"{'ok' if passed else 'not ok'} {n} - {name}")


def main():
    least, drivers = int(sys.argv[1]), announced(sys.argv[2:])
    n_trees = n_hosts = n_bridges = n_windows = 0
    wrong, took_usec, first = [], {}, {}
    for text in sys.stdin:
        line = json.loads(text)
        path, usec = line["file"], line.pop("usec", 0)
        took_usec[path] = min(usec, took_usec.get(path, usec))
        if first.setdefault(path, line) is not line:
            if first[path] != line:
                wrong.append((path, ["two readings differ"]))
            continue
        n_trees += 1
        if "error" in line:
            wrong.append((path, [line["error"]]))
            continue
        differ, hosts, bridges, translated = differences(line, drivers)
        n_hosts, n_bridges, n_windows = n_hosts + hosts, n_bridges + bridges, n_windows + translated
        if differ:
            wrong.append((path, differ))
    slowest_usec, slowest = max((usec, path) for path, usec in took_usec.items())
    print("1..3")
    check(1, n_trees >= least and len(drivers) > 50, f"{n_trees} trees were read, and {len(drivers)} compatibles of drivers")
    check(2, n_windows and not wrong, f"{n_hosts} MMC hosts and {n_bridges} PCI bridges, {n_windows} with a window, are as the kernel has them")
    check(3, slowest_usec < MAX_USEC, f"the slowest tree took {slowest_usec} us, {pathlib.Path(slowest).name}")
    for path, differ in wrong[:20]:
        print(f"# {path}")
        for text in differ[:8]:
            print(f"#   {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
