// SPDX-License-Identifier: GPL-2.0
/* JSON from a runtime or an image: bounded, and without two meanings. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "json.h"

struct json_object *bh_json_parse(const char *text, size_t len, enum json_type type)
{
	struct json_tokener *tokener = json_tokener_new_ex(BH_JSON_DEPTH);
	struct json_object *object;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* With its NUL, so that a number at the end is complete. */
	object = json_tokener_parse_ex(tokener, text, (int)len + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    !json_object_is_type(object, type)) {
		json_object_put(object);
		object = NULL;
	}
	json_tokener_free(tokener);
	return object;
}

int bh_json_member(struct json_object *object, const char *name, enum json_type type,
		   struct json_object **member)
{
	*member = NULL;
	if (!json_object_is_type(object, json_type_object))
		return 0;
	json_object_object_foreach (object, key, value) {
		if (strcasecmp(key, name))
			continue;
		if (strcmp(key, name) || (value && !json_object_is_type(value, type)))
			return -EINVAL;
		*member = value;
	}
	return 0;
}

int bh_json_string(struct json_object *object, const char *name, const char **value)
{
	struct json_object *member;
	int ret = bh_json_member(object, name, json_type_string, &member);

	*value = member ? json_object_get_string(member) : NULL;
	if (*value && strlen(*value) != (size_t)json_object_get_string_len(member))
		return -EINVAL;
	return ret;
}
