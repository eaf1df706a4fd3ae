// SPDX-License-Identifier: GPL-2.0
/* States that nothing tells apart become one: Hopcroft's algorithm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "automaton_internal.h"

struct partition {
	struct bh_dfa *dfa;
	uint32_t nr_blocks;
	uint32_t *member; /* states, block by block */
	uint32_t *place; /* of a state in member[] */
	uint32_t *block; /* of a state */
	uint32_t *begin; /* of a block in member[] */
	uint32_t *end;
	uint32_t *nr_marked; /* members that were moved to a block's front */
	uint32_t *touched; /* blocks with marked members */
	uint32_t nr_touched;
	uint32_t *work; /* blocks to split by: each comes in once, when it is made */
	uint32_t nr_work;
	uint32_t *splitter; /* copy of the members to split by */
	uint32_t *source; /* states that lead to a state over a class, */
	uint32_t *first; /* [nr_states * nr_classes + 1]: where they start in source[] */
};

static int allocate(struct partition *p)
{
	size_t nr = p->dfa->nr_states, nr_edges = nr * p->dfa->nr_classes;
	uint32_t **arrays[] = { &p->member, &p->place,	   &p->block,	&p->begin,   &p->end,
				&p->work,   &p->nr_marked, &p->touched, &p->splitter };

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
		*arrays[i] = calloc(nr, sizeof(uint32_t));
		if (!*arrays[i])
			return -ENOMEM;
	}
	p->source = calloc(nr_edges, sizeof(*p->source));
	p->first = calloc(nr_edges + 1, sizeof(*p->first));
	return p->source && p->first ? 0 : -ENOMEM;
}

static void release(struct partition *p)
{
	uint32_t *arrays[] = { p->member, p->place,	p->block,   p->begin,	 p->end,  p->work,
			       p->source, p->nr_marked, p->touched, p->splitter, p->first };

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		free(arrays[i]);
}

/* Turns the transitions round: counts, sums up, and fills from the back. */
static void invert(struct partition *p)
{
	uint32_t nr_classes = p->dfa->nr_classes;
	size_t nr_edges = (size_t)p->dfa->nr_states * nr_classes;

	for (size_t i = 0; i < nr_edges; i++)
		p->first[(size_t)p->dfa->next[i] * nr_classes + i % nr_classes]++;
	for (size_t i = 1; i <= nr_edges; i++)
		p->first[i] += p->first[i - 1];
	for (size_t i = 0; i < nr_edges; i++)
		p->source[--p->first[(size_t)p->dfa->next[i] * nr_classes + i % nr_classes]] =
			(uint32_t)(i / nr_classes);
}

/* At first the states of one row are one block. */
static int divide_by_row(struct partition *p)
{
	uint32_t nr_rows = p->dfa->rows.nr;
	uint32_t *at = calloc(nr_rows + 1, sizeof(*at));

	if (!at)
		return -ENOMEM;
	for (uint32_t state = 0; state < p->dfa->nr_states; state++)
		at[p->dfa->accept[state] + 1]++;
	for (uint32_t row = 0; row < nr_rows; row++)
		at[row + 1] += at[row];
	for (uint32_t row = 0; row < nr_rows; row++) {
		p->begin[row] = at[row];
		p->end[row] = at[row + 1];
		p->work[p->nr_work++] = row;
	}
	p->nr_blocks = nr_rows;
	for (uint32_t state = 0; state < p->dfa->nr_states; state++) {
		uint32_t row = p->dfa->accept[state];

		p->block[state] = row;
		p->place[state] = at[row]++;
		p->member[p->place[state]] = state;
	}
	free(at);
	return 0;
}

static void mark_state(struct partition *p, uint32_t state)
{
	uint32_t block = p->block[state];
	uint32_t to = p->begin[block] + p->nr_marked[block];
	uint32_t other = p->member[to];

	if (p->place[state] < to)
		return;
	if (!p->nr_marked[block]++)
		p->touched[p->nr_touched++] = block;
	p->member[p->place[state]] = other;
	p->place[other] = p->place[state];
	p->member[to] = state;
	p->place[state] = to;
}

/* The smaller part becomes a new block and splits others; the larger one if it waits already. */
static void split_block(struct partition *p, uint32_t block)
{
	uint32_t new = p->nr_blocks, nr = p->nr_marked[block];
	uint32_t middle = p->begin[block] + nr;

	p->nr_marked[block] = 0;
	if (middle == p->end[block])
		return;
	if (nr <= p->end[block] - middle) {
		p->begin[new] = p->begin[block];
		p->end[new] = p->begin[block] = middle;
	} else {
		p->begin[new] = middle;
		p->end[new] = p->end[block];
		p->end[block] = middle;
	}
	for (uint32_t i = p->begin[new]; i < p->end[new]; i++)
		p->block[p->member[i]] = new;
	p->nr_blocks++;
	p->work[p->nr_work++] = new;
}

static void split_by(struct partition *p, uint32_t block)
{
	uint32_t nr_classes = p->dfa->nr_classes, nr = p->end[block] - p->begin[block];

	memcpy(p->splitter, p->member + p->begin[block], nr * sizeof(*p->splitter));
	for (uint32_t class = 0; class < nr_classes; class ++) {
		for (uint32_t i = 0; i < nr; i++) {
			size_t edge = (size_t)p->splitter[i] * nr_classes + class;

			for (uint32_t j = p->first[edge]; j < p->first[edge + 1]; j++)
				mark_state(p, p->source[j]);
		}
		while (p->nr_touched)
			split_block(p, p->touched[--p->nr_touched]);
	}
}

/* Numbers blocks by their first state, so that dead and start keep their numbers. */
static void renumber(struct partition *p)
{
	struct bh_dfa *dfa = p->dfa;
	uint32_t *number = p->nr_marked, nr = 0;

	for (uint32_t i = 0; i < p->nr_blocks; i++)
		number[i] = UINT32_MAX;
	for (uint32_t state = 0; state < dfa->nr_states; state++)
		if (number[p->block[state]] == UINT32_MAX)
			number[p->block[state]] = nr++;
	for (uint32_t state = 0; state < dfa->nr_states; state++) {
		uint32_t to = number[p->block[state]];

		dfa->accept[to] = dfa->accept[state];
		for (uint32_t class = 0; class < dfa->nr_classes; class ++)
			dfa->next[(size_t)to * dfa->nr_classes + class] = number
				[p->block[dfa->next[(size_t)state * dfa->nr_classes + class]]];
	}
	dfa->nr_states = nr;
}

int bh_dfa_minimise(struct bh_dfa *dfa)
{
	struct partition p = { .dfa = dfa };
	int ret = allocate(&p);

	if (!ret)
		ret = divide_by_row(&p);
	if (!ret) {
		invert(&p);
		while (p.nr_work)
			split_by(&p, p.work[--p.nr_work]);
		renumber(&p);
	}
	release(&p);
	return ret;
}
