// SPDX-License-Identifier: GPL-2.0
/* Everything that is wrong with a module, in the order of its lines. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cil_refusals.h"

#define QUOTE_MAX 160 /* bytes of a statement that a message quotes */
#define KEPT_MAX 1000
#define MORE_MAX 64 /* bytes for "and N more" */

struct bh_refusal {
	bool other; /* than the text that comes first */
	const char *file;
	uint32_t line;
	size_t number;
	char *text;
};

/* NULL when it is counted only. */
static struct bh_refusal *add_refusal(struct bh_refusals *refusals, int code, const char *file,
				      uint32_t line)
{
	struct bh_refusal *grown;

	if (refusals->code != -ENOMEM)
		refusals->code = code;
	refusals->large |= code == -E2BIG;
	refusals->nr++;
	if (refusals->nr_kept == KEPT_MAX)
		return NULL;
	grown = reallocarray(refusals->refusal, refusals->nr_kept + 1, sizeof(*grown));
	if (!grown) {
		refusals->code = -ENOMEM;
		return NULL;
	}
	refusals->refusal = grown;
	grown += refusals->nr_kept;
	*grown = (struct bh_refusal){
		.other = refusals->name && strcmp(file, refusals->name) != 0,
		.file = file,
		.line = line ? line : UINT32_MAX,
		.number = refusals->nr_kept,
	};
	return grown;
}

void bh_refuse(struct bh_refusals *refusals, int code, const struct bh_cil_node *statement,
	       const char *format, ...)
{
	struct bh_refusal *refusal = add_refusal(refusals, code, statement->file, statement->line);
	char quote[QUOTE_MAX];
	char reason[512];
	va_list args;

	if (!refusal)
		return;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	if (asprintf(&refusal->text, "%s:%u: %s: %s", statement->file, statement->line,
		     bh_cil_print(statement, quote, sizeof(quote)), reason) < 0)
		refusals->code = -ENOMEM;
	else
		refusals->nr_kept++;
}

static int place_text(struct bh_refusal *refusal, uint32_t line, const char *text)
{
	if (line)
		return asprintf(&refusal->text, "%s:%u: %s", refusal->file, line, text);
	return asprintf(&refusal->text, "%s: %s", refusal->file, text);
}

void bh_refuse_line(struct bh_refusals *refusals, int code, const char *file, uint32_t line,
		    const char *format, ...)
{
	struct bh_refusal *refusal = add_refusal(refusals, code, file, line);
	va_list args;
	char *text;
	int len;

	if (!refusal)
		return;
	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len >= 0) {
		len = place_text(refusal, line, text);
		free(text);
	}
	if (len < 0)
		refusals->code = -ENOMEM;
	else
		refusals->nr_kept++;
}

static int compare(const void *left, const void *right)
{
	const struct bh_refusal *a = left;
	const struct bh_refusal *b = right;
	int order = strcmp(a->file, b->file);

	if (a->other != b->other)
		return a->other ? 1 : -1;
	if (order)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

int bh_refusals_write(struct bh_refusals *refusals, struct bh_error *error)
{
	size_t used;
	size_t i;

	if (!error)
		return refusals->code;
	used = strlen(error->text);
	if (refusals->nr_kept > 0)
		qsort(refusals->refusal, refusals->nr_kept, sizeof(*refusals->refusal), compare);
	for (i = 0; i < refusals->nr_kept; i++) {
		const char *text = refusals->refusal[i].text;

		/* What a macro's or a template's line does wrong may come up at each use. */
		if (i > 0 && strcmp(text, refusals->refusal[i - 1].text) == 0) {
			refusals->nr--;
			continue;
		}
		used += strlen(text) + 1;
		if (used + MORE_MAX > sizeof(error->text))
			break;
		bh_fail_add(error, refusals->code, "%s", text);
	}
	if (i < refusals->nr_kept || refusals->nr > KEPT_MAX)
		bh_fail_add(error, refusals->code, "%zu refusals in all", refusals->nr);
	return refusals->code;
}

void bh_refusals_free(struct bh_refusals *refusals)
{
	for (size_t i = 0; i < refusals->nr_kept; i++)
		free(refusals->refusal[i].text);
	free(refusals->refusal);
	memset(refusals, 0, sizeof(*refusals));
}
