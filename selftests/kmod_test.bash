#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bulkhead.ko: its seal, what it says of itself, and Bulkhead without it.

# shellcheck disable=SC2317 # functions are called by `run`
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
foreign=$here/foreign
dir=/sys/kernel/security/bulkhead
keep_out=/etc/modprobe.d/bulkhead-test.conf
trap 'rm -f "$output" "$keep_out"' EXIT

count() {
	sed -n "s/^$1 //p" "$dir/status"
}

# says EXPECTED COMMAND...: that is what it prints.
says() {
	local expected=$1 said
	shift
	said=$("$@")
	echo "said: $said"
	[[ $said == "$expected" ]]
}

denied() {
	local status=0
	bulkhead exec -- "$here/probe" open /etc/shadow rdonly || status=$?
	[[ $status == 13 ]]
}

# A foreign program forges a record: it gets EPERM, and no record is written.
foreign_gets_nothing() {
	local records refused
	records=$(count records) refused=$(count refused)
	says 'audit=-1 lock=-1 keep=-1 read=-1' "$foreign" &&
		[[ $(count records) == "$records" && $(count refused) == $((refused + 4)) ]]
}

sealed_gets_record() {
	local records
	records=$(count records)
	denied && [[ $(count records) -gt $records ]]
}

status_lines() {
	cat "$dir/status"
	[[ $(count sealed) -gt 30 && $(count locked) == no && $(count held) == 0 ]] &&
		[[ "bulkhead $(<"$dir/version") (ABI $(<"$dir/abi"))" == "$(bulkhead --version)" ]]
}

unprivileged() {
	! setpriv --reuid 1000 --clear-groups "$foreign" write release | grep -qx 0 &&
		! setpriv --bounding-set -sys_admin "$foreign" write release | grep -qx 0
}

run "a program that is not Bulkhead's gets nothing" foreign_gets_nothing
run "Bulkhead's own writes a record" sealed_gets_record
run "it says what holds" status_lines
run "sealed once: EBUSY" says 16 "$foreign" seal
run "the link of another is not held: EPERM" says 1 "$foreign" lock
run "no command: EINVAL" says 22 "$foreign" write frob
run "no number: EINVAL" says 22 "$foreign" write 'seal x'
run "without descriptors: EINVAL" says 22 "$foreign" write 'seal '
run "another key than the sealed programs have: EBUSY" says 16 "$foreign" write "key $(printf '%032d' 0)"
run "no key: EINVAL" says 22 "$foreign" write 'key 0'
run "nothing waits to be written: settled" says 0 "$foreign" write settle
run "a descriptor of something else: EINVAL" says 22 "$foreign" write 'lock 0'
run "not root, or without the capability" unprivileged
run "after all that it is sealed still" sealed_gets_record
run "in use: not removed" bash -c '! rmmod bulkhead'

run "unload" bulkhead unload
# The twins: the foreign program's calls work if it is what was sealed.
run "what was sealed gets an answer" says 'audit=0 lock=0 keep=0 read=0' "$foreign" seal
run "without a seal nobody does" says 'audit=-1 lock=-1 keep=-1 read=-1' "$foreign"
run "nothing to lock" refuses 'not loaded' bulkhead lock
run "not in use: removed" remove_module

echo 'install bulkhead /bin/false' >"$keep_out"
run "without the module: load" bulkhead load
run "without the module: status says what is lost" \
	bash -c 'bulkhead status | grep -q "^module: absent (no persistent labels, audit records or lock)$"'
run "without the module: denied" denied
run "without the module: no lock" refuses 'bulkhead.ko is not loaded' bulkhead lock
run "without the module: unload" bulkhead unload
rm -f "$keep_out"
run "load again" bulkhead load
run "sealed again" sealed_gets_record
plan
