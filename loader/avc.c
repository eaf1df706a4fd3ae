// SPDX-License-Identifier: GPL-2.0
/* Denials as SELinux writes them. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bulkhead/classmap.h>

#include "avc.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

static const struct {
	const char *name;
	const char *permissions[33];
} classes[BH_NR_CLASSES + 1] = { BH_CLASSMAP_NAMES };

const char *bh_avc_class(uint32_t tclass)
{
	return tclass && tclass <= BH_NR_CLASSES ? classes[tclass].name : "unknown";
}

const char *bh_avc_permission(uint32_t tclass, unsigned int bit)
{
	if (!tclass || tclass > BH_NR_CLASSES)
		return NULL;
	for (unsigned int i = 0; classes[tclass].permissions[i]; i++)
		if (i == bit)
			return classes[tclass].permissions[i];
	return NULL;
}

/* A line that grows; what does not fit is cut off. */
struct line {
	char *text;
	size_t size;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	size_t room = line->size - line->used;
	va_list args;
	int made;

	va_start(args, format);
	made = vsnprintf(line->text + line->used, room, format, args);
	va_end(args);
	if (made > 0)
		line->used += (size_t)made < room ? (size_t)made : room - 1;
}

/* As audit does: in quotes, or as hex digits when it holds a quote, space or control. */
static void add_untrusted(struct line *line, const char *key, const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	bool plain = true;

	for (size_t i = 0; i < len; i++)
		if (text[i] == '"' || text[i] < 0x21 || text[i] > 0x7e)
			plain = false;
	add(line, " %s=", key);
	if (plain) {
		add(line, "\"%.*s\"", (int)len, text);
		return;
	}
	for (size_t i = 0; i < len; i++)
		add(line, "%02X", (unsigned char)text[i]);
}

static void add_permissions(struct line *line, uint32_t tclass, uint32_t denied)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name;

		if (!(denied >> bit & 1))
			continue;
		name = bh_avc_permission(tclass, bit);
		if (name)
			add(line, " %s", name);
		else
			add(line, " 0x%x", 1U << bit);
	}
}

static bool denies(const struct bh_event *event, const char *permission)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name = bh_avc_permission(event->tclass, bit);

		if (event->denied >> bit & 1 && name && !strcmp(name, permission))
			return true;
	}
	return false;
}

static void add_detail(struct line *line, const struct bh_event *event)
{
	switch (event->detail) {
	case BH_DETAIL_FILE:
		if (event->name[0])
			add_untrusted(line, "name", event->name, sizeof(event->name));
		if (event->fsname[0])
			add_untrusted(line, "dev", event->fsname, sizeof(event->fsname));
		add(line, " ino=%llu", (unsigned long long)event->ino);
		break;
	case BH_DETAIL_PORT:
		add(line, " %s=%u", denies(event, "name_connect") ? "dest" : "src", event->number);
		break;
	case BH_DETAIL_CAPABILITY:
		add(line, " capability=%u", event->number);
		break;
	case BH_DETAIL_SIGNAL:
		add(line, " signal=%u", event->number);
		break;
	case BH_DETAIL_TASK:
		add(line, " opid=%u", event->number);
		break;
	}
}

/* Objects that are processes, or carry their label, have a process' role. */
static const char *target_role(const struct bh_event *event)
{
	switch (event->tclass) {
	case BH_CLASS_PROCESS:
	case BH_CLASS_PROCESS2:
	case BH_CLASS_CAPABILITY:
	case BH_CLASS_CAPABILITY2:
	case BH_CLASS_CAP_USERNS:
	case BH_CLASS_CAP2_USERNS:
	case BH_CLASS_FD:
		return "system_r";
	}
	return event->target.type == event->source.type ? "system_r" : "object_r";
}

void bh_avc_format(const struct bh_event *event, const struct bh_avc_names *names, uint64_t real_ns,
		   uint64_t serial, char *text, size_t size)
{
	struct line line = { text, size, 0 };

	add(&line, "type=AVC msg=audit(%llu.%03llu:%llu): avc:  denied  {",
	    (unsigned long long)(real_ns / NS_PER_S),
	    (unsigned long long)(real_ns % NS_PER_S / NS_PER_MS), (unsigned long long)serial);
	add_permissions(&line, event->tclass, event->denied);
	add(&line, " } for  pid=%u", event->tgid);
	add_untrusted(&line, "comm", event->comm, sizeof(event->comm));
	add_detail(&line, event);
	add(&line, " scontext=system_u:system_r:%s:%s", names->source, names->source_level);
	add(&line, " tcontext=system_u:%s:%s:%s", target_role(event), names->target,
	    names->target_level);
	add(&line, " tclass=%s permissive=%u", bh_avc_class(event->tclass), event->permissive);
	if (names->container[0])
		add_untrusted(&line, "container", names->container, BH_NAME_MAX);
	if (names->module[0])
		add_untrusted(&line, "module", names->module, BH_NAME_MAX + 24);
}
