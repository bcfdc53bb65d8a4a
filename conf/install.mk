# SPDX-License-Identifier: GPL-2.0-or-later
# What a host gets: make install DESTDIR= PREFIX=

INSTALL ?= install

.PHONY: install
install: all
	$(Q)$(INSTALL) -D -m 0755 $(O)/xdmad $(DESTDIR)$(PREFIX)/sbin/xdmad
	$(Q)$(INSTALL) -D -m 0755 $(O)/xdmactl $(DESTDIR)$(PREFIX)/bin/xdmactl
	$(Q)$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	$(Q)sed 's|@PREFIX@|$(PREFIX)|g' xdmad.service > $(DESTDIR)$(UNITDIR)/xdmad.service
	$(Q)sed 's|@PREFIX@|$(PREFIX)|g' conf/xdmad-bench.service > $(DESTDIR)$(UNITDIR)/xdmad-bench.service
	$(Q)$(INSTALL) -m 0644 conf/xdmad.socket conf/xdmad-public.socket conf/xdmad-bench.timer $(DESTDIR)$(UNITDIR)/
	$(Q)$(INSTALL) -D -m 0644 conf/xdmad.sysusers $(DESTDIR)/usr/lib/sysusers.d/xdmad.conf
	$(Q)$(INSTALL) -D -m 0644 conf/xdmad.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/xdmad.conf
	$(Q)$(INSTALL) -D -m 0644 conf/xdmad.catalog $(DESTDIR)/usr/lib/systemd/catalog/xdmad.catalog
	$(Q)$(INSTALL) -D -m 0644 conf/xdmad.conf $(DESTDIR)$(SYSCONFDIR)/xdmad/xdmad.conf
	$(Q)$(INSTALL) -D -m 0644 common/io.xdmad.varlink $(DESTDIR)$(PREFIX)/share/xdmad/io.xdmad.varlink
	$(Q)$(INSTALL) -D -m 0644 conf/prometheus/xdmad.rules.yml $(DESTDIR)$(PREFIX)/share/xdmad/prometheus/xdmad.rules.yml
	$(Q)$(INSTALL) -D -m 0644 conf/grafana/xdmad.json $(DESTDIR)$(PREFIX)/share/xdmad/grafana/xdmad.json
	$(Q)$(INSTALL) -D -m 0644 docs/FLEET.md $(DESTDIR)$(PREFIX)/share/doc/xdmad/FLEET.md
	$(Q)$(INSTALL) -D -m 0644 conf/completion/xdmactl $(DESTDIR)$(PREFIX)/share/bash-completion/completions/xdmactl
	$(Q)$(INSTALL) -D -m 0644 man/xdmactl.1 $(DESTDIR)$(PREFIX)/share/man/man1/xdmactl.1
	$(Q)$(INSTALL) -D -m 0644 man/xdmad.8 $(DESTDIR)$(PREFIX)/share/man/man8/xdmad.8
	$(Q)$(INSTALL) -D -m 0644 man/xdmad.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/xdmad.conf.5

# A package of what `make install` puts down, made by dpkg-deb; its dependencies are those of the
# programs, as dpkg-shlibdeps finds them.
DEB_ARCH = $(shell dpkg --print-architecture)
DEB_ROOT := $(O)/deb

.PHONY: deb
deb: all
	tests/setup deb
	$(Q)rm -rf $(DEB_ROOT)
	$(Q)$(MAKE) --no-print-directory -s install DESTDIR=$(DEB_ROOT) PREFIX=/usr
	$(Q)conf/make-deb $(DEB_ROOT) $(VERSION) $(DEB_ARCH) $(O)/xdmad_$(VERSION)_$(DEB_ARCH).deb
