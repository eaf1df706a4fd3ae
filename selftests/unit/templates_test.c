// SPDX-License-Identifier: GPL-2.0
/*
 * The blocks that udica's modules inherit, by libsepol alone: what they give, and which of them
 * is beyond container_t.
 */
#include <bulkhead/classmap.h>

#include "fixture.h"
#include "policy_cil.h"
#include "policy_oracle.h"

/* What udica writes for each container, and what the compiler adds. */
#define HEAD "(block web\n(blockinherit container)\n"
#define CAPABILITIES                                                                             \
	"(allow process process (capability (audit_write chown dac_override fowner fsetid kill " \
	"mknod net_bind_service net_raw setfcap setgid setpcap setuid sys_chroot)))\n"
#define FILES ")\n(typeattributeset file_type web.socket)"
#define TAIL FILES "(typebounds container_t web.process)(typebounds container_file_t web.socket)"

static sepol_policydb_t *compile(const char *text, bool bounds, char **log)
{
	struct bh_source *all = calloc(fixture_base.nr_source + 1, sizeof(*all));
	sepol_policydb_t *policydb;

	memcpy(all, fixture_base.source, fixture_base.nr_source * sizeof(*all));
	all[fixture_base.nr_source] = (struct bh_source){ "web.cil", text, strlen(text) };
	bh_cil_compile(all, fixture_base.nr_source + 1, bounds, &policydb, log);
	free(all);
	return policydb;
}

static uint32_t verdict(sepol_policydb_t *policydb, const char *role, const char *type,
			uint32_t tclass)
{
	struct bh_oracle_verdict verdict = { 0 };
	struct bh_oracle oracle;
	char context[128];
	uint32_t source;

	bh_oracle_open(&oracle, policydb);
	source = bh_oracle_sid(&oracle, "system_u:system_r:web.process:s0");
	snprintf(context, sizeof(context), "system_u:%s:%s:s0", role, type);
	bh_oracle_ask(&oracle, source, bh_oracle_sid(&oracle, context), tclass, &verdict);
	bh_oracle_close(&oracle);
	return verdict.allowed;
}

static void within(const char *block, const char *text)
{
	sepol_policydb_t *policydb;
	char *log;

	policydb = compile(text, true, &log);
	if (!tap_ok(policydb != NULL, "%s is within container_t's bounds", block))
		tap_note("log", log);
	free(log);
	sepol_policydb_free(policydb);
}

/* Beyond the bounds it needs a grant; as a trusted module it compiles. */
static void beyond(const char *block, const char *what, const char *type, uint32_t tclass,
		   uint32_t permission)
{
	sepol_policydb_t *policydb;
	char text[1024];
	char *log;

	snprintf(text, sizeof(text), HEAD "(blockinherit %s)\n" CAPABILITIES TAIL, block);
	policydb = compile(text, true, &log);
	tap_ok(!policydb && strstr(log, what), "%s is not: %s", block, what);
	free(log);
	sepol_policydb_free(policydb);
	snprintf(text, sizeof(text), HEAD "(blockinherit %s)\n" CAPABILITIES FILES, block);
	policydb = compile(text, false, &log);
	tap_ok(policydb &&
		       verdict(policydb,
			       strcmp(type, "virtd_t") && strcmp(type, "xserver_t") ? "object_r" :
										      "system_r",
			       type, tclass) &
			       permission,
	       "%s gives it to who is trusted", block);
	free(log);
	sepol_policydb_free(policydb);
}

static void test_container(void)
{
	char *log;
	sepol_policydb_t *policydb = compile(HEAD TAIL, true, &log);

	if (!tap_ok(policydb != NULL, "container compiles")) {
		tap_note("log", log);
		free(log);
		return;
	}
	free(log);
	tap_ok(verdict(policydb, "object_r", "container_file_t", BH_CLASS_FILE) & BH_FILE__WRITE,
	       "container writes its files");
	tap_ok(verdict(policydb, "object_r", "web.socket", BH_CLASS_SOCK_FILE) &
		       BH_SOCK_FILE__CREATE,
	       "makes sockets of its own type");
	tap_ok(!verdict(policydb, "object_r", "http_port_t", BH_CLASS_TCP_SOCKET), "has no port");
	tap_ok(!verdict(policydb, "system_r", "web.process", BH_CLASS_TCP_SOCKET) &&
		       !verdict(policydb, "system_r", "web.process", BH_CLASS_CAPABILITY),
	       "no socket of the network, and no capability");
	tap_ok(!verdict(policydb, "object_r", "user_home_t", BH_CLASS_FILE) &&
		       !verdict(policydb, "object_r", "shadow_t", BH_CLASS_FILE),
	       "nothing of the host's");
	sepol_policydb_free(policydb);
}

