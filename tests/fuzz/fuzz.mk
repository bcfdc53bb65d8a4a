# SPDX-License-Identifier: GPL-2.0-or-later
# Parsers of foreign bytes under libFuzzer, with AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   FUZZ_SECONDS=60  how long each one is run
#   make fuzz-run    runs all; a crashing input is left in $(O)/fuzz/NAME.crash-*
#
# A target links the rooms, compiled apart in $(O)/fuzz. Its corpus is read only: what a run finds
# goes to a directory of that run.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZ_O := $(O)/fuzz
FUZZ_ROOMS := client daemon bench placement common
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz-%.c,%,$(wildcard tests/fuzz/fuzz-*.c))
FUZZ_TARGETS := $(addprefix $(FUZZ_O)/fuzz-,$(FUZZ_NAMES))
FUZZ_TESTS := $(addprefix $(O)/tests/fuzz-,$(FUZZ_NAMES))
FUZZ_SANITIZERS := address,undefined
FUZZ_CFLAGS = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DXDMAD_VERSION=\"$(VERSION)\" -g -O1 \
              $(WARNINGS) -I. -I$(O)/generated $(pkg_cflags) -Wno-format-nonliteral \
              -fno-omit-frame-pointer -fno-sanitize-recover=all
FUZZ_ARCHIVES := $(foreach room,$(FUZZ_ROOMS),$(FUZZ_O)/lib$(room).a)

.PHONY: fuzz
fuzz: $(FUZZ_TARGETS)

define fuzz_room_rule
$(FUZZ_O)/lib$(1).a: $(patsubst %.c,$(FUZZ_O)/%.o,$(call room_sources,$(1)))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach room,$(FUZZ_ROOMS),$(eval $(call fuzz_room_rule,$(room))))

$(FUZZ_O)/daemon/interface.o: $(O)/generated/io.xdmad.varlink.inc
$(FUZZ_O)/daemon/trace-program.o: $(O)/generated/bounced.bpf.inc
$(FUZZ_O)/daemon/mapping-program.o: $(O)/generated/mapped.bpf.inc

$(FUZZ_TARGETS): $(FUZZ_O)/fuzz-%: $(FUZZ_O)/tests/fuzz/fuzz-%.o $(FUZZ_ARCHIVES)
	$(call say,LINK,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,$(FUZZ_SANITIZERS) -Wl,--as-needed -o $@ $^ $(pkg_libs) -lm

$(FUZZ_O)/%.o: %.c Makefile tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link,$(FUZZ_SANITIZERS) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

.PRECIOUS: $(FUZZ_O)/%.o

-include $(wildcard $(FUZZ_O)/*/*.d $(FUZZ_O)/tests/fuzz/*.d)

# The scripts stand for the time they run, so that another FUZZ_SECONDS makes them anew.
.PHONY: fuzz-seconds
$(FUZZ_O)/seconds: fuzz-seconds
	@mkdir -p $(@D)
	@echo '$(FUZZ_SECONDS)' | cmp -s - $@ || echo '$(FUZZ_SECONDS)' > $@

$(FUZZ_TESTS): $(O)/tests/fuzz-%: $(FUZZ_O)/fuzz-% $(FUZZ_O)/seconds tests/fuzz/run-one.sh
	@mkdir -p $(@D)
	$(Q)printf '#!/bin/sh\nexec %s/tests/fuzz/run-one.sh %s %s %s\n' \
	    '$(CURDIR)' '$(abspath $(FUZZ_O))' '$*' '$(FUZZ_SECONDS)' > $@
	$(Q)chmod +x $@

.PHONY: fuzz-scripts
fuzz-scripts: $(FUZZ_TESTS)

.PHONY: fuzz-run
fuzz-run: $(FUZZ_TESTS)
	$(Q)tests/run --timeout $$(($(FUZZ_SECONDS) + 120)) --log $(O)/tests/log $(FUZZ_TESTS)
