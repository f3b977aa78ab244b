# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Makefiles of what is installed: where that goes, and how.
#
# Such a Makefile lists in $(installed) what it installs, with
#
#   $(call files,DIRECTORY,FILE...[,MODE])  files under their own names (644)
#   $(call links,DIRECTORY,TARGET,NAME...)  symbolic links to TARGET
#   $(call pages,PAGE...)                   manual pages, under every name in NAME
#   $(call library,NAME)                    NAME.a, NAME.pc, and $(SHARED) with its links
#
# and in $(directories) those that nobody else has anything in. It names in
# $(MISSING) the packages without which it cannot be built, and installs nothing
# then. Here are its targets install, which needs all, and uninstall, and a rule
# for NAME.pc; and $(call finds,HEADER[,FLAG...]), which is "yes" if the compiler
# does, whether pkg-config is there or not.
#
# Honours DESTDIR, PREFIX, and each directory below by its name.

.DEFAULT_GOAL := all

# How to write it in $(shell) depends on the version of make.
hash := \#

finds = $(shell echo '$(hash)include <$(1)>' | $(CC) $(2) -E - > /dev/null 2>&1 && echo yes)

# What is released together has one version.
VERSION := $(shell sed -n 's/^$(hash)define ZVMO_VERSION "\(.*\)"/\1/p' \
	$(dir $(lastword $(MAKEFILE_LIST)))../zvmo/version.h)

PREFIX ?= /usr/local
bindir ?= $(PREFIX)/bin
libdir ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
mandir ?= $(PREFIX)/share/man

# What the rest of the system reads: below /usr where the distribution has it, and
# elsewhere below PREFIX, for /usr/local is read as well.
# $(call from_pkg_config,PACKAGE,VARIABLE,OTHERWISE)
from_pkg_config = $(or $(strip $(if $(filter /usr,$(PREFIX)), \
	$(shell pkg-config --variable=$(2) $(1) 2> /dev/null))),$(3))
completionsdir ?= $(call from_pkg_config,bash-completion,completionsdir,$(PREFIX)/share/bash-completion/completions)
udevdir ?= $(call from_pkg_config,udev,udevdir,$(PREFIX)/lib/udev)
sysusersdir ?= $(call from_pkg_config,systemd,sysusersdir,$(PREFIX)/lib/sysusers.d)
modulesloaddir ?= $(call from_pkg_config,systemd,modulesloaddir,$(PREFIX)/lib/modules-load.d)

INSTALL ?= install

# Entries are MODE:FILE:PATH and link:TARGET:PATH.
files = $(foreach file,$(2),$(or $(3),644):$(file):$(1)/$(notdir $(file)))
links = $(foreach name,$(3),link:$(2):$(1)/$(name))

page_names = $(shell sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \([a-z_-]*\).*/\1/p' $(1))
page_links = $(addsuffix $(suffix $(1)), \
	$(filter-out $(basename $(notdir $(1))),$(call page_names,$(1))))
page_dir = $(mandir)/man$(subst .,,$(suffix $(1)))
pages = $(foreach page,$(1),$(call files,$(call page_dir,$(page)),$(page)) \
	$(call links,$(call page_dir,$(page)),$(notdir $(page)),$(call page_links,$(page))))

library = $(call files,$(libdir),$(1).a) $(call files,$(libdir),$(SHARED),755) \
	$(call links,$(libdir),$(SHARED),$(SONAME)) $(call links,$(libdir),$(SONAME),$(1).so) \
	$(call files,$(libdir)/pkgconfig,$(1).pc)

# Made anew every time: it depends on variables.
%.pc: %.pc.in FORCE
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@PRIVATE@|$(LIBS)|' \
		-e 's|@INCLUDEDIR@|$(includedir)|' -e 's|@VERSION@|$(VERSION)|' $< > $@

define newline


endef

install_file = $(INSTALL) -D -m $(1) $(2) $(DESTDIR)$(3)
install_link = $(INSTALL) -d $(DESTDIR)$(dir $(2)) && ln -sf $(1) $(DESTDIR)$(2)
install_words = $(if $(filter link,$(word 1,$(1))), \
	$(call install_link,$(word 2,$(1)),$(word 3,$(1))), \
	$(call install_file,$(word 1,$(1)),$(word 2,$(1)),$(word 3,$(1))))

install: all
	$(foreach entry,$(if $(MISSING),,$(installed)), \
		$(call install_words,$(subst :, ,$(entry)))$(newline))

uninstall:
	rm -f $(foreach entry,$(installed),$(DESTDIR)$(lastword $(subst :, ,$(entry))))
	$(foreach directory,$(directories), \
		[ ! -d $(DESTDIR)$(directory) ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(directory)$(newline))

FORCE:

.PHONY: all install uninstall clean FORCE
