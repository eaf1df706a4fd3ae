// SPDX-License-Identifier: GPL-2.0
/* CIL text into a tree, by libsepol's own rules of what a token is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cil_read.h"

struct reader {
	const char *name;
	const char *text;
	size_t len;
	size_t at;
	uint32_t line;
	const struct bh_cil_limits *limits;
	struct bh_cil_tree *tree;
	size_t nr_symbol_bytes;
	struct bh_error *error;
};

/* The `symbol` of cil_lexer.l: letters, digits and spec_char. */
static bool is_symbol_char(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c != '\0' && strchr("[].@=/*-_$%+!|&^:~`#{}'<>?,", c);
}

static int refuse_byte(struct reader *reader)
{
	unsigned char c = (unsigned char)reader->text[reader->at];

	if (c == '"')
		return bh_fail(reader->error, -EINVAL, "%s:%u: quotation mark without its end",
			       reader->name, reader->line);
	if (c > ' ' && c < 0x7f)
		return bh_fail(reader->error, -EINVAL, "%s:%u: stray '%c'", reader->name,
			       reader->line, c);
	return bh_fail(reader->error, -EINVAL, "%s:%u: not CIL: byte 0x%02x", reader->name,
		       reader->line, c);
}

/* In a module these could make libsepol report lines that are not there. */
static bool is_line_mark(const struct reader *reader)
{
	const char *text = reader->text + reader->at;

	return reader->len - reader->at >= 3 && memcmp(text, ";;*", 3) == 0 &&
	       (reader->at == 0 || text[-1] == '\n');
}

static int skip_comment(struct reader *reader)
{
	if (is_line_mark(reader) && !reader->limits->marks)
		return bh_fail(reader->error, -EINVAL,
			       "%s:%u: line marks of high-level languages (;;*) are not allowed",
			       reader->name, reader->line);
	while (reader->at < reader->len && reader->text[reader->at] != '\n') {
		if (reader->text[reader->at] == '\0')
			return refuse_byte(reader);
		reader->at++;
	}
	return 0;
}

static int add_node(struct reader *reader, struct bh_cil_node **node)
{
	struct bh_cil_tree *tree = reader->tree;

	if (tree->nr_nodes >= reader->limits->nodes)
		return bh_fail(reader->error, -E2BIG, "%s:%u: more than %zu words and lists",
			       reader->name, reader->line, reader->limits->nodes);
	*node = &tree->nodes[tree->nr_nodes++];
	(*node)->line = reader->line;
	(*node)->file = reader->name;
	return 0;
}

/* Copies @len bytes from the reader's place, as a string. */
static void set_symbol(struct reader *reader, struct bh_cil_node *node, size_t len)
{
	char *symbol = reader->tree->symbols + reader->nr_symbol_bytes;

	memcpy(symbol, reader->text + reader->at, len);
	symbol[len] = '\0';
	reader->nr_symbol_bytes += len + 1;
	node->text = symbol;
}

static int read_symbol(struct reader *reader, struct bh_cil_node **node)
{
	size_t end = reader->at;
	int ret;

	ret = add_node(reader, node);
	if (ret)
		return ret;
	while (end < reader->len && is_symbol_char((unsigned char)reader->text[end]))
		end++;
	set_symbol(reader, *node, end - reader->at);
	reader->at = end;
	return 0;
}

static int read_quoted(struct reader *reader, struct bh_cil_node **node)
{
	size_t end = reader->at + 1;
	int ret;

	while (end < reader->len && reader->text[end] && !strchr("\"\n", reader->text[end]))
		end++;
	if (end == reader->len || reader->text[end] != '"')
		return refuse_byte(reader);
	ret = add_node(reader, node);
	if (ret)
		return ret;
	reader->at++;
	set_symbol(reader, *node, end - reader->at);
	(*node)->quoted = true;
	reader->at = end + 1;
	return 0;
}

/* The next token that is no white space and no comment; 0 at the end of the text. */
static int next_token(struct reader *reader, char *token)
{
	int ret;

	while (reader->at < reader->len) {
		char c = reader->text[reader->at];

		if (c == ';') {
			ret = skip_comment(reader);
			if (ret)
				return ret;
		} else if (c == '\n' || c == ' ' || c == '\t') {
			reader->line += c == '\n';
			reader->at++;
		} else if (c == '(' || c == ')' || c == '"') {
			*token = c;
			return 0;
		} else if (is_symbol_char((unsigned char)c)) {
			*token = 'a';
			return 0;
		} else {
			return refuse_byte(reader);
		}
	}
	*token = '\0';
	return 0;
}

/* Reads one token into *link: a node, whose list is left for the caller to fill. */
static int read_node(struct reader *reader, char token, unsigned int depth,
		     struct bh_cil_node **link)
{
	if (token == '"' || token == 'a') {
		if (depth == 0)
			return bh_fail(reader->error, -EINVAL,
				       "%s:%u: not CIL: text outside parentheses", reader->name,
				       reader->line);
		return token == 'a' ? read_symbol(reader, link) : read_quoted(reader, link);
	}
	if (depth >= reader->limits->depth)
		return bh_fail(reader->error, -E2BIG, "%s:%u: more than %u parentheses deep",
			       reader->name, reader->line, reader->limits->depth);
	reader->at++;
	return add_node(reader, link);
}

