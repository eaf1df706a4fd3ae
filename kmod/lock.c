// SPDX-License-Identifier: GPL-2.0
/*
 * The lock: what is attached stays so until the next boot.
 *
 * A BPF-LSM program is attached for as long as something holds its link, and nothing can take
 * it off the link. A link keeps its program, a program its maps. So the module takes the links
 * and never gives them back, and keeps itself; that nobody removes it by force is for the
 * programs to see to (bpf/audit.bpf.c).
 */

#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "bulkhead.h"

/* bpf_link_get_from_fd() is in it, from 6.10 on; its name is a string from 6.13 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS("BPF_INTERNAL");
#else
MODULE_IMPORT_NS(BPF_INTERNAL);
#endif

static unsigned int nr_held;

unsigned int bulkhead_lock_count(void)
{
	return READ_ONCE(nr_held);
}

static void put_links(struct bpf_link **links, unsigned int nr)
{
	while (nr--)
		bpf_link_put(links[nr]);
	kvfree(links);
}

static bool is_sealed(const struct bpf_prog *prog)
{
	const struct bpf_prog *sealed;
	unsigned int i;

	for (i = 0; (sealed = bulkhead_seal_prog(i)); i++)
		if (sealed == prog)
			return true;
	return false;
}

static struct bpf_link **get_links(const int *fds, unsigned int nr)
{
	struct bpf_link **links = kvcalloc(nr, sizeof(*links), GFP_KERNEL);
	unsigned int i;

	if (!links)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < nr; i++) {
		struct bpf_link *link = bpf_link_get_from_fd(fds[i]);

		if (IS_ERR(link)) {
			put_links(links, i);
			return ERR_CAST(link);
		}
		links[i] = link;
		if (!is_sealed(link->prog)) {
			put_links(links, i + 1);
			return ERR_PTR(-EPERM);
		}
	}
	return links;
}

/* An iterator is run and not attached: it has no link. */
static bool is_held(const struct bpf_prog *prog, struct bpf_link **links, unsigned int nr)
{
	if (prog->expected_attach_type == BPF_TRACE_ITER)
		return true;
	while (nr--)
		if (links[nr]->prog == prog)
			return true;
	return false;
}

static bool all_are_held(struct bpf_link **links, unsigned int nr)
{
	const struct bpf_prog *prog;
	unsigned int i;

	for (i = 0; (prog = bulkhead_seal_prog(i)); i++)
		if (!is_held(prog, links, nr))
			return false;
	return true;
}

int bulkhead_lock_set(const int *fds, unsigned int nr)
{
	struct bpf_link **links;

	if (nr_held)
		return 0;
	if (!bulkhead_seal_prog(0))
		return -ENOENT;
	links = get_links(fds, nr);
	if (IS_ERR(links))
		return PTR_ERR(links);
	if (!all_are_held(links, nr)) {
		put_links(links, nr);
		return -ENOENT;
	}
	__module_get(THIS_MODULE);
	/* Nothing will ever put them, so nothing needs to know where they are. */
	kvfree(links);
	WRITE_ONCE(nr_held, nr);
	return 0;
}
