# SPDX-License-Identifier: GPL-2.0-only
#
# zvmo: build, load, test. "make help" says what can be made.
#
# The module is built in build/RELEASE of the kernel that it is for, from links
# to the sources there, so that builds for several kernels (the running one, and
# the one that the tests boot) neither mix nor touch the source directories. Nor
# do builds that differ otherwise and have a VARIANT to their name.

KDIR ?= /lib/modules/$(shell uname -r)/build

release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' \
	    $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
build = $(CURDIR)/build/$(release)$(VARIANT)
depmod = $(firstword $(wildcard /sbin/depmod /usr/sbin/depmod) depmod)

# What has its own Makefile: programs and libraries, and what tests them.
tools := $(patsubst %/Makefile,%,$(wildcard tools/*/Makefile))
tests := $(patsubst %/Makefile,%,$(wildcard tools/testing/*/Makefile))

all: modules tools ## the module and the tools (default)

modules: prepare ## build/RELEASE/zvmo.ko, for the kernel of KDIR
	$(MAKE) -C $(KDIR) M=$(build) modules

# Links made anew each time: sources come and go.
prepare:
	@test -n '$(release)' || { \
		echo 'make: no kernel build tree in $(KDIR)' >&2; \
		echo '  -> install the headers (Debian: apt-get install linux-headers-$$(uname -r)),' >&2; \
		echo '     or name a tree with KDIR=DIR. make check and make demo fetch their own.' >&2; \
		exit 1; }
	@mkdir -p $(build)
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/zvmo $(CURDIR)/uapi $(CURDIR)/kunit $(build)/
	@find $(build) -xtype l -delete

tools: ## libraries and programs
	@set -e; for dir in $(tools); do $(MAKE) -C $$dir; done

load: ## load the module into this machine's kernel (as root)
	@scripts/load

unload: ## unload it again (as root)
	@scripts/load --unload

# A module that was built for another kernel before goes with the others.
modules_in = $(DESTDIR)/lib/modules/$(1)/updates/zvmo.ko*
run_depmod = [ ! -e $(DESTDIR)/lib/modules/$(1)/modules.order ] || \
	$(depmod) $(if $(DESTDIR),-b $(DESTDIR)) $(1)
take_note = $(if $(DESTDIR),,@tools/system/apply)

install: all install-modules install-tools ## put it all on this machine (as root; PREFIX, DESTDIR)
	$(take_note)

install-modules: modules
	$(MAKE) -C $(KDIR) M=$(build) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates modules_install
	$(call run_depmod,$(release))

install-tools: tools
	@set -e; for dir in $(tools); do $(MAKE) -C $$dir install; done

uninstall: ## remove it again (as root; PREFIX, DESTDIR)
	@set -e; for module in $(wildcard $(call modules_in,*)); do \
		release=$${module#$(DESTDIR)/lib/modules/}; release=$${release%%/*}; \
		rm -v "$$module"; $(call run_depmod,$$release); \
	done
	@set -e; for dir in $(tools); do $(MAKE) -C $$dir uninstall; done
	$(take_note)

deb: ## build the Debian packages (build/deb)
	@scripts/deb

demo: ## boot a kernel in QEMU and watch zvmo work on a real file (FILE=path)
	@scripts/demo $(if $(FILE),'$(FILE)')

demo-save: ## watch a server save itself under full load, beside fork() (SHORT=1)
	@scripts/demo-save $(if $(SHORT),--short)

check: ## run every test, in QEMU where they need the module
	@tools/testing/check

check-debug: ## run the tests in the guest on a debug kernel (builds that once)
	@release=$$(tools/testing/vm/kernel --debug --print release) && \
		tools/testing/check -k "$$release"

matrix: ## run them on every kernel and architecture (SMOKE=1: a few of them)
	@tools/testing/matrix $(if $(SMOKE),--smoke)

in-tree: ## build zvmo as a part of a kernel, and run its KUnit suites there
	@tools/testing/in-tree

check-deb: ## build the Debian packages, and try them in a clean system (as root)
	@tools/testing/deb/test

kcsan: ## look for data races (builds a kernel that does so once)
	@release=$$(tools/testing/vm/kernel --kcsan --print release) && \
		tools/testing/check -k "$$release" stress_test isolation_test \
			coherence_test discard_test discard_pressure_test \
			netlink_test

kunit: ## run the KUnit suites on that kernel
	@tools/testing/kunit

coverage: ## which lines of the module no test reaches
	@tools/testing/coverage/run

fuzz: ## look for what nobody thought of (DURATION=60, SEED=n)
	@tools/testing/fuzz/run $(if $(DURATION),-d $(DURATION)) $(if $(SEED),-s $(SEED))

foreign: ## run stress-ng, fio, Redis and others on zvmo's memory (NAMES=...)
	@tools/testing/foreign/test $(NAMES)

mutation: ## break the module in many ways, and see that the tests notice (NAMES=...)
	@tools/testing/mutation/run $(NAMES)

lint: ## let static checkers look at everything
	@tools/testing/lint/run

htmldocs: ## the documents as HTML, in build/html (installs Sphinx)
	@$(MAKE) -s -C Documentation html

pictures: ## draw the pictures of the documents anew (installs Graphviz)
	@$(MAKE) -s -C Documentation pictures

updatedocs: ## run what the documents show, and put in what it prints
	@$(MAKE) -s -C Documentation update

clean: clean-modules ## remove what was built
	@set -e; for dir in $(tools) $(tests); do $(MAKE) -C $$dir clean; done

clean-modules:
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  KDIR=DIR   kernel build tree ($(KDIR))'
	@echo '  W=1 C=1    more warnings, sparse (see the kernel'"'"'s make help)'

# Those that help tells of, and others.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' $(MAKEFILE_LIST)) prepare clean-modules install-modules install-tools
