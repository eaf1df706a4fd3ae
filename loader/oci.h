/* SPDX-License-Identifier: GPL-2.0 */
/* What an OCI runtime says about a container: its state and its config.json. */
#ifndef BULKHEAD_OCI_H
#define BULKHEAD_OCI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "error.h"

/* Annotations are in both, with a package in base64. */
#define BH_OCI_STATE_MAX (16U << 20) /* bytes of the state */
#define BH_OCI_CONFIG_MAX (16U << 20) /* bytes of a config.json */

struct json_object;

struct bh_oci_mount {
	const char *destination; /* in the container */
	const char *source; /* NULL: none */
	bool bind;
};

/* Strings belong to the parsed JSON. NULL: not given. */
struct bh_oci {
	struct json_object *state;
	struct json_object *config;
	const char *id;
	pid_t pid; /* 0: the state has none (poststop) */
	const char *bundle;
	char *rootfs; /* absolute, without links */
	const char *policy; /* annotation io.bulkhead.policy */
	bool of_image; /* the image says so: its file must agree */
	const char *type; /* annotation io.bulkhead.type */
	const char *level; /* of process.selinuxLabel */
	struct bh_oci_mount *mounts;
	size_t nr_mounts;
};

/**
 * bh_oci_state() - Parse the state.
 * @text:  JSON.
 * @len:   Its length.
 * @oci:   Receives id, pid and bundle; freed by bh_oci_free(), also on error.
 * @error: Receives why not.
 *
 * Source: OCI Runtime Specification, runtime.md, "State".
 * Return: 0; -EINVAL it is no state, or its id is no name.
 */
int bh_oci_state(const char *text, size_t len, struct bh_oci *oci, struct bh_error *error);

/**
 * bh_oci_config() - Read the bundle's config.json.
 * @oci:   From bh_oci_state(); receives the rest.
 * @error: Receives why not.
 *
 * Source: OCI Runtime Specification, config.md.
 * Return: 0; -EINVAL it is no configuration; -ENOMEM; the error of reading it.
 */
int bh_oci_config(struct bh_oci *oci, struct bh_error *error);

/**
 * bh_oci_free() - Free what was parsed.
 * @oci: From bh_oci_state().
 */
void bh_oci_free(struct bh_oci *oci);

#endif /* BULKHEAD_OCI_H */
