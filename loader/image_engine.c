// SPDX-License-Identifier: GPL-2.0
/* What the command line of a build says: podman's, buildah's and docker's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image_engine.h"

/* Those of the three engines together; none means different things in two of them. */
static const char *const flags[] = {
	"all-platforms",
	"check",
	"compat-volumes",
	"compress",
	"created-annotation",
	"debug",
	"disable-compression",
	"disable-content-trust",
	"force-rm",
	"help",
	"http-proxy",
	"identity-label",
	"inherit-annotations",
	"inherit-labels",
	"layers",
	"load",
	"logsplit",
	"no-cache",
	"no-hostname",
	"no-hosts",
	"omit-history",
	"pull",
	"pull-always",
	"pull-never",
	"push",
	"quiet",
	"rewrite-timestamp",
	"rm",
	"skip-unused-stages",
	"squash",
	"squash-all",
	"stdin",
	"stream",
	"tls-verify",
	"save-stages",
};

static const char *const values[] = {
	"add-host",
	"allow",
	"annotation",
	"arch",
	"attest",
	"authfile",
	"build-arg",
	"build-arg-file",
	"build-context",
	"builder",
	"cache-from",
	"cache-to",
	"cache-ttl",
	"call",
	"cap-add",
	"cap-drop",
	"cert-dir",
	"cgroup-parent",
	"cgroupns",
	"cpp-flag",
	"cpu-period",
	"cpu-quota",
	"cpu-shares",
	"cpuset-cpus",
	"cpuset-mems",
	"creds",
	"cw",
	"decryption-key",
	"device",
	"dns",
	"dns-option",
	"dns-search",
	"env",
	"file",
	"format",
	"from",
	"group-add",
	"hooks-dir",
	"ignorefile",
	"iidfile",
	"ipc",
	"isolation",
	"jobs",
	"label",
	"layer-label",
	"logfile",
	"manifest",
	"memory",
	"memory-swap",
	"metadata-file",
	"net",
	"network",
	"no-cache-filter",
	"os",
	"os-feature",
	"os-version",
	"output",
	"pid",
	"platform",
	"progress",
	"provenance",
	"retry",
	"retry-delay",
	"runtime",
	"runtime-flag",
	"sbom",
	"secret",
	"security-opt",
	"shm-size",
	"sign-by",
	"signature-policy",
	"source-date-epoch",
	"ssh",
	"tag",
	"target",
	"timestamp",
	"ulimit",
	"unsetannotation",
	"unsetenv",
	"unsetlabel",
	"userns",
	"userns-gid-map",
	"userns-gid-map-group",
	"userns-uid-map",
	"userns-uid-map-user",
	"uts",
	"variant",
	"volume",
};

/* Where the image goes to another place than the engine's storage, it cannot be looked at. */
static const char *const refused[] = { "call", "check", "manifest", "output", "push" };

#define SHORT_FLAGS "qhD"
#define SHORT_VALUES "cfmotv"

struct parse {
	struct bh_engine_build *build;
	struct bh_error *error;
	char **argv;
	int argc, at;
};

#define HAS(list, name) is_in(list, sizeof(list) / sizeof((list)[0]), name)

static bool is_in(const char *const *list, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

static int find_engine(struct parse *parse)
{
	static const char *const names[] = { "podman", "buildah", "docker" };
	const char *name = strrchr(parse->argv[0], '/');

	name = name ? name + 1 : parse->argv[0];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i])) {
			parse->build->engine = (enum bh_engine)i;
			return 0;
		}
	return bh_fail(parse->error, -EINVAL, "%s: not podman, buildah or docker", parse->argv[0]);
}

static int find_verb(struct parse *parse)
{
	for (int i = 1; i < parse->argc; i++)
		if (!strcmp(parse->argv[i], "build") || !strcmp(parse->argv[i], "bud")) {
			parse->build->verb = i;
			return 0;
		}
	return bh_fail(parse->error, -EINVAL, "%s: no build command", parse->argv[0]);
}

static void keep(struct parse *parse, char *argument)
{
	parse->build->rest[parse->build->nr_rest++] = argument;
}

/* The option's value: behind =, or the next argument. */
static char *take_value(struct parse *parse, char *inline_value)
{
	if (inline_value)
		return inline_value;
	return parse->at + 1 < parse->argc ? parse->argv[++parse->at] : NULL;
}

static int take_once(struct parse *parse, const char **to, const char *name, const char *value)
{
	if (*to)
		return bh_fail(parse->error, -EINVAL, "--%s: more than one", name);
	*to = value;
	return 0;
}

