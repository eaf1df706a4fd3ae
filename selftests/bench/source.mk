# SPDX-License-Identifier: GPL-2.0
# The Makefile of what the work `compile` compiles.

OBJECTS = $(patsubst %.c,%.o,$(wildcard loader/*.c))

loader.o: $(OBJECTS)
	test $(words $(OBJECTS)) -ge 50
	ld -r -o $@ $^

%.o: %.c
	gcc -std=gnu11 -Wall -D_GNU_SOURCE -DBH_VERSION='"bench"' -Iinclude -c $< -o $@
