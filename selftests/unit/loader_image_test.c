// SPDX-License-Identifier: GPL-2.0
/* Modules in images: where they are found, and what a hostile archive gets. */
#include <errno.h>
#include <locale.h>

#include "format.h"
#include "image_embed.h"
#include "image_fixture.h"
#include "image_module.h"

#define M "(type web_t)\n"
#define N "(type other_t)\n"
#define M64 "KHR5cGUgd2ViX3QpCg=="
#define N64 "KHR5cGUgb3RoZXJfdCkK"
#define FILE_ENTRY "/.bulkhead/policy.cil"
#define POLICY(text) "\"io.bulkhead.policy\":\"" text "\""
#define TYPE(text) ",\"io.bulkhead.type\":\"" text "\""

static char dir[] = "/tmp/bulkhead-image.XXXXXX";
static char tar_path[64], dir_path[64], out_path[512];
static struct bh_error error;

/* What was found in the images of an archive, the last of them. */
struct result {
	int ret;
	char text[4096];
	size_t len;
	char named[64], type[64], file[64];
	unsigned int places;
	size_t images;
};

static int take(struct bh_archive *archive, struct bh_image_item *item, void *data,
		struct bh_error *why)
{
	struct result *result = data;
	struct bh_image_module module;
	int ret = bh_image_module_find(archive, item, &module, why);

	result->images++;
	if (!ret) {
		snprintf(result->text, sizeof(result->text), "%s",
			 module.source.text ? module.source.text : "");
		snprintf(result->named, sizeof(result->named), "%s",
			 module.named ? module.named : "");
		snprintf(result->file, sizeof(result->file), "%s", module.file ? module.file : "");
		result->len = module.source.len;
		snprintf(result->type, sizeof(result->type), "%s", module.type ? module.type : "");
		result->places = module.places;
	}
	bh_image_module_free(&module);
	return ret;
}

static struct result look(const char *path, const struct bh_archive_limits *limits)
{
	struct result result = { 0 };
	struct bh_archive archive;

	error.text[0] = '\0';
	result.ret = bh_archive_open(path, limits, &archive, &error);
	if (!result.ret)
		result.ret = bh_image_walk(&archive, take, &result, &error);
	bh_archive_close(&archive);
	return result;
}

static struct result look_at(const struct files *files)
{
	files_write_tar(files, tar_path);
	return look(tar_path, NULL);
}

static void clear_dir(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir_path);
	if (system(command))
		perror("rm");
}

static bool said(const char *text)
{
	if (strstr(error.text, text))
		return true;
	tap_note("said", error.text);
	return false;
}

/* --- layers ----------------------------------------------------------------------- */

struct layers {
	const char *what;
	struct entry layer[3][5];
	const char *text; /* what is found; "": no module */
	const char *fault; /* what the refusal says; NULL: none */
};

#define F FILE_ENTRY
#define P "/.bulkhead/policy.pp"