static int check_value(struct parse *parse, const char *name, const char *value)
{
	struct bh_engine_build *build = parse->build;

	if (strstr(value, "io.bulkhead."))
		build->refused = "an io.bulkhead. label or annotation";
	if (HAS(refused, name))
		build->refused = name;
	if (!strcmp(name, "file"))
		return take_once(parse, &build->file, name, value);
	if (!strcmp(name, "iidfile"))
		return take_once(parse, &build->iidfile, name, value);
	if (!strcmp(name, "target"))
		return take_once(parse, &build->target, name, value);
	return 0;
}

static int take_option(struct parse *parse, const char *name, char *inline_value, char *argument)
{
	int before = parse->at, ret;
	char *value;

	if (HAS(flags, name)) {
		if (HAS(refused, name))
			parse->build->refused = name;
		keep(parse, argument);
		return 0;
	}
	if (!HAS(values, name) && !inline_value)
		return bh_fail(parse->error, -EINVAL, "%s: not known here: write --%s=VALUE",
			       argument, name);
	value = take_value(parse, inline_value);
	if (!value)
		return bh_fail(parse->error, -EINVAL, "%s: its value is missing", argument);
	ret = check_value(parse, name, value);
	if (!strcmp(name, "file") || !strcmp(name, "iidfile"))
		return ret;
	keep(parse, argument);
	if (parse->at != before)
		keep(parse, parse->argv[parse->at]);
	return ret;
}

static int take_long(struct parse *parse, char *argument)
{
	char name[64], *equals = strchr(argument, '=');
	size_t len = equals ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;

	if (len >= sizeof(name))
		return bh_fail(parse->error, -EINVAL, "%.64s...: not known here", argument);
	memcpy(name, argument + 2, len);
	name[len] = '\0';
	return take_option(parse, name, equals ? equals + 1 : NULL, argument);
}

static const char *long_name(char c)
{
	return c == 'f' ? "file" :
	       c == 't' ? "tag" :
	       c == 'o' ? "output" :
	       c == 'v' ? "volume" :
	       c == 'm' ? "memory" :
			  "cpu-shares";
}

/* -f FILE, -fFILE, -f=FILE, -qf FILE */
static int take_short(struct parse *parse, char *argument)
{
	char *c = argument + 1;

	while (*c && strchr(SHORT_FLAGS, *c))
		c++;
	if (!*c) {
		keep(parse, argument);
		return 0;
	}
	if (!strchr(SHORT_VALUES, *c))
		return bh_fail(parse->error, -EINVAL, "%s: not known here", argument);
	if (*c == 'f' && c != argument + 1)
		return bh_fail(parse->error, -EINVAL, "%s: write -f apart", argument);
	return take_option(parse, long_name(*c), c[1] ? c + 1 + (c[1] == '=') : NULL, argument);
}

static int take_context(struct parse *parse, char *argument)
{
	if (parse->build->context)
		return bh_fail(parse->error, -EINVAL, "%s: more than one context", argument);
	parse->build->context = argument;
	keep(parse, argument);
	return 0;
}

static bool is_remote(const char *context)
{
	static const char *const prefixes[] = { "http://",     "https://", "git://",	     "git@",
						"github.com/", "ssh://",   "docker-image://" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(context, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

static int check_places(const struct bh_engine_build *build, struct bh_error *error)
{
	if ((build->context && !strcmp(build->context, "-")) ||
	    (build->file && !strcmp(build->file, "-")))
		return bh_fail(error, -EINVAL,
			       "-: a build from standard input is not looked into: use files");
	if (build->context && is_remote(build->context))
		return bh_fail(error, -EINVAL,
			       "%s: a build from elsewhere is not looked into: fetch it first",
			       build->context);
	if (build->file && is_remote(build->file))
		return bh_fail(error, -EINVAL,
			       "%s: a build from elsewhere is not looked into: fetch it first",
			       build->file);
	return 0;
}

int bh_engine_parse(int argc, char **argv, struct bh_engine_build *build, struct bh_error *error)
{
	struct parse parse = { build, error, argv, argc, 0 };
	bool options = true;
	int ret;

	*build = (struct bh_engine_build){ 0 };
	ret = find_engine(&parse);
	if (!ret)
		ret = find_verb(&parse);
	if (ret)
		return ret;
	build->rest = calloc((size_t)argc + 1, sizeof(*build->rest));
	if (!build->rest)
		return -ENOMEM;
	for (parse.at = build->verb + 1; parse.at < argc && !ret; parse.at++) {
		char *argument = argv[parse.at];

		if (options && !strcmp(argument, "--")) {
			options = false;
			keep(&parse, argument);
		} else if (options && !strncmp(argument, "--", 2)) {
			ret = take_long(&parse, argument);
		} else if (options && *argument == '-' && argument[1]) {
			ret = take_short(&parse, argument);
		} else {
			ret = take_context(&parse, argument);
		}
	}
	return ret ? ret : check_places(build, error);
}
