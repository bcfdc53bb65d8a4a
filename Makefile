# SPDX-License-Identifier: GPL-2.0-or-later
# xdmad: one non-recursive Makefile.
#
#   O=DIR            where everything built goes (build)
#   V=1              show the commands
#   SAN=address,undefined   build with sanitizers
#   WERROR=1         warnings are errors (CI)
#   CC, CFLAGS, CROSS_COMPILE=aarch64-linux-gnu- SYSROOT=DIR   the compiler and what it builds for
#   SUITE=trixie     the Debian that `make bench-faults` runs in the lab, in place of bookworm
#   DESTDIR, PREFIX  where `make install` puts things

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VERSION := 0.1.0
O ?= build
PREFIX ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= /etc
UNITDIR ?= /usr/lib/systemd/system
CROSS_COMPILE ?=
SYSROOT ?=
SAN ?=

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-5s %s\n' $(1) $(2))

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
AR := $(CROSS_COMPILE)ar
NM := $(CROSS_COMPILE)nm

# --- libraries ---------------------------------------------------------------------------------

PKG_CONFIG ?= pkg-config
# Debian's cross compiler looks into a libc of its own before the sysroot: headers, start files and
# libraries are named, so that what is built and linked is the sysroot's libc, whatever its release.
ifneq ($(SYSROOT),)
MULTIARCH := $(shell $(CC) -dumpmachine)
# (named in the command: $(shell) of make 4.3 does not see what is exported)
PKG_CONFIG := PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
    PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(MULTIARCH)/pkgconfig:$(SYSROOT)/usr/share/pkgconfig $(PKG_CONFIG)
SYSROOT_CFLAGS := --sysroot=$(SYSROOT) -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
                  -isystem $(SYSROOT)/usr/include/$(MULTIARCH) -isystem $(SYSROOT)/usr/include
SYSROOT_LDFLAGS := --sysroot=$(SYSROOT) -B$(SYSROOT)/usr/lib/$(MULTIARCH)/
endif

PACKAGES_common := jansson
PACKAGES_placement := jansson
PACKAGES_bench := jansson
PACKAGES_client := jansson
PACKAGES_daemon := jansson libsystemd xencontrol xenforeignmemory xengnttab xenstore blkid devmapper mount libtraceevent libtracefs libbpf sqlite3 inih
PACKAGES := $(sort $(foreach room,common placement bench daemon client,$(PACKAGES_$(room))))

# Asked once, at the first use: `make setup` must work before any library is there.
pkg_cflags = $(eval pkg_cflags := $$(shell $(PKG_CONFIG) --cflags $(PACKAGES)))$(pkg_cflags)
pkg_libs = $(eval pkg_libs := $$(shell $(PKG_CONFIG) --libs $(PACKAGES_daemon)) -lfdt -lmd)$(pkg_libs)
client_libs = $(eval client_libs := $$(shell $(PKG_CONFIG) --libs $(PACKAGES_client)))$(client_libs)

# --- flags -------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wundef \
            -Wcast-qual -Wvla -Wpointer-arith -Wwrite-strings $(if $(WERROR),-Werror)
PURE_WARNINGS := -Wconversion
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DXDMAD_VERSION=\"$(VERSION)\" \
             $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer,-D_FORTIFY_SOURCE=2) \
             -fstack-protector-strong -fPIE $(WARNINGS) $(SYSROOT_CFLAGS) -I. -I$(O)/generated $(pkg_cflags) $(CFLAGS)
ALL_LDFLAGS = $(SYSROOT_LDFLAGS) -pie -Wl,-z,relro,-z,now,--as-needed $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)

# --- rooms -------------------------------------------------------------------------------------
# common <- placement <- bench <- daemon, common <- client. A room is an archive; a program is its
# room's main file and the archives below it. tests/house refuses every other dependency.

ROOMS := common placement bench daemon client
PURE_ROOMS := placement bench

room_sources = $(filter-out %/main.c,$(wildcard $(1)/*.c))
room_objects = $(patsubst %.c,$(O)/%.o,$(call room_sources,$(1)))
archive = $(O)/lib$(1).a

# lowest last, as the linker wants them
ARCHIVES_common := $(call archive,common)
ARCHIVES_placement := $(foreach room,placement common,$(call archive,$(room)))
ARCHIVES_bench := $(foreach room,bench placement common,$(call archive,$(room)))
ARCHIVES_daemon := $(foreach room,daemon bench placement common,$(call archive,$(room)))
ARCHIVES_client := $(foreach room,client common,$(call archive,$(room)))

PROGRAMS := $(O)/xdmad $(O)/xdmactl

.PHONY: all
all: $(PROGRAMS)

$(O)/xdmad: $(O)/daemon/main.o $(ARCHIVES_daemon)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(pkg_libs) -lm

$(O)/xdmactl: $(O)/client/main.o $(ARCHIVES_client)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(client_libs) -lm

define room_rule
$(call archive,$(1)): $(call room_objects,$(1))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))

$(foreach room,$(PURE_ROOMS),$(eval $(O)/$(room)/%.o: ROOM_CFLAGS := $(PURE_WARNINGS)))

$(O)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(ROOM_CFLAGS) -MMD -MP -c -o $@ $<

# The interface file is part of the program: introspection answers with it word for word.
$(O)/generated/io.xdmad.varlink.inc: common/io.xdmad.varlink
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)sed -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $< > $@

$(O)/daemon/interface.o: $(O)/generated/io.xdmad.varlink.inc

# The programs that run in the kernel: compiled for its machine, and carried in the daemon as bytes.
# Only clang makes what places them in any kernel; they know the processor by its registers alone.
BPF_CC ?= clang
BPF_ARCH = $(subst aarch64,arm64,$(subst x86_64,x86,$(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))))
BPF_CFLAGS = -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter $(if $(WERROR),-Werror) -I. \
             -isystem $(SYSROOT)/usr/include -isystem $(SYSROOT)/usr/include/$(shell $(CC) -dumpmachine)

$(O)/generated/%.bpf.o: daemon/bpf/%.bpf.c daemon/bpf/%.h daemon/bpf/ring.h Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(BPF_CC) $(BPF_CFLAGS) -c -o $@ $<

$(O)/generated/%.bpf.inc: $(O)/generated/%.bpf.o
	$(call say,GEN,$@)
	$(Q)od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g' > $@

$(O)/daemon/trace-program.o: $(O)/generated/bounced.bpf.inc
$(O)/daemon/mapping-program.o: $(O)/generated/mapped.bpf.inc

-include $(wildcard $(O)/*/*.d $(O)/tests/*/*.d $(O)/tests/unit/*/*.d)

# --- everything else ---------------------------------------------------------------------------

include tests/tests.mk
include conf/install.mk

.PHONY: setup
setup:
	tests/setup

.PHONY: clean
clean:
	rm -rf $(O)

.PHONY: help
help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile
	@echo 'Targets: all setup demo test test-fleet test-xen bench bench-faults lint install deb clean'