static const struct layers rows[] = {
	{ "no file", { { { "etc/x", "x" } } }, "", NULL },
	{ "a file", { { { ".bulkhead/policy.cil", M } } }, M, NULL },
	{ "./ in front", { { { "./.bulkhead/policy.cil", M } } }, M, NULL },
	{ "an absolute name", { { { F, M } } }, M, NULL },
	{ "double slashes", { { { ".//.bulkhead///policy.cil", M } } }, M, NULL },
	{ "the last layer wins", { { { F, N } }, { { F, M } } }, M, NULL },
	{ "the last layer has none", { { { F, M } }, { { "x", "x" } } }, M, NULL },
	{ "a directory over it", { { { F, M } }, { { ".bulkhead/", NULL, AE_IFDIR } } }, M, NULL },
	{ "whiteout of the file",
	  { { { F, M } }, { { ".bulkhead/.wh.policy.cil", "" } } },
	  "",
	  NULL },
	{ "whiteout of the directory", { { { F, M } }, { { ".wh..bulkhead", "" } } }, "", NULL },
	{ "opaque directory", { { { F, M } }, { { ".bulkhead/.wh..wh..opq", "" } } }, "", NULL },
	{ "opaque root", { { { F, M } }, { { ".wh..wh..opq", "" } } }, "", NULL },
	{ "whiteout of another", { { { F, M } }, { { ".wh.bulkhead", "" } } }, M, NULL },
	{ "whiteout before its successor",
	  { { { F, N } }, { { ".wh..bulkhead", "" }, { F, M } } },
	  M,
	  NULL },
	{ "whiteout behind its successor",
	  { { { F, N } }, { { F, M }, { ".bulkhead/.wh..wh..opq", "" } } },
	  M,
	  NULL },
	{ "back again", { { { F, N } }, { { ".wh..bulkhead", "" } }, { { F, M } } }, M, NULL },
	{ "a symbolic link", { { { F, "/etc/passwd", AE_IFLNK } } }, NULL, "not a regular file" },
	{ "a hard link", { { { "x", M }, { F, "x", 0, true } } }, NULL, "not a regular file" },
	{ "a pipe", { { { F, NULL, AE_IFIFO } } }, NULL, "not a regular file" },
	{ "a directory", { { { F, NULL, AE_IFDIR } } }, NULL, "not a regular file" },
	{ "a file in it", { { { F "/x", "x" } } }, NULL, "not a regular file" },
	{ "a link over it",
	  { { { F, M } }, { { F, "x", AE_IFLNK } } },
	  NULL,
	  "not a regular file" },
	{ "something else beside a link",
	  { { { F, "x", AE_IFLNK } }, { { ".bulkhead/x", "x" } } },
	  NULL,
	  "not a regular file" },
	{ "a directory that is a link",
	  { { { ".bulkhead", "etc", AE_IFLNK } } },
	  NULL,
	  "/.bulkhead is not a directory" },
	{ "a directory over that link",
	  { { { ".bulkhead", "etc", AE_IFLNK } }, { { ".bulkhead/", NULL, AE_IFDIR } } },
	  "",
	  NULL },
	{ "a file over that link",
	  { { { ".bulkhead", "etc", AE_IFLNK } }, { { F, M } } },
	  M,
	  NULL },
	{ "a directory and a link",
	  { { { ".bulkhead", "etc", AE_IFLNK }, { F, M } } },
	  NULL,
	  "/.bulkhead comes twice" },
	{ "twice", { { { F, M }, { F, N } } }, NULL, "/.bulkhead/policy.cil comes twice" },
	{ "..", { { { "a/../.bulkhead/policy.cil", M } } }, NULL, "has '..'" },
	{ ".. in front", { { { "../x", M } } }, NULL, "has '..'" },
	{ "a package", { { { P, M } } }, M, NULL },
	{ "a package over a package", { { { P, N } }, { { P, M } } }, M, NULL },
	{ "whiteout of the package",
	  { { { P, N }, { F, M } }, { { ".bulkhead/.wh.policy.pp", "" } } },
	  M,
	  NULL },
	{ "CIL and a package", { { { F, M } }, { { P, M } } }, NULL, "another form of it" },
	{ "a name that begins so", { { { F "x", M } } }, "", NULL },
	{ "an empty layer", { { { NULL } }, { { F, M } } }, M, NULL },
};

static size_t make_tars(const struct layers *row, struct bytes *tars)
{
	size_t nr = 1;

	for (size_t i = 1; i < 3; i++)
		if (row->layer[i][0].name)
			nr = i + 1;
	for (size_t i = 0; i < nr; i++)
		tars[i] = make_tar(row->layer[i]);
	return nr;
}

static void test_layers(const struct layers *row)
{
	const struct says says = { 0 };
	struct files files = { 0 };
	struct bytes tars[3];
	size_t nr = make_tars(row, tars);
	struct result result;

	make_oci(&files, tars, nr, GZIP, &says);
	result = look_at(&files);
	if (row->fault)
		tap_ok(result.ret == -EINVAL && said(row->fault), "refused: %s", row->what);
	else
		tap_ok(!result.ret && !strcmp(result.text, row->text) &&
			       result.places == (*row->text ? BH_IMAGE_IN_FILE : 0),
		       "found: %s", row->what);
	files_free(&files);
	for (size_t i = 0; i < nr; i++)
		free(tars[i].data);
}

/* --- kinds of archives ------------------------------------------------------------- */

static const struct entry with_file[] = { { "etc/x", "x" }, { FILE_ENTRY, M }, { 0 } };
static const struct entry without_file[] = { { "etc/x", "x" }, { 0 } };

static void check_kind(const char *path, const char *what, unsigned int places)
{
	struct result result = look(path, NULL);

	tap_ok(!result.ret && !strcmp(result.text, M) && !strcmp(result.type, "web_t") &&
		       result.places == places && result.images == 1,
	       "found in %s", what);
}

