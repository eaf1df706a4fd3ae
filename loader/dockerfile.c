// SPDX-License-Identifier: GPL-2.0
/* Dockerfiles: stages and their POLICY. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "dockerfile.h"
#include "dockerfile_lines.h"

#define WORDS_MAX 8
#define SYNTAX "wants POLICY FILE [TYPE DOMAIN]"

/* The words of an instruction: they point into its text, which is cut. */
struct words {
	char *word[WORDS_MAX];
	size_t nr; /* WORDS_MAX: perhaps more */
};

static void split_words(char *text, struct words *words)
{
	char *word;

	words->nr = 0;
	while (words->nr < WORDS_MAX && (word = strsep(&text, " \t\v\f\r")))
		if (*word)
			words->word[words->nr++] = word;
}

static int fail_at(const struct bh_dockerfile *file, unsigned int line, struct bh_error *error,
		   const char *reason)
{
	return bh_fail(error, -EINVAL, "%s:%u: %s", file->source->name, line, reason);
}

static size_t find_stage(const struct bh_dockerfile *file, const char *name)
{
	for (size_t i = file->nr_stages; i-- > 0;)
		if (file->stages[i].name && !strcasecmp(file->stages[i].name, name))
			return i;
	return BH_DOCKERFILE_NONE;
}

/* FROM [--OPTION...] IMAGE [AS NAME] */
static int add_stage(struct bh_dockerfile *file, const struct words *words)
{
	struct bh_dockerfile_stage *grown =
		reallocarray(file->stages, file->nr_stages + 1, sizeof(*grown));
	struct bh_dockerfile_stage *stage;
	size_t i = 1;

	if (!grown)
		return -ENOMEM;
	file->stages = grown;
	stage = &grown[file->nr_stages];
	*stage = (struct bh_dockerfile_stage){ .parent = BH_DOCKERFILE_NONE };
	while (i < words->nr && !strncmp(words->word[i], "--", 2))
		i++;
	if (i < words->nr)
		stage->parent = find_stage(file, words->word[i]);
	if (i + 2 < words->nr && !strcasecmp(words->word[i + 1], "AS")) {
		stage->name = strdup(words->word[i + 2]);
		if (!stage->name)
			return -ENOMEM;
	}
	file->nr_stages++;
	return 0;
}

static int take_from(struct bh_dockerfile *file, const struct bh_dockerfile_instruction *from,
		     const struct words *words, struct bh_error *error)
{
	int ret;

	if (file->nr_stages == BH_DOCKERFILE_STAGES_MAX)
		return fail_at(file, from->line, error, "more than 256 stages");
	if (file->nr_stages)
		file->stages[file->nr_stages - 1].end = from->start;
	ret = add_stage(file, words);
	if (!ret)
		file->stages[file->nr_stages - 1].body = from->end;
	return ret ? bh_fail(error, ret, "%s: %s", file->source->name, strerror(-ret)) : 0;
}

/* It becomes an argument of COPY, where anything else may mean something. */
static bool is_plain_path(const char *path)
{
	if (*path == '/' || *path == '-')
		return false;
	for (; *path; path++)
		if (!isalnum((unsigned char)*path) && !strchr("_+-.@/", *path))
			return false;
	return true;
}

