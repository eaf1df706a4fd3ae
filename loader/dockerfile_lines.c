// SPDX-License-Identifier: GPL-2.0
/* The instructions of a Dockerfile: directives, comments, continuations and heredocs. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "dockerfile.h"
#include "dockerfile_lines.h"

#define BLANK " \t\v\f\r"
#define HEREDOCS_MAX 64

/* A line without its end; it points into the source. */
struct line {
	const char *text;
	size_t len;
};

static int fail_line(const struct bh_dockerfile_lines *lines, unsigned int line,
		     struct bh_error *error, const char *reason)
{
	return bh_fail(error, -EINVAL, "%s:%u: %s", lines->source->name, line, reason);
}

static bool next_line(struct bh_dockerfile_lines *lines, struct line *line)
{
	const char *text = lines->source->text + lines->offset;
	size_t left = lines->source->len - lines->offset;
	const char *end;

	if (!left)
		return false;
	end = memchr(text, '\n', left);
	line->text = text;
	line->len = end ? (size_t)(end - text) : left;
	lines->offset += line->len + (end ? 1 : 0);
	lines->line++;
	if (line->len && text[line->len - 1] == '\r')
		line->len--;
	return true;
}

static bool is_blank(char c)
{
	return c && strchr(BLANK, c);
}

static void skip_blank(struct line *line)
{
	while (line->len && is_blank(*line->text)) {
		line->text++;
		line->len--;
	}
}

/* # NAME = VALUE; the first line that is none ends them. */
static int read_directive(struct bh_dockerfile_lines *lines, struct line line,
			  struct bh_error *error)
{
	BH_FREE char *copy = strndup(line.text, line.len);
	char *name, *value, *next;

	if (!copy)
		return -ENOMEM;
	lines->directives = false;
	name = copy + strspn(copy, BLANK);
	if (*name++ != '#')
		return 0;
	name += strspn(name, BLANK);
	next = name;
	while (isalnum((unsigned char)*next))
		next++;
	value = next + strspn(next, BLANK);
	if (next == name || *value != '=')
		return 0;
	*next = '\0';
	value++;
	value += strspn(value, BLANK);
	value[strcspn(value, BLANK)] = '\0';
	if (!strcasecmp(name, "syntax") || !strcasecmp(name, "check")) {
		lines->directives = true;
		return 0;
	}
	if (strcasecmp(name, "escape"))
		return 0;
	if (lines->seen_escape || (strcmp(value, "\\") && strcmp(value, "`")))
		return fail_line(lines, lines->line, error,
				 "directive escape: wants \\ or `, and once");
	lines->escape = *value;
	lines->seen_escape = true;
	lines->directives = true;
	return 0;
}

/* Cuts the escape that continues a line. Of two, engines make different things. */
static bool cut_continuation(struct bh_dockerfile_lines *lines, struct line *line)
{
	size_t len = line->len;

	while (len && is_blank(line->text[len - 1]))
		len--;
	if (!len || line->text[len - 1] != lines->escape)
		return false;
	if (len > 1 && line->text[len - 2] == lines->escape) {
		lines->doubtful = lines->line;
		return false;
	}
	line->len = len - 1;
	return true;
}

static int append(char **text, size_t *len, struct line line)
{
	char *grown = realloc(*text, *len + line.len + 1);

	if (!grown)
		return -ENOMEM;
	memcpy(grown + *len, line.text, line.len);
	*len += line.len;
	grown[*len] = '\0';
	*text = grown;
	return 0;
}

/* One word as a shell would split it, quotes kept; its length, 0 at the end. */
static size_t word_length(const char *text, char escape)
{
	char quote = '\0';
	size_t i;

	for (i = 0; text[i] && (quote || !isspace((unsigned char)text[i])); i++) {
		if (text[i] == escape && quote != '\'' && text[i + 1])
			i++;
		else if (quote && text[i] == quote)
			quote = '\0';
		else if (!quote && (text[i] == '"' || text[i] == '\''))
			quote = text[i];
	}
	return i;
}

/* The name in [N]<<[-]NAME, without its quotes; NULL: the word starts no heredoc. */
static char *heredoc_name(const char *word, size_t len, char escape, bool *chomp)
{
	size_t i = 0, used = 0;
	char *name;

	while (i < len && isdigit((unsigned char)word[i]))
		i++;
	if (len - i < 3 || strncmp(word + i, "<<", 2))
		return NULL;
	i += 2;
	*chomp = word[i] == '-';
	i += *chomp;
	name = calloc(1, len - i + 1);
	for (; name && i < len; i++) {
		if (word[i] == '<') {
			free(name);
			return NULL;
		}
		if (word[i] == '"' || word[i] == '\'')
			continue;
		if (word[i] == escape && i + 1 < len)
			i++;
		name[used++] = word[i];
	}
	if (name && !used) {
		free(name);
		name = NULL;
	}
	return name;
}

