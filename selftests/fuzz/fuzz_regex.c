// SPDX-License-Identifier: GPL-2.0
/* The regular expression of a filecon rule, compiled; then all its states are walked. */
#include <errno.h>

#include "automaton.h"
#include "fuzz.h"

#define TYPE 7

/* Every way out of every state leads to a state, and every state has a row. */
static void check_table(const struct bh_automaton *automaton)
{
	const char byte = 'a';

	FUZZ_MUST(automaton->bytes <= BH_AUTOMATON_BYTES_MAX && automaton->bytes % 8 == 0);
	FUZZ_MUST(automaton->nr_states >= 2 && automaton->nr_states <= BH_AUTOMATON_STATES_MAX);
	for (uint32_t state = 0; state < automaton->nr_states; state++) {
		uint32_t label = bh_automaton_label(automaton, state, BH_KIND_FILE);

		FUZZ_MUST(label == 0 || label == TYPE);
		FUZZ_MUST(bh_automaton_step(automaton, state, &byte, 1) < automaton->nr_states);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct bh_filecon rule = { text, BH_KIND_FILE, TYPE, "m.cil", 1 };
	struct bh_automaton *automaton;
	struct bh_error error = { 0 };
	int ret = bh_automaton_compile(&rule, 1, &automaton, &error);

	FUZZ_MUST(!ret == (automaton != NULL));
	if (ret) {
		FUZZ_MUST_REFUSE(ret, &error);
		FUZZ_MUST(ret == -EINVAL || ret == -E2BIG);
	} else {
		check_table(automaton);
		bh_automaton_walk(automaton, text, BH_KIND_FILE);
	}
	free(automaton);
	free(text);
	return 0;
}
