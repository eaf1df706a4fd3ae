// SPDX-License-Identifier: GPL-2.0
/* Denials as SELinux writes them. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "avc.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

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

#define BH_AVC_OUT struct line
#define BH_AVC_ADD add
#include <bulkhead/avc_text.h>

const char *bh_avc_class(uint32_t tclass)
{
	return avc_class(tclass);
}

const char *bh_avc_permission(uint32_t tclass, unsigned int bit)
{
	return avc_permission(tclass, bit);
}

void bh_avc_format(const struct bh_event *event, const struct bh_avc_names *names, uint64_t real_ns,
		   uint64_t serial, char *text, size_t size)
{
	struct line line = { text, size, 0 };

	add(&line,
	    "type=AVC msg=audit(%llu.%03llu:%llu): ", (unsigned long long)(real_ns / NS_PER_S),
	    (unsigned long long)(real_ns % NS_PER_S / NS_PER_MS), (unsigned long long)serial);
	avc_add_head(&line, event);
	add(&line, " scontext=system_u:system_r:%s:%s", names->source, names->source_level);
	add(&line, " tcontext=system_u:%s:%s:%s", avc_target_role(event), names->target,
	    names->target_level);
	avc_add_tail(&line, event);
	if (names->container[0])
		avc_add_untrusted(&line, "container", names->container, BH_NAME_MAX);
	if (names->module[0])
		avc_add_untrusted(&line, "module", names->module, BH_NAME_MAX + 24);
}