static void test_kinds(void)
{
	static const char *const packs[] = { "plain", "gzip", "zstd" };
	const struct says says = { POLICY(M64) TYPE("web_t"), POLICY(M64) TYPE("web_t"), NULL };
	struct bytes tar = make_tar(with_file);

	for (unsigned int pack = PLAIN; pack <= ZSTD; pack++) {
		struct files files = { 0 };
		char what[64];

		make_oci(&files, &tar, 1, pack, &says);
		files_write_tar(&files, tar_path);
		snprintf(what, sizeof(what), "an OCI archive, %s", packs[pack]);
		check_kind(tar_path, what, 7);
		clear_dir();
		files_write_dir(&files, dir_path);
		snprintf(what, sizeof(what), "a layout, %s", packs[pack]);
		check_kind(dir_path, what, 7);
		files_free(&files);
		make_docker(&files, &tar, 1, pack, &says);
		files_write_tar(&files, tar_path);
		snprintf(what, sizeof(what), "a docker archive, %s", packs[pack]);
		check_kind(tar_path, what, 6);
		files_free(&files);
	}
	free(tar.data);
}

/* --- annotation, label, file ------------------------------------------------------- */

static const struct {
	const char *what;
	struct says says;
	bool file; /* with M */
	unsigned int places;
	const char *fault;
} sayings[] = {
	{ "an annotation", { POLICY(M64), NULL, NULL }, false, 1, NULL },
	{ "a label", { NULL, POLICY(M64), NULL }, false, 2, NULL },
	{ "all three", { POLICY(M64), POLICY(M64), NULL }, true, 7, NULL },
	{ "empty domain", { POLICY(M64) TYPE(""), POLICY(M64), NULL }, true, 7, NULL },
	{ "the digest",
	  { NULL,
	    POLICY(M64) ",\"io.bulkhead.digest\":\"sha256:"
			"5b0d0a0ae9f7c0c8e6a4e9f2d8bc37b77de2ad7ab2c6c4e8a6ad4f8f9c1c8f11\"",
	    NULL },
	  false,
	  0,
	  "io.bulkhead.digest is not its module's digest" },
	{ "another label", { POLICY(M64), POLICY(N64), NULL }, false, 0, "its module is another" },
	{ "another file", { NULL, POLICY(N64), NULL }, true, 0, "its module is another" },
	{ "another annotation", { POLICY(N64), NULL, NULL }, true, 0, "its module is another" },
	{ "another domain",
	  { POLICY(M64) TYPE("a_t"), POLICY(M64) TYPE("b_t"), NULL },
	  false,
	  0,
	  "its domain is another" },
	{ "a domain in one only",
	  { POLICY(M64) TYPE("a_t"), POLICY(M64), NULL },
	  false,
	  0,
	  "its domain is another" },
	{ "a domain without module",
	  { NULL, "\"io.bulkhead.type\":\"web_t\"", NULL },
	  true,
	  0,
	  "a domain or a digest, but no module" },
	{ "not base64", { POLICY("%%%"), NULL, NULL }, false, 0, "not base64" },
	{ "a file beside a name", { POLICY("name:web"), NULL, NULL }, true, 0, "is the host's" },
	{ "two names",
	  { POLICY("name:web"), POLICY("name:db"), NULL },
	  false,
	  0,
	  "its module is another" },
	{ "a label beside a name",
	  { POLICY("name:web"), POLICY(M64), NULL },
	  false,
	  0,
	  "is the host's" },
	{ "a name beside a module",
	  { POLICY(M64), POLICY("name:web"), NULL },
	  false,
	  0,
	  "its module is another" },
	{ "a name with a digest",
	  { NULL, POLICY("name:web") ",\"io.bulkhead.digest\":\"sha256:0\"", NULL },
	  false,
	  0,
	  "a digest, but the module is the host's" },
	{ "a name with two domains",
	  { POLICY("name:web") TYPE("a_t"), POLICY("name:web"), NULL },
	  false,
	  0,
	  "its domain is another" },
	{ "a number", { "\"io.bulkhead.policy\":1", NULL, NULL }, false, 0, "not a string" },
	{ "a string with NUL", { POLICY("QQ==\\u0000"), NULL, NULL }, false, 0, "not a string" },
	{ "a name of another case",
	  { "\"IO.bulkhead.policy\":\"" M64 "\"", NULL, NULL },
	  false,
	  0,
	  "not a string" },
	{ "annotations of another case",
	  { NULL, NULL, "\"Annotations\":{" POLICY(M64) "}," },
	  false,
	  0,
	  "not an object" },
};

