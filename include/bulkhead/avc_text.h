/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A denial as SELinux writes it, for the loader's log and the kernel's audit log, so that both
 * say the same. Included once each, after
 *
 *	#define BH_AVC_OUT  type of what is written to
 *	#define BH_AVC_ADD  printf() to it: BH_AVC_ADD(BH_AVC_OUT *out, const char *format, ...)
 *
 * Source: SELinux Notebook, "Auditing SELinux Events".
 */
#ifndef BULKHEAD_AVC_TEXT_H
#define BULKHEAD_AVC_TEXT_H

#include <bulkhead/abi.h>
#include <bulkhead/classmap.h>

static const struct {
	const char *name;
	const char *permissions[33];
} bh_avc_classes[BH_NR_CLASSES + 1] = { BH_CLASSMAP_NAMES };

static const char *avc_class(__u32 tclass)
{
	return tclass && tclass <= BH_NR_CLASSES ? bh_avc_classes[tclass].name : "unknown";
}

/* The name of the permission with that bit; NULL when the class has no such permission. */
static const char *avc_permission(__u32 tclass, unsigned int bit)
{
	if (!tclass || tclass > BH_NR_CLASSES)
		return NULL;
	for (unsigned int i = 0; bh_avc_classes[tclass].permissions[i]; i++)
		if (i == bit)
			return bh_avc_classes[tclass].permissions[i];
	return NULL;
}

/* As audit does: in quotes, or as hex digits when it holds a quote, space or control. */
static void avc_add_untrusted(BH_AVC_OUT *out, const char *key, const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	bool plain = true;

	for (size_t i = 0; i < len; i++)
		if (text[i] == '"' || text[i] < 0x21 || text[i] > 0x7e)
			plain = false;
	BH_AVC_ADD(out, " %s=", key);
	if (plain) {
		BH_AVC_ADD(out, "\"%.*s\"", (int)len, text);
		return;
	}
	for (size_t i = 0; i < len; i++)
		BH_AVC_ADD(out, "%02X", (unsigned char)text[i]);
}

static void avc_add_permissions(BH_AVC_OUT *out, __u32 tclass, __u32 denied)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name;

		if (!(denied >> bit & 1))
			continue;
		name = avc_permission(tclass, bit);
		if (name)
			BH_AVC_ADD(out, " %s", name);
		else
			BH_AVC_ADD(out, " 0x%x", 1U << bit);
	}
}

static bool avc_denies(const struct bh_event *event, const char *permission)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name = avc_permission(event->tclass, bit);

		if (event->denied >> bit & 1 && name && !strcmp(name, permission))
			return true;
	}
	return false;
}

static void avc_add_detail(BH_AVC_OUT *out, const struct bh_event *event)
{
	switch (event->detail) {
	case BH_DETAIL_FILE:
		if (event->name[0])
			avc_add_untrusted(out, "name", event->name, sizeof(event->name));
		if (event->fsname[0])
			avc_add_untrusted(out, "dev", event->fsname, sizeof(event->fsname));
		BH_AVC_ADD(out, " ino=%llu", (unsigned long long)event->ino);
		break;
	case BH_DETAIL_PORT:
		BH_AVC_ADD(out, " %s=%u", avc_denies(event, "name_connect") ? "dest" : "src",
			   event->number);
		break;
	case BH_DETAIL_CAPABILITY:
		BH_AVC_ADD(out, " capability=%u", event->number);
		break;
	case BH_DETAIL_SIGNAL:
		BH_AVC_ADD(out, " signal=%u", event->number);
		break;
	case BH_DETAIL_TASK:
		BH_AVC_ADD(out, " opid=%u", event->number);
		break;
	}
}

/* Objects that are processes, or carry their label, have a process' role. */
static const char *avc_target_role(const struct bh_event *event)
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

/* From `avc:` to the object, which the two contexts follow. */
static void avc_add_head(BH_AVC_OUT *out, const struct bh_event *event)
{
	BH_AVC_ADD(out, "avc:  denied  {");
	avc_add_permissions(out, event->tclass, event->denied);
	BH_AVC_ADD(out, " } for  pid=%u", event->tgid);
	avc_add_untrusted(out, "comm", event->comm, sizeof(event->comm));
	avc_add_detail(out, event);
}

/* What follows the contexts. */
static void avc_add_tail(BH_AVC_OUT *out, const struct bh_event *event)
{
	BH_AVC_ADD(out, " tclass=%s permissive=%u", avc_class(event->tclass), event->permissive);
}

#endif /* BULKHEAD_AVC_TEXT_H */
