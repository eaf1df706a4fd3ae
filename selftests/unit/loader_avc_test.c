// SPDX-License-Identifier: GPL-2.0
/* Denials as text and as JSON; what a container chooses cannot forge a record. */
#include <stdlib.h>

#include <bulkhead/classmap.h>

#include "avc.h"
#include "tap.h"

#define TIME_NS 1700000000123456789ULL

static const struct bh_avc_names names = { "web_t", "s0:c1,c2", "unlabeled_t", "s0", "web", "" };

static struct bh_event file_event(void)
{
	struct bh_event event = {
		.tclass = BH_CLASS_FILE,
		.tgid = 12,
		.source = { 5, 0 },
		.target = { 6, 0 },
		.denied = BH_FILE__READ | BH_FILE__OPEN,
		.ino = 123,
		.detail = BH_DETAIL_FILE,
		.comm = "cat",
		.fsname = "ext4",
		.name = "shadow",
	};

	return event;
}

static void is_line(const struct bh_event *event, const char *want, const char *what)
{
	static char line[BH_AVC_LINE_MAX];

	bh_avc_format(event, &names, TIME_NS, 7, line, sizeof(line));
	if (!tap_ok(strstr(line, want) != NULL, "%s", what))
		tap_note("line", line);
}

static void test_file(void)
{
	struct bh_event event = file_event();

	is_line(&event,
		"type=AVC msg=audit(1700000000.123:7): avc:  denied  { read open } for  pid=12 "
		"comm=\"cat\" name=\"shadow\" dev=\"ext4\" ino=123 "
		"scontext=system_u:system_r:web_t:s0:c1,c2 "
		"tcontext=system_u:object_r:unlabeled_t:s0 tclass=file permissive=0 "
		"container=\"web\"",
		"a file's record is SELinux's");
}

static void test_details(void)
{
	struct bh_event event = file_event();

	event.detail = BH_DETAIL_PORT;
	event.number = 8080;
	event.tclass = BH_CLASS_TCP_SOCKET;
	event.denied = BH_TCP_SOCKET__NAME_CONNECT;
	is_line(&event, "comm=\"cat\" dest=8080 scontext", "a connect has a destination");
	event.denied = BH_TCP_SOCKET__NAME_BIND;
	is_line(&event, "comm=\"cat\" src=8080 scontext", "a bind has a source");
	event.detail = BH_DETAIL_CAPABILITY;
	event.tclass = BH_CLASS_CAPABILITY;
	event.denied = BH_CAPABILITY__NET_RAW;
	event.number = 13;
	is_line(&event, "{ net_raw }", "a capability has its name");
	is_line(&event, "capability=13", "a capability has its number");
	is_line(&event, "tcontext=system_u:system_r:", "its target is a process");
	event.tclass = 9999;
	is_line(&event, "tclass=unknown", "an unknown class does not crash");
	event.tclass = BH_CLASS_PROCESS2;
	event.denied = 1U << 31;
	is_line(&event, "{ 0x80000000 }", "an unknown permission is a number");
}

static void test_hostile(void)
{
	struct bh_event event = file_event();

	memcpy(event.name, "x\" permissive=1", 16);
	is_line(&event, " name=782220706572", "a quote is written in hex");
	memcpy(event.name, "a\ntype=AVC", 11);
	is_line(&event, " name=610A74797065", "a newline is written in hex");
	memset(event.comm, 'A', sizeof(event.comm));
	memset(event.name, 'B', sizeof(event.name));
	is_line(&event, "comm=\"AAAAAAAAAAAAAAAA\" name=\"BBBB", "no NUL is no overrun");
}

static void test_json(void)
{
	static char line[BH_AVC_LINE_MAX];
	struct bh_event event = file_event();
	char *json;

	memcpy(event.comm, "a b", 4);
	bh_avc_format(&event, &names, TIME_NS, 7, line, sizeof(line));
	json = bh_avc_json(line);
	tap_is_text(json ? json : "",
		    "{\"time_ms\":1700000000123,\"serial\":7,\"permissions\":[\"read\",\"open\"],"
		    "\"pid\":12,\"comm_hex\":\"612062\",\"name\":\"shadow\",\"dev\":\"ext4\","
		    "\"ino\":123,\"scontext\":\"system_u:system_r:web_t:s0:c1,c2\","
		    "\"tcontext\":\"system_u:object_r:unlabeled_t:s0\",\"tclass\":\"file\","
		    "\"permissive\":0,\"container\":\"web\"}",
		    "a record as JSON");
	free(json);
	tap_ok(!bh_avc_json("type=AVC msg=audit(1.2:3): avc: nothing") && !bh_avc_json(""),
	       "what is no record is none");
}

int main(void)
{
	test_file();
	test_details();
	test_hostile();
	test_json();
	return tap_done();
}