static void test_sayings(void)
{
	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		struct bytes tar = make_tar(sayings[i].file ? with_file : without_file);
		struct files files = { 0 };
		struct result result;

		make_oci(&files, &tar, 1, PLAIN, &sayings[i].says);
		result = look_at(&files);
		if (sayings[i].fault)
			tap_ok(result.ret == -EINVAL && said(sayings[i].fault), "refused: %s",
			       sayings[i].what);
		else
			tap_ok(!result.ret && !strcmp(result.text, M) &&
				       result.places == sayings[i].places,
			       "found: %s", sayings[i].what);
		files_free(&files);
		free(tar.data);
	}
}

static void test_name(void)
{
	const struct says says = { POLICY("name:web") TYPE("a_t"),
				   POLICY("name:web") TYPE("a_t") ",\"io.bulkhead.digest\":\"\"",
				   NULL };
	struct bytes tar = make_tar(without_file);
	struct files files = { 0 };
	struct result result;

	make_oci(&files, &tar, 1, PLAIN, &says);
	result = look_at(&files);
	tap_is_int(result.ret, 0, "annotation and label name one module of the host's");
	tap_is_text(result.named, "web", "its name is found");
	tap_ok(result.places == 3 && !result.len && !strcmp(result.type, "a_t"),
	       "in both, without a text, with its domain");
	files_free(&files);
	free(tar.data);
}

/* --- damage ------------------------------------------------------------------------ */

static struct files *make_plain(void)
{
	static struct files files;
	const struct says says = { POLICY(M64), POLICY(M64), NULL };
	struct bytes tar = make_tar(with_file);

	files_free(&files);
	make_oci(&files, &tar, 1, PLAIN, &says);
	free(tar.data);
	return &files;
}

/* The files of make_plain() are layer, configuration, manifest, index.json, oci-layout. */
static void test_damage(void)
{
	static const char *const names[] = { "layer", "configuration", "manifest" };
	struct files *files = make_plain();
	struct result result;
	struct stat st;

	tap_is_int(look_at(files).ret, 0, "an image as it should be");
	for (size_t i = 0; i < 3; i++) {
		files = make_plain();
		/* In the layer, behind all entries. */
		files->file[i].bytes.data[i ? 2 : files->file[i].bytes.len - 1] ^= 1;
		result = look_at(files);
		tap_ok(result.ret == -EBADMSG && said("digest"), "refused: %s with another digest",
		       names[i]);
		files = make_plain();
		files->file[i].name[20] ^= 1;
		result = look_at(files);
		tap_ok(result.ret == -ENOENT && said("the image lacks it"), "refused: no %s",
		       names[i]);
	}
	files = make_plain();
	files_write_tar(files, tar_path);
	stat(tar_path, &st);
	for (off_t size = 600; size < st.st_size - 10240; size += 997) {
		files_write_tar(files, tar_path);
		if (truncate(tar_path, size))
			perror("truncate");
		result = look(tar_path, NULL);
		tap_ok(result.ret < 0, "refused: cut at %ld", (long)size);
	}
	clear_dir();
	files = make_plain();
	files_write_dir(files, dir_path);
	snprintf(out_path, sizeof(out_path), "%s/%s", dir_path, files->file[0].name);
	unlink(out_path);
	if (symlink("/etc/passwd", out_path))
		perror("symlink");
	result = look(dir_path, NULL);
	tap_ok(result.ret == -ELOOP && said("a link, which is not followed"),
	       "refused: a blob of a layout that is a link");
}

/* One bad string in an otherwise good image. */
static void test_json(void)
{
	static const struct {
		const char *index, *fault;
	} bad[] = {
		{ "", "not the JSON" },
		{ "[]", "not the JSON" },
		{ "{} x", "not the JSON" },
		{ "{}", "an index without manifests" },
		{ "{\"manifests\":[]}", "not an image" },
		{ "{\"manifests\":{}}", "an index without manifests" },
		{ "{\"manifests\":[7]}", "without SHA-256" },
		{ "{\"manifests\":[{\"digest\":\"sha512:00\"}]}", "without SHA-256" },
		{ "{\"manifests\":[{\"digest\":\"sha256:../../../../etc/passwd\"}]}",
		  "without SHA-256" },
		{ "{\"Manifests\":[]}", "an index without manifests" },
	};
	char deep[256] = "";
	struct files *files;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		files = make_plain();
		free(files->file[3].bytes.data);
		files->file[3].bytes.data = strdup(bad[i].index);
		files->file[3].bytes.len = strlen(bad[i].index);
		tap_ok(look_at(files).ret == -EINVAL && said(bad[i].fault), "refused: index %s",
		       bad[i].index);
	}
	for (int i = 0; i < 33; i++)
		strcat(deep, "[");
	files = make_plain();
	memcpy(files->file[3].bytes.data, deep, 33);
	tap_ok(look_at(files).ret == -EINVAL && said("not the JSON"), "refused: JSON too deep");
}

