/* SPDX-License-Identifier: GPL-2.0 */
/* JSON from a runtime or an image: bounded, and without two meanings. */
#ifndef BULKHEAD_JSON_H
#define BULKHEAD_JSON_H

#include <json-c/json.h>
#include <stddef.h>

#define BH_JSON_DEPTH 32

/**
 * bh_json_parse() - Parse strictly.
 * @text: JSON.
 * @len:  Its length; less than INT_MAX.
 * @type: What it must be.
 *
 * Return: the value, freed by json_object_put(); NULL: not JSON, too deep, another type.
 */
struct json_object *bh_json_parse(const char *text, size_t len, enum json_type type);

/**
 * bh_json_member() - A member of an object.
 * @object: The object; NULL or something else has no members.
 * @name:   Its name. Engines are written in Go, which takes names that differ in case for
 *          the same: such a one is an error.
 * @type:   What it must be.
 * @member: Receives it, owned by @object; NULL: absent, or null.
 *
 * Return: 0; -EINVAL another type, a name of another case, or a string with a NUL.
 */
int bh_json_member(struct json_object *object, const char *name, enum json_type type,
		   struct json_object **member);

/**
 * bh_json_string() - A member that is a string.
 * @object: As bh_json_member().
 * @name:   As bh_json_member().
 * @value:  Receives it, owned by @object; NULL: absent.
 *
 * Return: As bh_json_member().
 */
int bh_json_string(struct json_object *object, const char *name, const char **value);

#endif /* BULKHEAD_JSON_H */
