// SPDX-License-Identifier: GPL-2.0
/* The text of what went wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

/* Takes the place of the last line when there is no room for more. */
#define MORE "...and more"

int bh_fail(struct bh_error *error, int code, const char *format, ...)
{
	va_list args;

	if (!error)
		return code;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return code;
}

/* A line that does not fit whole is left out and MORE says so, once. */
static void append_line(struct bh_error *error, const char *format, va_list args)
{
	size_t used = strlen(error->text);
	size_t room = sizeof(error->text) - used;
	size_t start = used;
	int len;

	if (used >= strlen(MORE) && strcmp(error->text + used - strlen(MORE), MORE) == 0)
		return;
	if (room < sizeof("\n" MORE))
		return;
	if (used > 0)
		error->text[used++] = '\n';
	room = sizeof(error->text) - used;
	len = vsnprintf(error->text + used, room, format, args);
	if (len < 0) {
		error->text[start] = '\0';
		return;
	}
	if ((size_t)len + sizeof("\n" MORE) > room)
		memcpy(error->text + used, MORE, sizeof(MORE));
}

int bh_fail_add(struct bh_error *error, int code, const char *format, ...)
{
	va_list args;

	if (!error)
		return code;
	va_start(args, format);
	append_line(error, format, args);
	va_end(args);
	return code;
}

int bh_fail_prefix(struct bh_error *error, int code, const char *format, ...)
{
	char prefix[512];
	va_list args;
	size_t len;
	size_t text;

	if (!error)
		return code;
	va_start(args, format);
	vsnprintf(prefix, sizeof(prefix) - 2, format, args);
	va_end(args);
	strcat(prefix, ": ");

	len = strlen(prefix);
	text = strlen(error->text);
	if (text > sizeof(error->text) - len - 1)
		text = sizeof(error->text) - len - 1;
	memmove(error->text + len, error->text, text);
	error->text[len + text] = '\0';
	memcpy(error->text, prefix, len);
	return code;
}