static void test_names(void)
{
	static const struct {
		const char *name, *link, *fault;
	} bad[] = {
		{ "/x", NULL, "its name is absolute" },
		{ "../x", NULL, "has '..'" },
		{ "a/../../x", NULL, "has '..'" },
		{ "index.json", NULL, "its name comes twice" },
		{ "./index.json", NULL, "its name comes twice" },
		{ "x", "/etc/passwd", "a link that leads out" },
		{ "x", "../etc/passwd", "a link that leads out" },
		{ "a/x", "../../etc/passwd", "a link that leads out" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct files *files = make_plain();

		files_put_text(files, bad[i].name, "x");
		files->file[files->nr - 1].link = bad[i].link;
		tap_ok(look_at(files).ret == -EINVAL && said(bad[i].fault), "refused: %s%s%s",
		       bad[i].name, bad[i].link ? " to " : "", bad[i].link ? bad[i].link : "");
	}
}

static void test_long_name(void)
{
	struct files *files = make_plain();
	static char name[BH_ARCHIVE_NAME_MAX + 1];
	struct entry entries[] = { { name, "x" }, { 0 } };
	struct bytes tar;
	FILE *out;

	memset(name, 'x', sizeof(name) - 1);
	tar = make_tar(entries);
	out = fopen(tar_path, "w");
	fwrite(tar.data, 1, tar.len, out);
	fclose(out);
	tap_ok(look(tar_path, NULL).ret == -EINVAL && said("too long"), "refused: a name too long");
	free(tar.data);
	files_free(files);
}

/* docker save links to a layer that it wrote for another image. */
static void test_link(void)
{
	const struct says says = { 0 };
	struct bytes tar = make_tar(with_file);
	struct files files = { 0 };
	char to[120];

	make_docker(&files, &tar, 1, PLAIN, &says);
	snprintf(to, sizeof(to), "real/%.100s", files.file[0].name);
	files_put(&files, to, files.file[0].bytes.data, files.file[0].bytes.len);
	files.file[0].link = to;
	tap_ok(!look_at(&files).ret, "a link within the archive is followed");
	files.file[0].link = files.file[0].name;
	tap_ok(look_at(&files).ret == -ENOENT && said("lacks it"), "refused: a link to itself");
	files_free(&files);
	free(tar.data);
}

static void test_limits(void)
{
	static char zeros[1 << 20];
	struct bh_archive_limits limits = { 1000, 1000, 1ULL << 30, 1ULL << 30, 1000 };
	const struct entry bomb[] = { { "x", zeros, 0, false, sizeof(zeros) }, { 0 } };
	const struct says says = { 0 };
	struct bytes tar = make_tar(bomb), packed;
	struct files files = { 0 };
	char path[80], command[200];

	make_oci(&files, &tar, 1, GZIP, &says);
	files_write_tar(&files, tar_path);
	tap_is_int(look(tar_path, &limits).ret, 0, "what is within the limits");
	limits.free_bytes = 1000;
	limits.ratio = 10;
	tap_ok(look(tar_path, &limits).ret == -E2BIG && said("decompresses to too much"),
	       "refused: the ratio");
	limits.free_bytes = limits.bytes;
	limits.bytes = 100000;
	tap_ok(look(tar_path, &limits).ret == -E2BIG && said("decompresses to too much"),
	       "refused: the sum");
	limits.bytes = 1ULL << 30;
	limits.entries = 4;
	tap_ok(look(tar_path, &limits).ret == -E2BIG && said("more than 4 entries"),
	       "refused: entries of the archive");
	limits.entries = 1000;
	limits.layer_entries = 0;
	tap_ok(look(tar_path, &limits).ret == -E2BIG && said("too many entries"),
	       "refused: entries of a layer");
	files_free(&files);

	/* A layer that is compressed by the archive only. */
	make_oci(&files, &tar, 1, PLAIN, &says);
	files_write_tar(&files, tar_path);
	snprintf(path, sizeof(path), "%s.gz", tar_path);
	snprintf(command, sizeof(command), "gzip -c '%s' >'%s'", tar_path, path);
	tap_is_int(system(command), 0, "an archive in gzip");
	limits = (struct bh_archive_limits){ 1000, 1000, 1ULL << 30, 1ULL << 30, 1000 };
	tap_is_int(look(path, &limits).ret, 0, "is read");
	limits.bytes = 100000;
	tap_ok(look(path, &limits).ret == -E2BIG && said("decompresses to too much"),
	       "refused: too much of it");
	unlink(path);
	files_free(&files);

	/* Half of a compressed layer, by its right digest. */
	packed = pack_bytes(&tar, ZSTD);
	free(tar.data);
	tar = packed;
	tar.len /= 2;
	make_oci(&files, &tar, 1, PLAIN, &says);
	tap_ok(look_at(&files).ret == -EINVAL && said("damaged"), "refused: half of a layer");
	files_free(&files);
	free(tar.data);
}

static void test_large_module(void)
{
	static char text[BH_MODULE_TEXT_MAX + 2];
	const struct entry entries[] = { { FILE_ENTRY, text }, { 0 } };
	const struct says says = { 0 };
	struct files files = { 0 };
	struct bytes tar;

	memset(text, ';', sizeof(text) - 1);
	tar = make_tar(entries);
	make_oci(&files, &tar, 1, GZIP, &says);
	tap_ok(look_at(&files).ret == -EINVAL && said("larger than a module may be"),
	       "refused: a module too large");
	files_free(&files);
	free(tar.data);
	text[BH_MODULE_TEXT_MAX] = '\0';
	tar = make_tar(entries);
	make_oci(&files, &tar, 1, GZIP, &says);
	tap_is_int(look_at(&files).ret, 0, "and with a byte less it is not");
	files_free(&files);
	free(tar.data);
}

#define PACKAGE_MAGIC "\x8f\xff\x7c\xf9"

/* Embedding reads the result once more: labels and annotations may be as large as the file. */
static void test_large_package(void)
{
	static char text[BH_PACKAGE_BYTES_MAX + 2] = PACKAGE_MAGIC;
	const struct bh_source package = { "m.pp", text, BH_PACKAGE_BYTES_MAX };
	struct entry large[] = { { P, text, 0, false, BH_PACKAGE_BYTES_MAX + 1 }, { 0 } };
	const struct says nothing = { 0 };
	struct bytes tar = make_tar(large);
	struct files files = { 0 };
	struct result result;

	make_oci(&files, &tar, 1, PLAIN, &nothing);
	tap_ok(look_at(&files).ret == -EINVAL && said("larger than a module may be"),
	       "refused: a package too large");
	files_free(&files);
	free(tar.data);
	tar = make_tar(without_file);
	make_oci(&files, &tar, 1, PLAIN, &nothing);
	files_write_tar(&files, tar_path);
	tap_is_int(bh_image_embed(tar_path, NULL, &package, NULL, &error), 0,
		   "and with a byte less it is embedded");
	result = look(tar_path, NULL);
	tap_ok(!result.ret && result.places == 7 && result.len == package.len,
	       "it is in annotation, label and file");
	tap_is_text(result.file, ".bulkhead/policy.pp", "which is a package's");
	files_free(&files);
	free(tar.data);
}

static void test_embed_package(void)
{
	const struct bh_source package = { "m.pp", PACKAGE_MAGIC "ab", 6 };
	const struct says nothing = { 0 };
	struct bytes tar = make_tar(with_file);
	struct files files = { 0 };

	make_oci(&files, &tar, 1, GZIP, &nothing);
	files_write_tar(&files, tar_path);
	tap_ok(bh_image_embed(tar_path, NULL, &package, NULL, &error) == -EINVAL &&
		       said("it has /.bulkhead/policy.cil, which /.bulkhead/policy.pp does not "
			    "replace"),
	       "refused: a package beside CIL");
	files_free(&files);
	free(tar.data);
	tar = make_tar(without_file);
	make_docker(&files, &tar, 1, GZIP, &nothing);
	files_write_tar(&files, tar_path);
	tap_is_int(bh_image_embed(tar_path, NULL, &package, NULL, &error), 0,
		   "a package in a docker archive");
	tap_is_text(look(tar_path, NULL).file, ".bulkhead/policy.pp", "it is in its file");
	files_free(&files);
	free(tar.data);
}

/* --- several images ------------------------------------------------------------------ */

static void put_index(struct files *files, const char *const *hex, size_t nr, const char *type,
		      char *its_hex)
{
	static char json[65536];
	int len = sprintf(json, "{\"manifests\":[");

	for (size_t i = 0; i < nr; i++)
		len += sprintf(json + len, "%s{\"digest\":\"sha256:%s\",\"mediaType\":\"%s\"}",
			       i ? "," : "", hex[i], type);
	len += sprintf(json + len, "]}");
	if (its_hex)
		files_put_blob(files, json, (size_t)len, its_hex);
	else
		files_put(files, "index.json", json, (size_t)len);
}

#define INDEX "application/vnd.oci.image.index.v1+json"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"

/* Two images below @depth indexes; the second says @second. */
static void make_two(struct files *files, const char *second, int depth)
{
	const struct says says[] = { { POLICY(M64), NULL, NULL }, { second, NULL, NULL } };
	struct bytes tar = make_tar(without_file);
	char hex[2][65], index[8][65];
	const char *list[] = { hex[0], hex[1] };
	size_t size;

	for (int i = 0; i < 2; i++)
		make_manifest(files, &tar, 1, i ? GZIP : ZSTD, &says[i], hex[i], &size);
	put_index(files, list, 2, MANIFEST, depth ? index[0] : NULL);
	for (int i = 1; i <= depth; i++) {
		list[0] = index[i - 1];
		put_index(files, list, 1, INDEX, i < depth ? index[i] : NULL);
	}
	free(tar.data);
}

static void test_indexes(void)
{
	const char *list[300];
	struct files files = { 0 };
	struct result result;
	char hex[65];

	make_two(&files, POLICY(M64), 0);
	result = look_at(&files);
	tap_ok(!result.ret && result.images == 2, "two images");
	files_free(&files);
	make_two(&files, POLICY(M64), 4);
	result = look_at(&files);
	tap_ok(!result.ret && result.images == 2, "below four indexes");
	files_free(&files);
	make_two(&files, POLICY(M64), 5);
	tap_ok(look_at(&files).ret == -EINVAL && said("too deep"), "refused: below five");
	files_free(&files);
	make_two(&files, POLICY("%"), 1);
	tap_ok(look_at(&files).ret == -EINVAL && said("not base64"), "refused: the second is bad");
	files_free(&files);
	make_two(&files, POLICY(M64), 1);
	hex_of(files.file[2].bytes.data, files.file[2].bytes.len, hex);
	for (size_t i = 0; i < 300; i++)
		list[i] = hex;
	files.nr--;
	free(files.file[files.nr].bytes.data);
	put_index(&files, list, 300, MANIFEST, NULL);
	tap_ok(look_at(&files).ret == -EINVAL && said("more than 256 manifests"),
	       "refused: 300 manifests");
	files_free(&files);
}

/* --- embed --------------------------------------------------------------------------- */

static struct bytes read_file(const char *path)
{
	struct bytes bytes = { malloc(BYTES_MAX), 0 };
	FILE *in = fopen(path, "r");

	if (in) {
		bytes.len = fread(bytes.data, 1, BYTES_MAX, in);
		fclose(in);
	}
	return bytes;
}

static bool same_files(const char *left, const char *right)
{
	struct bytes a = read_file(left), b = read_file(right);
	bool same = a.len && a.len == b.len && !memcmp(a.data, b.data, a.len);

	free(a.data);
	free(b.data);
	return same;
}

static const struct bh_source module = { "m.cil", M, sizeof(M) - 1 };

static void check_embedded(const char *path, const char *type, unsigned int places, size_t images,
			   const char *what)
{
	struct result result = look(path, NULL);

	if (result.ret)
		tap_note("said", error.text);
	tap_ok(!result.ret && !strcmp(result.text, M) && !strcmp(result.type, type) &&
		       result.places == places && result.images == images,
	       "embedded in %s", what);
}

static void test_embed(void)
{
	static const struct entry with_package[] = { { P, N }, { 0 } };
	const struct says nothing = { 0 };
	const struct says before = { POLICY(N64) TYPE("old_t"), POLICY(N64) TYPE("old_t"), NULL };
	struct bytes tar = make_tar(without_file);
	struct files files = { 0 };
	char again[80];

	snprintf(out_path, sizeof(out_path), "%s/out", dir);
	snprintf(again, sizeof(again), "%s/again", dir);
	make_oci(&files, &tar, 1, GZIP, &before);
	files_write_tar(&files, tar_path);
	tap_is_int(bh_image_embed(tar_path, out_path, &module, "web_t", &error), 0, "embed");
	check_embedded(out_path, "web_t", 7, 1, "an OCI archive that had another");
	tap_ok(!strcmp(look(tar_path, NULL).text, N), "which itself stays");
	bh_image_embed(tar_path, again, &module, "web_t", &error);
	tap_ok(same_files(out_path, again), "the same input makes the same output");
	bh_image_embed(again, NULL, &module, "web_t", &error);
	tap_ok(same_files(out_path, again), "once more changes nothing");
	tap_is_int(bh_image_embed(again, NULL, &module, NULL, &error), 0, "without a domain");
	check_embedded(again, "", 7, 1, "and it is gone");
	clear_dir();
	files_write_dir(&files, dir_path);
	tap_is_int(bh_image_embed(dir_path, NULL, &module, "web_t", &error), 0, "a layout");
	check_embedded(dir_path, "web_t", 7, 1, "a layout");
	tap_ok(bh_image_embed(dir_path, out_path, &module, NULL, &error) == -EINVAL &&
		       said("without -o"),
	       "refused: a layout to another place");
	files_free(&files);
	make_docker(&files, &tar, 1, GZIP, &before);
	files_write_tar(&files, tar_path);
	tap_is_int(bh_image_embed(tar_path, NULL, &module, "web_t", &error), 0, "a docker archive");
	check_embedded(tar_path, "web_t", 6, 1, "a docker archive");
	files_free(&files);
	make_two(&files, "", 2);
	files_write_tar(&files, tar_path);
	tap_is_int(bh_image_embed(tar_path, NULL, &module, "web_t", &error), 0, "two images");
	check_embedded(tar_path, "web_t", 7, 2, "two images below two indexes");
	files_free(&files);
	unlink(again);
	free(tar.data);
	tar = make_tar(with_package);
	make_oci(&files, &tar, 1, GZIP, &nothing);
	files_write_tar(&files, tar_path);
	tap_ok(bh_image_embed(tar_path, NULL, &module, NULL, &error) == -EINVAL &&
		       said("does not replace"),
	       "refused: beside a package");
	files_free(&files);
	free(tar.data);
}

/* Number of names in the directory of the tests. */
static int count_names(void)
{
	char command[80];
	FILE *ls;
	int nr = -1;

	snprintf(command, sizeof(command), "find '%s' | wc -l", dir);
	ls = popen(command, "r");
	if (!ls || fscanf(ls, "%d", &nr) != 1)
		nr = -1;
	if (ls)
		pclose(ls);
	return nr;
}

static void test_embed_fails(void)
{
	struct files *files = make_plain();
	const struct bh_source other = { "n.cil", N, sizeof(N) - 1 };
	struct bytes before, after;
	int names;

	files->file[0].bytes.data[files->file[0].bytes.len - 1] ^= 1;
	files_write_tar(files, tar_path);
	clear_dir();
	files_write_dir(files, dir_path);
	before = read_file(tar_path);
	names = count_names();
	tap_is_int(bh_image_embed(tar_path, NULL, &other, NULL, &error), -EBADMSG,
		   "refused: a damaged archive");
	tap_is_int(bh_image_embed(dir_path, NULL, &other, NULL, &error), -EBADMSG,
		   "refused: a damaged layout");
	tap_is_int(bh_image_embed(tar_path, "/nowhere/x", &other, NULL, &error), -EBADMSG,
		   "refused: before it is written");
	after = read_file(tar_path);
	tap_ok(before.len == after.len && !memcmp(before.data, after.data, before.len),
	       "the archive stays as it is");
	tap_is_int(count_names(), names, "nothing is left of it");
	free(before.data);
	free(after.data);
	files_write_tar(make_plain(), tar_path);
	tap_is_int(bh_image_embed(tar_path, "/nowhere/x", &other, NULL, &error), -ENOENT,
		   "refused: nowhere to write to");
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (!mkdtemp(dir))
		return 1;
	snprintf(tar_path, sizeof(tar_path), "%s/tar", dir);
	snprintf(dir_path, sizeof(dir_path), "%s/layout", dir);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_layers(&rows[i]);
	test_kinds();
	test_sayings();
	test_name();
	test_damage();
	test_json();
	test_names();
	test_long_name();
	test_link();
	test_limits();
	test_large_module();
	test_large_package();
	test_embed_package();
	test_indexes();
	test_embed();
	test_embed_fails();
	files_free(make_plain());
	clear_dir();
	unlink(tar_path);
	unlink(out_path);
	rmdir(dir);
	return tap_done();
}