/* Reads to the line that is the heredoc's name. */
static int skip_heredoc(struct bh_dockerfile_lines *lines, const char *name, bool chomp,
			struct bh_error *error)
{
	unsigned int first = lines->line;
	struct line line;

	while (next_line(lines, &line)) {
		while (chomp && line.len && *line.text == '\t') {
			line.text++;
			line.len--;
		}
		if (line.len == strlen(name) && !memcmp(line.text, name, line.len))
			return 0;
	}
	return fail_line(lines, first, error, "a heredoc that starts here has no end");
}

static bool has_heredocs(const char *text)
{
	static const char *const names[] = { "RUN", "COPY", "ADD" };
	size_t len = strcspn(text, BLANK);

	if (len == 7 && !strncasecmp(text, "ONBUILD", len)) {
		text += len;
		text += strspn(text, BLANK);
		len = strcspn(text, BLANK);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && !strncasecmp(text, names[i], len))
			return true;
	return false;
}

static int skip_heredocs(struct bh_dockerfile_lines *lines, const char *text,
			 struct bh_error *error)
{
	int ret = 0, nr = 0;

	if (!has_heredocs(text))
		return 0;
	while (*text && !ret) {
		size_t len;
		bool chomp;

		text += strspn(text, BLANK);
		len = word_length(text, lines->escape);
		BH_FREE char *name = heredoc_name(text, len, lines->escape, &chomp);

		if (name && ++nr > HEREDOCS_MAX)
			return fail_line(lines, lines->line, error, "too many heredocs");
		if (name)
			ret = skip_heredoc(lines, name, chomp, error);
		text += len;
	}
	return ret;
}

/* To the first line of an instruction; false at the end. */
static bool find_start(struct bh_dockerfile_lines *lines, struct line *line, size_t *start,
		       int *ret, struct bh_error *error)
{
	*ret = 0;
	for (;;) {
		*start = lines->offset;
		if (!next_line(lines, line))
			return false;
		if (lines->directives)
			*ret = read_directive(lines, *line, error);
		if (*ret)
			return false;
		skip_blank(line);
		if (line->len && *line->text != '#')
			return true;
	}
}

/* The lines that follow, but for comments and empty ones. */
static int join_lines(struct bh_dockerfile_lines *lines, struct line line,
		      struct bh_dockerfile_instruction *instruction)
{
	bool more = cut_continuation(lines, &line);
	size_t len = 0;
	int ret = append(&instruction->text, &len, line);

	while (!ret && more) {
		struct line start;

		instruction->dangling = !next_line(lines, &line);
		if (instruction->dangling)
			break;
		start = line;
		skip_blank(&start);
		if (!start.len || *start.text == '#')
			continue;
		more = cut_continuation(lines, &line);
		ret = append(&instruction->text, &len, line);
	}
	while (!ret && len && is_blank(instruction->text[len - 1]))
		instruction->text[--len] = '\0';
	return ret;
}

static int begin(struct bh_dockerfile_lines *lines, struct bh_error *error)
{
	static const char mark[] = "\xef\xbb\xbf"; /* UTF-8's byte order mark */
	const struct bh_source *source = lines->source;

	if (source->len > BH_DOCKERFILE_MAX)
		return bh_fail(error, -E2BIG, "%s: larger than %u bytes", source->name,
			       BH_DOCKERFILE_MAX);
	if (memchr(source->text, '\0', source->len))
		return bh_fail(error, -EINVAL, "%s: not a text: it holds a NUL", source->name);
	lines->escape = '\\';
	lines->directives = true;
	if (source->len >= 3 && !memcmp(source->text, mark, 3))
		lines->offset = 3;
	return 0;
}

int bh_dockerfile_next(struct bh_dockerfile_lines *lines,
		       struct bh_dockerfile_instruction *instruction, struct bh_error *error)
{
	struct line line;
	int ret;

	*instruction = (struct bh_dockerfile_instruction){ 0 };
	ret = lines->line ? 0 : begin(lines, error);
	if (ret || !find_start(lines, &line, &instruction->start, &ret, error))
		return ret;
	instruction->line = lines->line;
	ret = join_lines(lines, line, instruction);
	instruction->end = lines->offset;
	if (!ret)
		ret = skip_heredocs(lines, instruction->text, error);
	if (ret) {
		free(instruction->text);
		instruction->text = NULL;
	}
	return ret;
}
