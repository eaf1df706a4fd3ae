# SPDX-License-Identifier: GPL-2.0
#
# make deps     installs what the build and the tests need (apt)
# make          builds the loader, the BPF programs and bulkhead.ko for kernel 6.1
# make install  installs below DESTDIR; make install-module the module for one's own kernel
# make demo     real containers in a VM, a table of what was allowed and denied
# make check    all tests; its last line counts them
# make bench    what confinement costs, in instructions; SEEDS=n boots, BASELINE=FILE compares
#
# V=1 shows commands, KERNEL=6.1|6.12|7.3 chooses the VM's kernel, BUILD the output.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

BUILD ?= $(CURDIR)/build
KERNEL ?= 6.1
DESTDIR ?=
prefix ?= /usr
CC = gcc
CLANG ?= clang
BPFTOOL ?= /usr/sbin/bpftool
Q = $(if $(V),,@)

VERSION = 0.1

all: $(BUILD)/bulkhead $(BUILD)/bulkhead-image module

# --- dependencies -----------------------------------------------------------

deps:
	$(Q)selftests/vm/deps

# --- generated headers --------------------------------------------------------

CLASSMAP = $(BUILD)/include/bulkhead/classmap.h

$(CLASSMAP): loader/policy/classes.cil loader/policy/classmap
	$(Q)mkdir -p $(@D)
	$(Q)loader/policy/classmap $< > $@

# The floor's types: with CO-RE the same object loads on every later kernel.
$(BUILD)/vmlinux.h:
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) btf dump file $$(selftests/vm/kernel 6.1)/btf format c > $@

# --- BPF ----------------------------------------------------------------------

# maps.bpf.c first: see there.
BPF_SOURCES = bpf/maps.bpf.c $(filter-out bpf/maps.bpf.c,$(sort $(wildcard bpf/*.bpf.c)))
BPF_OBJECTS = $(BPF_SOURCES:bpf/%.bpf.c=$(BUILD)/bpf/%.bpf.o)
BPF_CFLAGS = -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -std=gnu11 \
	-Wall -Wextra -Werror -Wno-unused-parameter -Wno-initializer-overrides \
	-Iinclude -I$(BUILD)/include -I$(BUILD) -Ibpf

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h include/bulkhead/*.h) $(CLASSMAP) $(BUILD)/vmlinux.h
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

# An unresolved name passes the linker and fails the skeleton: both always run.
$(BUILD)/bulkhead.bpf.o: $(BPF_OBJECTS)
	$(Q)$(BPFTOOL) gen object $@ $^

$(BUILD)/bulkhead.skel.h: $(BUILD)/bulkhead.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $< name bulkhead_bpf > $@

# --- the command ----------------------------------------------------------------

LOADER_SOURCES = $(sort $(wildcard loader/*.c))
LOADER_OBJECTS = $(LOADER_SOURCES:loader/%.c=$(BUILD)/loader/%.o)
CFLAGS ?= -O2 -g
LOADER_CFLAGS = $(CFLAGS) -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE \
	-DBH_VERSION='"$(VERSION)"' \
	-Iinclude -I$(BUILD)/include -I$(BUILD)
# libsepol's archive has what the shared library hides (sepol_compute_av, bounds).
LOADER_LIBS = -l:libsepol.a -l:libseccomp.a -lbpf -lelf -lz -ljson-c -lmd
# Only `bulkhead image` reads archives: libarchive's thirteen libraries are in a program apart.
IMAGE_OBJECTS = $(filter $(BUILD)/loader/cmd_image.o $(BUILD)/loader/dockerfile% \
	$(BUILD)/loader/image_%,$(LOADER_OBJECTS))
IMAGE_EXEC = $(BUILD)/loader/image_exec.o

$(BUILD)/loader/%.o: loader/%.c $(wildcard loader/*.h include/bulkhead/*.h) $(CLASSMAP) $(BUILD)/bulkhead.skel.h
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LOADER_CFLAGS) -c $< -o $@

# Static: the hook is executed twice for each container, and finding its libraries took
# longer than most of what it does.
$(BUILD)/bulkhead: $(filter-out $(IMAGE_OBJECTS),$(LOADER_OBJECTS)) $(IMAGE_EXEC)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static-pie $^ $(LOADER_LIBS) -o $@

$(BUILD)/bulkhead-image: $(filter-out $(IMAGE_EXEC),$(LOADER_OBJECTS))
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LOADER_LIBS) -larchive -o $@

# --- the kernel module ------------------------------------------------------------

# For the VM's kernel, in a cached chroot; prints where it is.
module:
	$(Q)selftests/vm/module $(KERNEL)

# For one's own host; the headers of another kernel than the running one by KREL.
KREL ?= $(shell uname -r)
KBTF ?= /sys/kernel/btf/vmlinux

install-module:
	$(Q)kmod/build /lib/modules/$(KREL)/build $(KBTF) $(BUILD)/module
	$(Q)install -D -m 644 $(BUILD)/module/bulkhead.ko \
		$(DESTDIR)/lib/modules/$(KREL)/extra/bulkhead.ko
	$(Q)$(if $(DESTDIR),:,depmod $(KREL))

# --- installation -----------------------------------------------------------------

POLICY = $(wildcard loader/policy/*.cil) loader/policy/order
TEMPLATES = $(wildcard loader/policy/templates/*.cil)

install: $(BUILD)/bulkhead $(BUILD)/bulkhead-image
	$(Q)install -D -m 755 $(BUILD)/bulkhead $(DESTDIR)$(prefix)/sbin/bulkhead
	$(Q)install -D -m 755 $(BUILD)/bulkhead-image $(DESTDIR)$(prefix)/libexec/bulkhead-image
	$(Q)install -d $(DESTDIR)$(prefix)/share/bulkhead/policy/templates
	$(Q)install -m 644 $(POLICY) $(DESTDIR)$(prefix)/share/bulkhead/policy/
	$(Q)install -m 644 $(TEMPLATES) $(DESTDIR)$(prefix)/share/bulkhead/policy/templates/
	$(Q)install -D -m 644 loader/bulkhead.conf $(DESTDIR)/etc/bulkhead/bulkhead.conf
	$(Q)install -d $(DESTDIR)/etc/bulkhead/modules.d $(DESTDIR)/var/cache/bulkhead
	$(Q)install -D -m 644 loader/bulkhead.service $(DESTDIR)/lib/systemd/system/bulkhead.service
	$(Q)install -d $(DESTDIR)/etc/systemd/system/multi-user.target.wants
	$(Q)ln -sf /lib/systemd/system/bulkhead.service \
		$(DESTDIR)/etc/systemd/system/multi-user.target.wants/bulkhead.service
	$(Q)install -d $(DESTDIR)$(prefix)/share/containers/oci/hooks.d
	$(Q)install -m 644 loader/hooks.d/*.json $(DESTDIR)$(prefix)/share/containers/oci/hooks.d/

# --- tests ------------------------------------------------------------------------

demo:
	$(Q)selftests/demo/run $(KERNEL)

check: all
	$(Q)selftests/check

SEEDS ?= 1
BASELINE ?=

bench: all
	$(Q)BUILD=$(BUILD) selftests/bench/run -k $(KERNEL) -n $(SEEDS) $(if $(BASELINE),-b $(BASELINE))

style:
	$(Q)clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

clean:
	$(Q)rm -rf $(BUILD)

.PHONY: all deps module install-module install demo check bench style clean
