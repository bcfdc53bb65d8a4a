# SPDX-License-Identifier: GPL-2.0-or-later
# Every test speaks TAP; tests/run adds them up and ends with "N passed, N failed, N skipped".
#
#   tests/unit/ROOM/test-NAME.c  cmocka, linked with the shipped objects of ROOM and those below it
#   tests/host/test-NAME.sh  programs on this machine, no emulator
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

.PHONY: unit-tests $(addprefix unit-tests-,$(ROOMS))
unit-tests: $(UNIT_TESTS)
$(foreach room,$(ROOMS),$(eval unit-tests-$(room): $(filter $(TEST_O)/unit/$(room)/%,$(UNIT_TESTS))))
.PRECIOUS: $(O)/tests/unit/%.o
