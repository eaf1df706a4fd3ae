#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `bulkhead load` and what can be wrong with a host: one clear line, exit 1, nothing attached.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")

# in_mounts SCRIPT: in a mount namespace of its own.
in_mounts() {
	unshare --mount --propagation private bash -c "$1"
}

# Without those that an earlier test has had attached, for its volumes.
programs() {
	bulkhead status --json | jq '[.programs[] | select(startswith("bh_attr_") | not)] | length'
}

nothing_attached() {
	[[ ! -e /sys/fs/bpf/bulkhead/links ]] && ! bulkhead status &&
		# What nobody pinned would still be enforced: it cannot be, a probe is not labelled.
		"$here/probe" open /etc/shadow rdonly
}

before=$(programs)
still_the_same() {
	[[ $(programs) == "$before" ]] && ! bulkhead exec -- "$here/probe" open /etc/shadow rdonly
}

run "already loaded" refuses 'already loaded' bulkhead load
run "it holds as before" still_the_same
run "status: loaded" bash -c 'bulkhead status | grep -q "^mode: auto, enforcing$"'

# The version in the settings is what another version would have written.
abi=$(bulkhead status --json | jq .abi)
other_version() {
	"$here/pinned" abi 999
	local status=0
	"$@" || status=1
	"$here/pinned" abi "$abi"
	return "$status"
}
run "another version: load" other_version refuses 'version|ABI' bulkhead load
run "another version: exec" other_version refuses 'version|ABI' bulkhead exec -- true
run "another version: ps" other_version refuses 'version|ABI' bulkhead ps
run "it holds as before after that" still_the_same

run "unload" bulkhead unload
run "nothing attached after unload" nothing_attached
run "unload twice" refuses 'not loaded|nothing is loaded' bulkhead unload

run "not root" refuses 'root' setpriv --reuid 1000 --clear-groups bulkhead load
run "not root: nothing attached" nothing_attached
run "no BTF" refuses 'BTF' in_mounts \
	'mount -t tmpfs none /sys/kernel/btf && bulkhead load'
run "no BTF: nothing attached" nothing_attached
run "cgroup v1" refuses 'cgroup' in_mounts \
	'mount -t tmpfs none /sys/fs/cgroup && bulkhead load'
run "cgroup v1: nothing attached" nothing_attached
run "no securityfs" refuses 'securityfs|lsm' in_mounts \
	'umount /sys/kernel/security && bulkhead load'
run "no policy" refuses '/usr/share/bulkhead/policy' in_mounts \
	'mount -t tmpfs none /usr/share/bulkhead/policy && bulkhead load'
run "no policy: nothing attached" nothing_attached
run "neither strict nor not" bash -c 'bulkhead load --strict yes; test $? = 2'
run "wrong mode" bash -c 'bulkhead load --mode other; test $? = 2'
run "wrong mode: nothing attached" nothing_attached

killed_while_loading() {
	local pid
	for moment in 0.1 0.3 0.6 1; do
		bulkhead load &
		pid=$!
		sleep "$moment"
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		# Loaded whole, or not at all.
		! bulkhead status 2>/dev/null || [[ $(programs) == "$before" ]] || return 1
		bulkhead status 2>/dev/null && bulkhead unload
	done
	true
}
run "killed while loading: whole, or not at all" killed_while_loading

run "load again" bulkhead load
run "it holds again" still_the_same
plan