static bool is_type(const char *type)
{
	size_t len = strspn(type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_.-");

	return isalpha((unsigned char)*type) && !type[len] && len < BH_NAME_MAX;
}

static const char *find_fault(const struct bh_dockerfile *file, const struct words *words)
{
	if (!file->nr_stages)
		return "POLICY: before the first FROM";
	if (words->nr != 2 && (words->nr != 4 || strcasecmp(words->word[2], "TYPE")))
		return "POLICY: " SYNTAX;
	if (!is_plain_path(words->word[1]))
		return "POLICY: FILE is below the context, and of letters, digits and _+-.@/ only";
	if (words->nr == 4 && !is_type(words->word[3]))
		return "POLICY: DOMAIN is the name of a type";
	if (file->stages[file->nr_stages - 1].policy.line)
		return "POLICY: this stage has one already";
	return NULL;
}

static int take_policy(struct bh_dockerfile *file, const struct bh_dockerfile_instruction *from,
		       const struct words *words, struct bh_error *error)
{
	const char *fault = find_fault(file, words);
	struct bh_dockerfile_policy *policy;

	if (fault)
		return fail_at(file, from->line, error, fault);
	policy = &file->stages[file->nr_stages - 1].policy;
	policy->line = from->line;
	policy->start = from->start;
	policy->end = from->end;
	policy->file = strdup(words->word[1]);
	policy->type = words->nr == 4 ? strdup(words->word[3]) : NULL;
	file->nr_policies++;
	if (!policy->file || (words->nr == 4 && !policy->type))
		return bh_fail(error, -ENOMEM, "%s: %s", file->source->name, strerror(ENOMEM));
	return 0;
}

static int take_instruction(struct bh_dockerfile *file, struct bh_dockerfile_instruction *next,
			    struct bh_error *error)
{
	struct words words;

	split_words(next->text, &words);
	if (!words.nr)
		return 0;
	if (!strcasecmp(words.word[0], "FROM"))
		return take_from(file, next, &words, error);
	if (!strcasecmp(words.word[0], "POLICY"))
		return take_policy(file, next, &words, error);
	if (words.nr > 1 && !strcasecmp(words.word[0], "ONBUILD") &&
	    !strcasecmp(words.word[1], "POLICY"))
		return fail_at(file, next->line, error, "POLICY: not after ONBUILD");
	return 0;
}

/* What matters only where lines are to be added. */
static int check_whole(const struct bh_dockerfile *file, unsigned int doubtful,
		       struct bh_error *error)
{
	if (!file->nr_policies)
		return 0;
	if (doubtful)
		return fail_at(file, doubtful, error,
			       "ends in two escapes, which engines read differently; with POLICY "
			       "in the file, write something behind them");
	if (file->dangling)
		return bh_fail(error, -EINVAL, "%s: its last line is continued by nothing",
			       file->source->name);
	return 0;
}

int bh_dockerfile_parse(const struct bh_source *source, struct bh_dockerfile *file,
			struct bh_error *error)
{
	struct bh_dockerfile_lines lines = { .source = source };
	struct bh_dockerfile_instruction next;
	int ret;

	*file = (struct bh_dockerfile){ .source = source };
	do {
		ret = bh_dockerfile_next(&lines, &next, error);
		BH_FREE char *text = next.text;

		if (!ret && text) {
			file->dangling = next.dangling;
			ret = take_instruction(file, &next, error);
		}
	} while (!ret && next.text);
	file->escape = lines.escape;
	if (file->nr_stages)
		file->stages[file->nr_stages - 1].end = source->len;
	return ret ? ret : check_whole(file, lines.doubtful, error);
}

static size_t find_target(const struct bh_dockerfile *file, const char *target)
{
	size_t found, number = 0;

	if (!target || !*target)
		return file->nr_stages - 1;
	found = find_stage(file, target);
	if (found != BH_DOCKERFILE_NONE)
		return found;
	for (; isdigit((unsigned char)*target) && number < file->nr_stages; target++)
		number = number * 10 + (size_t)(*target - '0');
	return *target || number >= file->nr_stages ? BH_DOCKERFILE_NONE : number;
}

int bh_dockerfile_find(const struct bh_dockerfile *file, const char *target,
		       const struct bh_dockerfile_policy **policy, struct bh_error *error)
{
	size_t stage = find_target(file, target);

	*policy = NULL;
	if (stage == BH_DOCKERFILE_NONE)
		return bh_fail(error, -ENOENT, "%s: no stage '%s'", file->source->name, target);
	/* A stage is made from one before it: this ends. */
	for (; stage != BH_DOCKERFILE_NONE && !*policy; stage = file->stages[stage].parent)
		if (file->stages[stage].policy.line)
			*policy = &file->stages[stage].policy;
	return 0;
}

static void write_comment(FILE *out, const struct bh_source *source,
			  const struct bh_dockerfile_policy *policy)
{
	fputs("# POLICY was here\n", out);
	for (size_t i = policy->start; i + 1 < policy->end; i++)
		if (source->text[i] == '\n')
			fputs("#\n", out);
}

/* Lines of ours, on lines of their own. */
static void write_lines(FILE *out, const struct bh_dockerfile *file, size_t behind,
			const char *lines)
{
	if (!lines)
		return;
	if (behind && file->source->text[behind - 1] != '\n')
		fputc('\n', out);
	fputs(lines, out);
}

static void write_stage(FILE *out, const struct bh_dockerfile *file, size_t from,
			const struct bh_dockerfile_stage *stage, const char *head,
			const char *embed)
{
	const char *text = file->source->text;
	size_t start = stage->body;

	fwrite(text + from, 1, stage->body - from, out);
	write_lines(out, file, stage->body, head);
	if (stage->policy.line) {
		fwrite(text + start, 1, stage->policy.start - start, out);
		write_comment(out, file->source, &stage->policy);
		start = stage->policy.end;
	}
	fwrite(text + start, 1, stage->end - start, out);
	/* What is there in the place of POLICY ends in a newline. */
	write_lines(out, file, stage->end > start ? stage->end : 0, embed);
}

int bh_dockerfile_rewrite(const struct bh_dockerfile *file, char *const *head, char *const *embed,
			  char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);
	size_t from = 0;
	int failed;

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < file->nr_stages; i++) {
		write_stage(out, file, from, &file->stages[i], head[i], embed[i]);
		from = file->stages[i].end;
	}
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(*text);
		*text = NULL;
		return -ENOMEM;
	}
	return 0;
}

void bh_dockerfile_free(struct bh_dockerfile *file)
{
	for (size_t i = 0; i < file->nr_stages; i++) {
		free(file->stages[i].name);
		free(file->stages[i].policy.file);
		free(file->stages[i].policy.type);
	}
	free(file->stages);
	*file = (struct bh_dockerfile){ 0 };
}
