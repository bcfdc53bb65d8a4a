# SPDX-License-Identifier: GPL-2.0-or-later
# Every test speaks TAP; tests/run adds them up and ends with "N passed, N failed, N skipped".
#
#   tests/unit/ROOM/test-NAME.c  cmocka, linked with the shipped objects of ROOM and those below it
#   tests/host/test-NAME.sh  programs on this machine, no emulator
#   tests/trees/         Debian's device trees, and a second reading of them
#   tests/fleet/test-fleet.sh  simulated hosts and a real Prometheus
#   tests/house/*.sh         the rules of the house
#   tests/xen/test-NAME.sh   inside a real Dom0, through lab/run
#   tests/fuzz/fuzz-NAME.c   a parser of foreign bytes under libFuzzer

TEST_O := $(O)/tests
UNIT_TESTS := $(patsubst tests/unit/%.c,$(TEST_O)/unit/%,$(wildcard tests/unit/*/test-*.c))

define unit_rule
$(TEST_O)/unit/$(1)/%: $(O)/tests/unit/$(1)/%.o $(ARCHIVES_$(1))
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(pkg_libs) -lcmocka -lm
endef
$(foreach room,$(ROOMS),$(eval $(call unit_rule,$(room))))

# What tests run as programs of their own, linked with everything.
TREE_PROGRAMS := $(TEST_O)/trees/inspect-trees
$(TREE_PROGRAMS): $(TEST_O)/trees/%: $(O)/tests/trees/%.o $(ARCHIVES_daemon)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(pkg_libs) -lm

# Hosts that a fleet is made of.
FLEET_PROGRAMS := $(TEST_O)/fleet/simulated-hosts
$(FLEET_PROGRAMS): $(TEST_O)/fleet/%: $(O)/tests/fleet/%.o $(ARCHIVES_daemon)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(pkg_libs) -lm

.PHONY: fleet-programs
fleet-programs: $(FLEET_PROGRAMS)

.PHONY: tree-programs
tree-programs: $(TREE_PROGRAMS)

.PHONY: unit-tests $(addprefix unit-tests-,$(ROOMS))
unit-tests: $(UNIT_TESTS)
$(foreach room,$(ROOMS),$(eval unit-tests-$(room): $(filter $(TEST_O)/unit/$(room)/%,$(UNIT_TESTS))))
.PRECIOUS: $(O)/%.o

include tests/fuzz/fuzz.mk

# --- what is run ---------------------------------------------------------------------------------
# Host tests run on a build with sanitizers; the plain build is what the house check reads.

SANITIZERS := address,undefined
PARALLEL := -j$(shell nproc)
SAN_O := $(O)/san
HOST_TESTS := $(wildcard tests/host/test-*.sh)
XEN_TESTS := $(wildcard tests/xen/test-*.sh)
SCRIPTS = $(shell git ls-files | grep -v '[.]mk$$' | xargs grep -lE '^\#!.*(bash|/sh)|shellcheck shell=')

.PHONY: test
test:
	tests/setup host
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) all tree-programs WERROR=1
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) all tree-programs bench-programs unit-tests O=$(SAN_O) SAN=$(SANITIZERS) WERROR=1
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) fuzz-scripts
	$(Q)BUILD=$(CURDIR)/$(SAN_O) SAN=$(SANITIZERS) NM=$(NM) tests/run --log $(O)/tests/log \
	    $(O)/tests/house.sh $$(find $(SAN_O)/tests/unit -type f -executable | sort) $(FUZZ_TESTS) $(HOST_TESTS)

test: $(O)/tests/house.sh
$(O)/tests/house.sh: tests/house/check-house.sh
	@mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\nexec %s/tests/house/check-house.sh %s\n' '$(CURDIR)' '$(O)' > $@
	$(Q)chmod +x $@

# A fleet of simulated hosts, scraped by a real Prometheus: half a minute on an idle machine.
.PHONY: test-fleet
test-fleet:
	tests/setup host
	$(Q)$(MAKE) --no-print-directory $(PARALLEL) fleet-programs WERROR=1
	$(Q)BUILD=$(CURDIR)/$(O) tests/run --log $(O)/tests/log tests/fleet/test-fleet.sh

# The boards, two at a time: each boots a machine of its own.
.PHONY: test-xen
test-xen:
	tests/setup host lab
	$(Q)lab/build --suite bookworm
	$(Q)lab/build --suite trixie
	$(Q)lab/build --arch amd64
	$(Q)tests/run --timeout 1200 --log $(O)/tests/log $(XEN_TESTS)

.PHONY: demo
demo:
	tests/setup lab
	$(Q)lab/run --board wide -- xdmactl --exec bench

.PHONY: bench
bench:
	tests/setup host lab
	$(Q)tests/bench/run

# Every fault and 20 clean runs: 25 minutes of emulation on a core of its own.
.PHONY: bench-faults
bench-faults:
	tests/setup lab
	$(Q)tests/bench/faults $(if $(SUITE),--suite $(SUITE))

.PHONY: lint
lint: $(O)/generated/io.xdmad.varlink.inc
	tests/setup host
	$(Q)$(MAKE) --no-print-directory $(patsubst daemon/bpf/%.c,$(O)/generated/%.inc,$(wildcard daemon/bpf/*.bpf.c))
	$(call say,FMT,all)
	$(Q)clang-format --dry-run -Werror $(wildcard $(addsuffix /*.[ch],$(ROOMS) daemon/bpf tests/bench tests/fuzz tests/fleet tests/trees tests/xen lab/fault tests/unit/*))
	$(call say,TIDY,all)
	$(Q)printf '%s\n' $(wildcard $(addsuffix /*.c,$(ROOMS))) | \
	    xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$$@" -- $(ALL_CFLAGS) 2>/dev/null' tidy
	$(call say,SHELL,all)
	$(Q)shellcheck -x -P SCRIPTDIR $(SCRIPTS)

# --- measurements --------------------------------------------------------------------------------

BENCH_PROGRAMS := $(patsubst tests/bench/%.c,$(TEST_O)/bench/%,$(wildcard tests/bench/*.c))

$(TEST_O)/bench/%: $(O)/tests/bench/%.o $(ARCHIVES_daemon)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(pkg_libs) -lm

.PHONY: bench-programs
bench-programs: $(BENCH_PROGRAMS)

# --- programs of the tests in Dom0: built for the lab, carried there by their test ----------------

XEN_PROGRAMS := $(patsubst tests/xen/%.c,$(TEST_O)/xen/%,$(wildcard tests/xen/*.c))

$(TEST_O)/xen/%: $(O)/tests/xen/%.o $(ARCHIVES_daemon)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(pkg_libs) -lm

.PHONY: xen-programs
xen-programs: $(XEN_PROGRAMS)
