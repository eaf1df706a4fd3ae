// SPDX-License-Identifier: GPL-2.0
/* OCI states: what a hook is given on its standard input. */
#include "oci.h"
#include "tap.h"

static const char *const bad[] = {
	"",
	"{",
	"[]",
	"null",
	"{}",
	"{\"id\":7}",
	"{\"id\":\"\"}",
	"{\"id\":\"..\"}",
	"{\"id\":\"../x\"}",
	"{\"id\":\"a/b\"}",
	"{\"id\":\"a\\u0000b\"}",
	"{\"id\":\"a\\nb\"}",
	"{\"id\":\"a\"} x",
};

int main(void)
{
	static const char good[] =
		"{\"ociVersion\":\"1.0\",\"id\":\"a-1.b_c\",\"pid\":42,\"bundle\":\"/b\"}";
	static struct bh_error error;
	struct bh_oci oci;

	tap_is_int(bh_oci_state(good, strlen(good), &oci, &error), 0, "a state parses");
	tap_ok(!strcmp(oci.id, "a-1.b_c") && oci.pid == 42 && !strcmp(oci.bundle, "/b"),
	       "its members");
	bh_oci_free(&oci);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tap_ok(bh_oci_state(bad[i], strlen(bad[i]), &oci, &error) < 0 && !oci.id,
		       "refused: %zu", i);
		bh_oci_free(&oci);
	}
	return tap_done();
}
