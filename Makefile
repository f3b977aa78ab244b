# SPDX-License-Identifier: GPL-2.0-only
#
# zvmo: build, load, test. "make help" says what can be made.
#
# The module is built in build/RELEASE of the kernel that it is for, from links
# to the sources there, so that builds for several kernels (the running one, and
# the one that the tests boot) neither mix nor touch the source directories. Nor
# do builds that differ otherwise and have a VARIANT to their name.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
export PREFIX DESTDIR

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

install: all ## install module, headers, libraries (as root; PREFIX, DESTDIR)
	$(MAKE) -C $(KDIR) M=$(build) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(depmod) $(if $(DESTDIR),-b $(DESTDIR)) $(release)
	@set -e; for dir in $(tools); do $(MAKE) -C $$dir install; done

demo: ## boot a kernel in QEMU and watch zvmo work on a real file (FILE=path)
	@scripts/demo $(if $(FILE),'$(FILE)')

demo-save: ## watch a server save itself under full load, beside fork() (SHORT=1)
	@scripts/demo-save $(if $(SHORT),--short)

check: ## run every test, in QEMU where they need the module
	@tools/testing/check

check-debug: ## run the tests in the guest on a debug kernel (builds that once)
	@release=$$(tools/testing/vm/kernel --debug --print release) && \
		tools/testing/check -k "$$release"

kunit: ## run the KUnit suites on that kernel
	@tools/testing/kunit

coverage: ## which lines of the module no test reaches
	@tools/testing/coverage/run

fuzz: ## look for what nobody thought of (DURATION=60, SEED=n)
	@tools/testing/fuzz/run $(if $(DURATION),-d $(DURATION)) $(if $(SEED),-s $(SEED))

clean: clean-modules ## remove what was built
	@set -e; for dir in $(tools) $(tests); do $(MAKE) -C $$dir clean; done

clean-modules:
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  KDIR=DIR   kernel build tree ($(KDIR))'
	@echo '  W=1 C=1    more warnings, sparse (see the kernel'"'"'s make help)'

.PHONY: all modules prepare tools load unload install demo demo-save check check-debug kunit coverage fuzz clean clean-modules help