static void test_network(void)
{
	char *log;
	sepol_policydb_t *policydb;

	policydb = compile(HEAD "(blockinherit restricted_net_container)\n"
				"(allow process mysqld_port_t (tcp_socket (name_bind)))\n" TAIL,
			   true, &log);
	free(log);
	tap_ok(policydb && verdict(policydb, "object_r", "mysqld_port_t", BH_CLASS_TCP_SOCKET) ==
				   BH_TCP_SOCKET__NAME_BIND,
	       "restricted_net_container binds the port that the module names");
	tap_ok(policydb && verdict(policydb, "object_r", "http_port_t", BH_CLASS_TCP_SOCKET) ==
				   BH_TCP_SOCKET__NAME_CONNECT,
	       "connects to http");
	tap_ok(policydb && !verdict(policydb, "object_r", "redis_port_t", BH_CLASS_TCP_SOCKET),
	       "and has no other");
	sepol_policydb_free(policydb);

	policydb = compile(HEAD "(blockinherit net_container)\n" TAIL, true, &log);
	free(log);
	tap_ok(policydb && verdict(policydb, "object_r", "redis_port_t", BH_CLASS_TCP_SOCKET) ==
				   (BH_TCP_SOCKET__NAME_BIND | BH_TCP_SOCKET__NAME_CONNECT),
	       "net_container has all");
	sepol_policydb_free(policydb);
}

int main(void)
{
	fixture_read_base();
	test_container();
	test_network();
	within("container with its capabilities", HEAD CAPABILITIES TAIL);
	within("net_container", HEAD "(blockinherit net_container)\n" CAPABILITIES TAIL);
	within("restricted_net_container",
	       HEAD "(blockinherit restricted_net_container)\n" CAPABILITIES TAIL);
	within("tty_container", HEAD "(blockinherit tty_container)\n" CAPABILITIES TAIL);
	beyond("home_container", "user_home_t", "user_home_t", BH_CLASS_FILE, BH_FILE__READ);
	beyond("home_rw_container", "user_home_t", "user_home_t", BH_CLASS_FILE, BH_FILE__WRITE);
	beyond("home_manage_container", "user_home_t", "user_home_t", BH_CLASS_FILE,
	       BH_FILE__UNLINK);
	beyond("log_container", "var_log_t", "var_log_t", BH_CLASS_FILE, BH_FILE__READ);
	beyond("log_rw_container", "var_log_t", "var_log_t", BH_CLASS_FILE, BH_FILE__WRITE);
	beyond("log_manage_container", "var_log_t", "var_log_t", BH_CLASS_FILE, BH_FILE__UNLINK);
	beyond("config_container", "system_conf_t", "system_conf_t", BH_CLASS_FILE, BH_FILE__READ);
	beyond("config_rw_container", "etc_t", "etc_t", BH_CLASS_FILE, BH_FILE__WRITE);
	beyond("config_manage_container", "etc_t", "etc_t", BH_CLASS_FILE, BH_FILE__UNLINK);
	beyond("tmp_container", "tmp_t", "tmp_t", BH_CLASS_FILE, BH_FILE__READ);
	beyond("tmp_rw_container", "tmp_t", "tmp_t", BH_CLASS_FILE, BH_FILE__WRITE);
	beyond("virt_container", "virtd_t", "virtd_t", BH_CLASS_UNIX_STREAM_SOCKET,
	       BH_UNIX_STREAM_SOCKET__CONNECTTO);
	beyond("x_container", "xserver_t", "xserver_t", BH_CLASS_UNIX_STREAM_SOCKET,
	       BH_UNIX_STREAM_SOCKET__CONNECTTO);
	bh_base_free(&fixture_base);
	return tap_done();
}
