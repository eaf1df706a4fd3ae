// SPDX-License-Identifier: GPL-2.0
/* The validator's part for type transitions by the name of a new file. */
#include <errno.h>
#include <string.h>

#include "cil_validate_internal.h"

static const char *check_name(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= BH_FILENAME_MAX)
		return "a file's name has 1 to 255 bytes";
	if (strchr(name, '/'))
		return "a file's name has no /: it is one name and no path; filecon has paths";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "no new file can have that name";
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return "a control character in a file's name; leave it out";
	return NULL;
}

static bool is_same_type(const struct bh_validator *validator, const struct bh_cil_node *left,
			 const struct bh_cil_node *right)
{
	return bh_typesets_symbol(&validator->sets, left->text) ==
	       bh_typesets_symbol(&validator->sets, right->text);
}

static bool is_same_case(const struct bh_validator *validator, const struct bh_cil_node *left,
			 const struct bh_cil_node *right)
{
	return strcmp(bh_form_filename(left), bh_form_filename(right)) == 0 &&
	       strcmp(bh_form_argument(left, 3)->text, bh_form_argument(right, 3)->text) == 0 &&
	       is_same_type(validator, bh_form_argument(left, 1), bh_form_argument(right, 1)) &&
	       is_same_type(validator, bh_form_argument(left, 2), bh_form_argument(right, 2));
}

/* libsepol would say that there is one, but not where. */
static bool check_conflict(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	for (size_t i = 0; i < validator->nr_filetrans; i++) {
		const struct bh_cil_node *earlier = validator->filetrans[i];

		if (!is_same_case(validator, earlier, statement) ||
		    is_same_type(validator, bh_form_result(earlier), bh_form_result(statement)))
			continue;
		bh_refuse(&validator->refusals, -EINVAL, statement,
			  "line %u gives a file of that name another type", earlier->line);
		return false;
	}
	return true;
}

bool bh_filetrans_check(struct bh_validator *validator, const struct bh_cil_node *statement)
{
	const char *name = bh_form_filename(statement);
	const char *wrong;

	if (!name)
		return true;
	wrong = strcmp(bh_form_argument(statement, 3)->text, "process") == 0 ?
			"a process is no file; leave the name out" :
			check_name(name);
	if (wrong) {
		bh_refuse(&validator->refusals, -EINVAL, statement, "%s", wrong);
		return false;
	}
	if (!check_conflict(validator, statement))
		return false;
	if (validator->nr_filetrans < BH_MODULE_FILETRANS_MAX) {
		validator->filetrans[validator->nr_filetrans++] = statement;
		return true;
	}
	if (!validator->many_filetrans)
		bh_refuse(&validator->refusals, -E2BIG, statement,
			  "more than %d transitions by file name; label by filecon instead",
			  BH_MODULE_FILETRANS_MAX);
	validator->many_filetrans = true;
	return false;
}
