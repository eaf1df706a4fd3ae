// SPDX-License-Identifier: GPL-2.0
/* The picture of a module: what is drawn how, and that Graphviz reads it. */
#include <errno.h>

#include "dot.h"
#include "fixture.h"

static const char figure[] = "(block web\n"
			     "  (type d) (type worker) (type exec) (type data)\n"
			     "  (typeattribute domains) (typeattributeset domains (d worker))\n"
			     "  (allow domains exec (file (read entrypoint)))\n"
			     "  (typetransition d exec process worker)\n"
			     "  (allow d worker (process (transition)))\n"
			     "  (typetransition worker data file \"a \\.html\" exec)\n"
			     "  (allow worker data (file (read relabelto)))\n"
			     "  (allow worker data (dir (search)))\n"
			     "  (allow worker shadow_t (file (read)))\n"
			     "  (allow worker port_type (tcp_socket (name_bind)))\n"
			     "  (allow container_t data (file (read))))";

static const char picture[] =
	"digraph \"a \\\"b\\\\?.cil\" {\n"
	"\trankdir=LR;\n"
	"\tsubgraph cluster_base {\n"
	"\t\tlabel=\"base policy\"; style=filled; color=gray90;\n"
	"\t\t\"container_t\" [shape=ellipse];\n"
	"\t\t\"container_file_t\" [shape=box];\n"
	"\t\t\"shadow_t\" [shape=box];\n"
	"\t\t\"port_type\" [shape=folder];\n"
	"\t}\n"
	"\t\"web.d\" [shape=ellipse];\n"
	"\t\"web.d\" -> \"container_t\" [style=dotted, arrowhead=empty, label=\"bounded by\"];\n"
	"\t\"web.worker\" [shape=ellipse];\n"
	"\t\"web.worker\" -> \"container_t\" [style=dotted, arrowhead=empty, label=\"bounded by\"];\n"
	"\t\"web.exec\" [shape=box];\n"
	"\t\"web.exec\" -> \"container_file_t\" [style=dotted, arrowhead=empty, label=\"bounded by\"];\n"
	"\t\"web.data\" [shape=box];\n"
	"\t\"web.data\" -> \"container_file_t\" [style=dotted, arrowhead=empty, label=\"bounded by\"];\n"
	"\t\"web.d\" -> \"web.worker\" [style=dashed, label=\"executes\\nweb.exec\"];\n"
	"\t\"web.worker\" -> \"web.exec\" [style=dashed, label=\"file a \\\\.html\\nweb.data\"];\n"
	"\t\"container_t\" -> \"web.data\" [label=\"file { read }\"];\n"
	"\t\"web.d\" -> \"web.exec\" [label=\"file { read }\"];\n"
	"\t\"web.exec\" -> \"web.d\" [style=bold, label=\"entrypoint\"];\n"
	"\t\"web.d\" -> \"web.worker\" [label=\"process { transition }\"];\n"
	"\t\"web.worker\" -> \"port_type\" [label=\"tcp_socket { name_bind }\"];\n"
	"\t\"web.worker\" -> \"shadow_t\" [color=red, fontcolor=red, label=\"file { read }\"];\n"
	"\t\"web.worker\" -> \"web.data\" [label=\"file { read }\\ndir { search }\"];\n"
	"\t\"web.worker\" -> \"web.data\" [color=red, fontcolor=red, label=\"file { relabelto }\"];\n"
	"\t\"web.worker\" -> \"web.exec\" [label=\"file { read }\"];\n"
	"\t\"web.exec\" -> \"web.worker\" [style=bold, label=\"entrypoint\"];\n"
	"}\n";

static int write_dot(const char *text, char **drawn, struct bh_error *error)
{
	struct bh_source source = { "a \"b\\\x1b.cil", text, strlen(text) };
	size_t len;
	FILE *out = open_memstream(drawn, &len);
	int ret;

	error->text[0] = '\0';
	ret = bh_dot_write(fixture_base.source, fixture_base.nr_source, &source, out, error);
	fclose(out);
	return ret;
}

static void test_figure(void)
{
	struct bh_error error;
	char *drawn = NULL;
	FILE *dot;

	tap_is_int(write_dot(figure, &drawn, &error), 0,
		   "a module beyond its bounds is drawn, too");
	tap_is_text(drawn, picture, "what exceeds the bounds is red, BASE's types are apart");
	dot = popen("dot -Tsvg >/dev/null", "w");
	fputs(drawn, dot);
	tap_is_int(pclose(dot), 0, "Graphviz reads it");
	free(drawn);
}

static void test_within(void)
{
	struct bh_error error;
	char *drawn = NULL;

	tap_is_int(write_dot("(type d_t)(type f_t)(allow d_t f_t (file (read)))", &drawn, &error),
		   0, "a module within its bounds");
	tap_ok(strstr(drawn, "\"d_t\" -> \"f_t\" [label=\"file { read }\"];") != NULL,
	       "has its edge");
	tap_ok(!strstr(drawn, "red"), "and nothing red");
	free(drawn);
}

static void test_refused(void)
{
	struct bh_error error;
	char *drawn = NULL;

	tap_is_int(write_dot("(type d_t)(user u)", &drawn, &error), -EINVAL,
		   "what is refused before bounds count");
	tap_is_text(drawn, "", "is not drawn");
	free(drawn);
}

int main(void)
{
	fixture_read_base();
	test_figure();
	test_within();
	test_refused();
	bh_base_free(&fixture_base);
	return tap_done();
}
