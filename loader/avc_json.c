// SPDX-License-Identifier: GPL-2.0
/* AVC messages as JSON. */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avc.h"
#include "cleanup.h"

static void put_string(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

/* { read open } */
static void put_permissions(struct json_object *object, char *text)
{
	struct json_object *list = json_object_new_array();
	char *word;

	while ((word = strsep(&text, " ")))
		if (*word)
			json_object_array_add(list, json_object_new_string(word));
	json_object_object_add(object, "permissions", list);
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Keys whose unquoted value is a string in hex, not a number. */
static bool is_untrusted(const char *key)
{
	return !strcmp(key, "comm") || !strcmp(key, "name") || !strcmp(key, "dev") ||
	       !strcmp(key, "container") || !strcmp(key, "module");
}

/* KEY=VALUE; a value in hex stays hex, under the key KEY_hex: it may be no text. */
static void put_pair(struct json_object *object, char *word)
{
	char *value = strchr(word, '=');
	char key[64];

	if (!value)
		return;
	*value++ = '\0';
	if (*value == '"') {
		value[strlen(value) - 1] = '\0';
		put_string(object, word, value + 1);
	} else if (is_untrusted(word)) {
		snprintf(key, sizeof(key), "%s_hex", word);
		put_string(object, key, value);
	} else if (is_number(value)) {
		json_object_object_add(object, word,
				       json_object_new_int64(strtoll(value, NULL, 10)));
	} else {
		put_string(object, word, value);
	}
}

char *bh_avc_json(const char *line)
{
	BH_FREE char *copy = strdup(line);
	unsigned long long seconds, ms, serial;
	struct json_object *object;
	char *open, *close, *rest, *word, *json;

	if (!copy ||
	    sscanf(copy, "type=AVC msg=audit(%llu.%llu:%llu)", &seconds, &ms, &serial) != 3)
		return NULL;
	open = strchr(copy, '{');
	close = open ? strstr(open, "} for ") : NULL;
	if (!close)
		return NULL;
	*close = '\0';
	object = json_object_new_object();
	json_object_object_add(object, "time_ms",
			       json_object_new_int64((int64_t)(seconds * 1000 + ms)));
	json_object_object_add(object, "serial", json_object_new_int64((int64_t)serial));
	put_permissions(object, open + 1);
	for (rest = close + strlen("} for "); (word = strsep(&rest, " "));)
		put_pair(object, word);
	json = strdup(json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return json;
}
