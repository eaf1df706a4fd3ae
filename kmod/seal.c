// SPDX-License-Identifier: GPL-2.0
/*
 * The seal: only programs of Bulkhead's get anything from the module.
 *
 * What is registered for BPF-LSM programs may be called by any LSM, fentry or tp_btf program
 * that somebody loads, and a function is not told who calls it. But the call comes from
 * compiled code, directly, so the address that it returns to lies in what its program was
 * compiled to. The loader hands over its programs before it attaches them; they are held, so
 * that no other program can come to lie there, and their places are kept here.
 */

#include <linux/bpf.h>
#include <linux/bsearch.h>
#include <linux/err.h>
#include <linux/filter.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "bulkhead.h"

struct piece {
	unsigned long start;
	unsigned long end; /* first address behind it */
};

struct seal {
	struct bpf_prog **progs;
	unsigned int nr_progs;
	unsigned int nr_ranges;
	struct piece ranges[]; /* in order, apart from each other */
};

static struct seal __rcu *seal;

/* Written under the mutex of the commands, and before the module goes. */
static struct seal *own_seal(void)
{
	return rcu_dereference_protected(seal, true);
}

static struct bpf_prog *get_prog(int fd)
{
	struct bpf_prog *prog = bpf_prog_get_type_dev(fd, BPF_PROG_TYPE_LSM, false);

	return IS_ERR(prog) ? bpf_prog_get_type_dev(fd, BPF_PROG_TYPE_TRACING, false) : prog;
}

static void put_progs(struct bpf_prog **progs, unsigned int nr)
{
	while (nr--)
		bpf_prog_put(progs[nr]);
	kvfree(progs);
}

static struct bpf_prog **get_progs(const int *fds, unsigned int nr)
{
	struct bpf_prog **progs = kvcalloc(nr, sizeof(*progs), GFP_KERNEL);
	unsigned int i;

	if (!progs)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < nr; i++) {
		struct bpf_prog *prog = get_prog(fds[i]);

		if (IS_ERR(prog)) {
			put_progs(progs, i);
			return ERR_CAST(prog);
		}
		progs[i] = prog;
	}
	return progs;
}

/* A program with functions was compiled in as many pieces. */
static unsigned int count_pieces(const struct bpf_prog *prog)
{
	return prog->aux->func_cnt ? prog->aux->func_cnt : 1;
}

static void add_ranges(struct seal *made, const struct bpf_prog *prog)
{
	unsigned int i;

	for (i = 0; i < count_pieces(prog); i++) {
		const struct bpf_prog *piece = prog->aux->func_cnt ? prog->aux->func[i] : prog;
		struct piece *range = &made->ranges[made->nr_ranges++];

		range->start = (unsigned long)piece->bpf_func;
		range->end = range->start + piece->jited_len;
	}
}

static int compare_ranges(const void *one, const void *other)
{
	const struct piece *a = one, *b = other;

	return a->start < b->start ? -1 : a->start > b->start;
}

static struct seal *make_seal(struct bpf_prog **progs, unsigned int nr)
{
	unsigned int i, nr_ranges = 0;
	struct seal *made;

	for (i = 0; i < nr; i++)
		nr_ranges += count_pieces(progs[i]);
	made = kvzalloc(struct_size(made, ranges, nr_ranges), GFP_KERNEL);
	if (!made)
		return NULL;
	made->progs = progs;
	made->nr_progs = nr;
	for (i = 0; i < nr; i++)
		add_ranges(made, progs[i]);
	sort(made->ranges, made->nr_ranges, sizeof(*made->ranges), compare_ranges, NULL);
	return made;
}

int bulkhead_seal_set(const int *fds, unsigned int nr)
{
	struct bpf_prog **progs;
	struct seal *made;

	if (own_seal())
		return -EBUSY;
	progs = get_progs(fds, nr);
	if (IS_ERR(progs))
		return PTR_ERR(progs);
	made = make_seal(progs, nr);
	if (!made) {
		put_progs(progs, nr);
		return -ENOMEM;
	}
	rcu_assign_pointer(seal, made);
	return 0;
}

int bulkhead_seal_release(void)
{
	struct seal *old = own_seal();

	if (bulkhead_lock_count())
		return -EPERM;
	if (!old)
		return 0;
	RCU_INIT_POINTER(seal, NULL);
	synchronize_rcu();
	put_progs(old->progs, old->nr_progs);
	kvfree(old);
	return 0;
}

static int compare_address(const void *key, const void *element)
{
	unsigned long address = *(const unsigned long *)key;
	const struct piece *range = element;

	if (address < range->start)
		return -1;
	return address >= range->end;
}

bool bulkhead_seal_has(unsigned long address)
{
	const struct seal *held;
	bool found;

	rcu_read_lock();
	held = rcu_dereference(seal);
	found = held && bsearch(&address, held->ranges, held->nr_ranges, sizeof(*held->ranges),
				compare_address);
	rcu_read_unlock();
	if (!found)
		bulkhead_count_add(BULKHEAD_COUNT_REFUSED);
	return found;
}

struct bpf_prog *bulkhead_seal_prog(unsigned int i)
{
	const struct seal *held = own_seal();

	return held && i < held->nr_progs ? held->progs[i] : NULL;
}

unsigned int bulkhead_seal_count(void)
{
	const struct seal *held;
	unsigned int nr;

	rcu_read_lock();
	held = rcu_dereference(seal);
	nr = held ? held->nr_progs : 0;
	rcu_read_unlock();
	return nr;
}
