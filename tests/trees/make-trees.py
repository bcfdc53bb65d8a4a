#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes device trees that no board has: buses within buses, of every kind and cell size, with one,
several, empty and missing dma-ranges, interconnect parents, hosts at every depth.

usage: make-trees.py SEED COUNT FOLDER   (writes FOLDER/N.dtb)
"""
import pathlib
import random
import struct
import sys

PLACES = [0, 0x1000, 0x10000000, 0x40000000, 0x80000000, 0xC0000000, 0x100000000, 0x140000000]
SIZES = [0x1000, 0x10000000, 0x40000000, 0x80000000, 0x100000000]


class Blob:
    def __init__(self):
        self.structure, self.strings, self.offsets = b"", b"", {}

    def begin(self, name):
        text = name.encode() + b"\0"
        self.structure += struct.pack(">I", 1) + text + b"\0" * (-len(text) % 4)

    def property(self, name, value):
        if name not in self.offsets:
            self.offsets[name] = len(self.strings)
            self.strings += name.encode() + b"\0"
        self.structure += struct.pack(">3I", 3, len(value), self.offsets[name]) + value + b"\0" * (-len(value) % 4)

    def cells(self, name, *cells):
        self.property(name, struct.pack(f">{len(cells)}I", *cells))

    def end(self):
        self.structure += struct.pack(">I", 2)

    def finish(self):
        structure = self.structure + struct.pack(">I", 9)
        at = 40 + 16
        header = (0xD00DFEED, at + len(structure) + len(self.strings), at, at + len(structure), 40, 17, 16, 0)
        return struct.pack(">10I", *header, len(self.strings), len(structure)) + bytes(16) + structure + self.strings


class Maker:
    def __init__(self, rng):
        self.rng, self.blob, self.handles, self.units = rng, Blob(), [], 0

    def split(self, number, cells, flags=None):
        width = cells - (flags is not None)
        parts = [number >> 32 * i & 0xFFFFFFFF for i in reversed(range(width))]
        return parts if flags is None else [flags] + parts

    def ranges(self, kind, cells, size_cells, above_kind, above_cells):
        """Entries that need not make sense, but often do."""
        def flags(of):
            return {"pci": self.rng.choice([0x02000000, 0x42000000, 0x43000000, 0x03000000, 0x01000000]),
                    "isa": self.rng.choice([0, 1]), "flags": self.rng.choice([0, 1])}.get(of)

        value, last = [], None
        for _ in range(self.rng.choice([1, 1, 1, 2, 3, 5])):
            bus, cpu, size = self.rng.choice(PLACES), self.rng.choice(PLACES), self.rng.choice(SIZES)
            if last and self.rng.random() < 0.4:
                bus, cpu = last[0] + last[2], last[1] + last[2]
            if self.rng.random() < 0.05:
                size = 0
            last = bus, cpu, size
            value += self.split(bus, cells, flags(kind)) + self.split(cpu, above_cells, flags(above_kind))
            value += self.split(size, size_cells)
        return value

    def host(self):
        self.blob.begin(f"mmc@{self.units:x}")
        self.blob.property("compatible", b"snps,dw-mshc\0")
        self.blob.cells("reg", self.units, 0, 0, 0, 0x100)
        self.units += 1
        self.interconnect()
        self.blob.end()

    def interconnect(self):
        """Parents for DMA come before their children, so that no walk is endless."""
        if self.handles and self.rng.random() < 0.25:
            entries, names = [], b""
            for name in self.rng.choice([["dma-mem"], ["read", "dma-mem"], ["read", "write"]]):
                handle, arguments = self.rng.choice(self.handles + [(0, 0)])
                entries += [handle] + [7] * arguments
                names += name.encode() + b"\0"
            self.blob.cells("interconnects", *entries)
            self.blob.property("interconnect-names", names)

    def bus(self, depth, above_kind, above_cells):
        rng = self.rng
        kind = rng.choice(["plain", "plain", "plain", "flags", "isa", "pci"])
        cells = {"plain": rng.choice([1, 2]), "isa": 2}.get(kind, 3)
        size_cells = {"isa": 1, "pci": 2}.get(kind, rng.choice([1, 2]))
        name = {"isa": "isa", "pci": rng.choice(["pcie", "host"])}.get(kind, "bus")
        self.blob.begin(f"{name}@{self.units:x}")
        self.units += 1
        if kind == "pci":
            self.blob.property("device_type", rng.choice([b"pci\0", b"pciex\0", b"ht\0"]))
        if kind in ("pci", "isa", "flags") or rng.random() < 0.8:
            self.blob.cells("#address-cells", cells)
            self.blob.cells("#size-cells", size_cells)
        else:  # what is not said holds from above
            kind, cells, size_cells = above_kind, above_cells, rng.choice([1, 2])
            self.blob.cells("#size-cells", size_cells)
            if kind in ("pci", "isa"):
                kind = "flags" if cells == 3 else "plain"
        which = rng.random()
        if which < 0.5:
            self.blob.cells("dma-ranges", *self.ranges(kind, cells, size_cells, above_kind, above_cells))
        elif which < 0.75:
            self.blob.property("dma-ranges", b"")
        self.interconnect()
        if rng.random() < 0.4:
            arguments = rng.choice([0, 1, 2])
            self.blob.cells("phandle", self.units)
            self.blob.cells("#interconnect-cells", arguments)
            self.handles.append((self.units, arguments))
        for _ in range(rng.choice([1, 1, 2])):
            self.host()
        for _ in range(rng.choice([0, 1, 2]) if depth < 4 else 0):
            self.bus(depth + 1, kind, cells)
        self.blob.end()

    def tree(self):
        cells = self.rng.choice([1, 2])
        self.blob.begin("")
        self.blob.cells("#address-cells", cells)
        self.blob.cells("#size-cells", self.rng.choice([1, 2]))
        self.host()
        for _ in range(3):
            self.bus(1, "plain", cells)
        self.blob.end()
        return self.blob.finish()


def main():
    seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    for i in range(count):
        (folder / f"{i}.dtb").write_bytes(Maker(random.Random(seed * 1000003 + i)).tree())


if __name__ == "__main__":
    main()