/*
 * Not recursive, as the text is a stranger's: @open holds the lists that are open and
 * @link the place where each one's next node goes.
 */
static int read_lists(struct reader *reader, struct bh_cil_node **open, struct bh_cil_node ***link)
{
	unsigned int depth = 0;
	char token = 0;
	int ret;

	link[0] = &reader->tree->first;
	for (;;) {
		ret = next_token(reader, &token);
		if (ret || token == '\0')
			break;
		if (token == ')') {
			if (depth == 0)
				return bh_fail(reader->error, -EINVAL,
					       "%s:%u: closing parenthesis without its opening one",
					       reader->name, reader->line);
			depth--;
			reader->at++;
			continue;
		}
		ret = read_node(reader, token, depth, link[depth]);
		if (ret)
			break;
		open[depth] = *link[depth];
		link[depth] = &open[depth]->next;
		if (token == '(') {
			link[depth + 1] = &open[depth]->child;
			depth++;
		}
	}
	if (!ret && depth > 0)
		return bh_fail(reader->error, -EINVAL,
			       "%s:%u: opening parenthesis without its closing one", reader->name,
			       open[depth - 1]->line);
	return ret;
}

/*
 * libsepol counts CR LF as two lines, so it gets a blank for the CR. A lone CR would end
 * a comment for libsepol, but for no editor.
 */
static int normalize(const struct bh_source *source, char *text, struct bh_error *error)
{
	uint32_t line = 1;

	for (size_t i = 0; i < source->len; i++) {
		char c = source->text[i];

		if (c == '\r') {
			if (i + 1 >= source->len || source->text[i + 1] != '\n')
				return bh_fail(error, -EINVAL,
					       "%s:%u: carriage return without line feed",
					       source->name, line);
			c = ' ';
		}
		line += c == '\n';
		text[i] = c;
	}
	return 0;
}

static int read_tree(struct reader *reader)
{
	unsigned int depth = reader->limits->depth + 1;
	struct bh_cil_node **open = calloc(depth, sizeof(*open));
	struct bh_cil_node ***link = calloc(depth, sizeof(*link));
	int ret = -ENOMEM;

	if (open && link)
		ret = read_lists(reader, open, link);
	free(open);
	free(link);
	return ret;
}

static int allocate_tree(struct bh_cil_tree *tree, const struct bh_source *source,
			 const struct bh_cil_limits *limits)
{
	size_t nodes = source->len < limits->nodes ? source->len : limits->nodes;

	tree->name = source->name;
	tree->normal.name = source->name;
	tree->normal.len = source->len;
	tree->normal.text = malloc(source->len + 1);
	tree->nodes = calloc(nodes + 1, sizeof(*tree->nodes));
	/* Each token is at least a byte and gets a NUL. */
	tree->symbols = malloc(2 * source->len + 1);
	return tree->normal.text && tree->nodes && tree->symbols ? 0 : -ENOMEM;
}

int bh_cil_read(const struct bh_source *source, const struct bh_cil_limits *limits,
		struct bh_cil_tree *tree, struct bh_error *error)
{
	struct reader reader = {
		.name = source->name, .line = 1, .limits = limits, .tree = tree, .error = error
	};
	int ret;

	memset(tree, 0, sizeof(*tree));
	if (source->len > limits->bytes)
		return bh_fail(error, -E2BIG, "%s: larger than %zu bytes", source->name,
			       limits->bytes);
	ret = allocate_tree(tree, source, limits);
	if (!ret)
		ret = normalize(source, (char *)tree->normal.text, error);
	if (!ret) {
		reader.text = tree->normal.text;
		reader.len = tree->normal.len;
		ret = read_tree(&reader);
	}
	if (ret == -ENOMEM)
		bh_fail(error, ret, "%s: %s", source->name, strerror(ENOMEM));
	if (ret)
		bh_cil_tree_free(tree);
	return ret;
}

void bh_cil_tree_free(struct bh_cil_tree *tree)
{
	free((char *)tree->normal.text);
	free(tree->nodes);
	free(tree->symbols);
	memset(tree, 0, sizeof(*tree));
}

struct printer {
	char *buffer;
	size_t size;
	size_t used;
};

static void print_text(struct printer *printer, const char *text)
{
	for (; *text; text++)
		if (printer->used < printer->size)
			printer->buffer[printer->used++] = *text >= ' ' && *text < 0x7f ? *text :
											  '?';
}

/* As deep as the reader's limit at most. */
static void print_node(struct printer *printer, const struct bh_cil_node *node)
{
	if (node->text) {
		print_text(printer, node->quoted ? "\"" : "");
		print_text(printer, node->text);
		print_text(printer, node->quoted ? "\"" : "");
		return;
	}
	print_text(printer, "(");
	for (const struct bh_cil_node *child = node->child; child; child = child->next) {
		print_node(printer, child);
		if (printer->used == printer->size)
			return;
		print_text(printer, child->next ? " " : "");
	}
	print_text(printer, ")");
}

const char *bh_cil_print(const struct bh_cil_node *node, char *buffer, size_t size)
{
	struct printer printer = { .buffer = buffer, .size = size };

	print_node(&printer, node);
	if (printer.used < size)
		buffer[printer.used] = '\0';
	else
		memcpy(buffer + size - 4, "...", 4);
	return buffer;
}
