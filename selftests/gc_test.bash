#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What containers leave: given back by their stop, or by the next start if whoever should have done
# it was killed, wherever that was. Policies stay for the next start, but not for ever. A start
# with many containers makes as many system calls as one with none.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
probe=$here/probe
work=$(mktemp -d /var/tmp/gc.XXXXXX)
mkdir "$work/volume"
level=s0:c11,c12

cat >"$work/web.cil" <<-'CIL'
	(type web_t)
	(allow web_t usr_t (file (read getattr map execute open execute_no_trans)))
	(allow web_t self (process (fork sigchld)))
	(allow web_t unconfined_t (fd (use)))
	(type page_t)
	(typetransition web_t container_file_t file index.html page_t)
CIL
(cat "$work/web.cil"; echo '; another') >"$work/other.cil"

web() {
	bulkhead exec --policy "$work/web.cil" --volume "$work/volume:private" -- "$probe" exec0
}
containers() {
	"$here/pinned" count bh_containers bh_pairs bh_leases bh_names
}
policies() {
	"$here/pinned" count bh_policies bh_policyinfo bh_types bh_filetrans
}
collect() {
	bulkhead boolean virt_sandbox_use_fusefs=off
}

# Policies that nobody uses.
collect
none=$(policies)
before=$(containers)
run "a start with a module" web
kept=$(policies)
kept_names=$(containers)
run "its policy is kept" test "$kept" != "$none"
run "of the container nothing is" test "${kept_names/names=1/names=0}" == "$before"
saved() {
	stat -c '%n %i %y' /run/bulkhead/policies/*
}
first=$(saved)
run "the next start" web
run "has that policy" test "$(saved)" == "$first"
run "and has left as little" test "$(containers) $(policies)" == "$kept_names $kept"
bounded() {
	bulkhead exec --policy "$work/other.cil" -- "$probe" exec0 || return 1
	[[ $(policies) != "$kept" ]] || return 1
	"$here/pinned" stops 63
	web || return 1
	policies
	[[ $(policies) == "$none" && $(containers) == "$before" ]]
}
run "after 64 stops none is" bounded
run "and again" web
run "a boolean drops it, too" collect
run "so that none is left" test "$(policies) $(containers)" == "$none $before"

(cat "$work/web.cil"; echo '(allow web_t usr_t (dir (read getattr open search)))
(allow web_t usr_t (lnk_file (read getattr)))
(allow web_t unconfined_t (fifo_file (read write getattr ioctl)))') >"$work/shell.cil"
holder --policy "$work/shell.cil"
held=$(policies)
in_use() {
	web || return 1
	"$here/pinned" stops 63
	web || return 1
	[[ $(policies) == "$held" ]]
}
run "one that is in use stays" in_use
let_go

# A level that two have: the pair is taken until both are gone, whoever goes first.
pairs() {
	"$here/pinned" count bh_pairs
}
shared_level() {
	bulkhead exec --level "$level" -- "$probe" exec0 || return 1
	[[ $(pairs) == "bh_pairs=1 " ]]
}
holder --level "$level"
run "a level of two: the second goes, the pair is taken" shared_level
let_go
run "both are gone, and it is free" test "$(pairs)" == "bh_pairs=0 "

# An index that is wrong: the record is another container's.
holder
wrong_name() {
	local key
	key=$(bulkhead ps --json | jq '.[0].cgroup')
	"$here/pinned" name wrong "$key"
	echo '{"ociVersion":"1.0","id":"wrong","bundle":"/nowhere"}' | bulkhead hook poststop || return 1
	bulkhead ps --json | jq -e 'length == 1'
}
run "a name that is wrong stops nobody else" wrong_name
unknown_name() {
	echo '{"ociVersion":"1.0","id":"unknown","bundle":"/nowhere"}' | bulkhead hook poststop || return 1
	bulkhead ps --json | jq -e 'length == 1'
}
run "nor does one that is not there" unknown_name
let_go
collect
run "what was wrong is collected" test "$(containers)" == "$before"

# Killed at each system call that may change a map: what is left the next start takes back, and
# the volume, which is private, is not somebody's who is gone.
killed_at() {
	strace -qq -o /dev/null -e trace=bpf -e "inject=bpf:signal=SIGKILL:when=$1" \
		bulkhead exec --policy "$work/web.cil" --volume "$work/volume:private" -- \
		"$probe" exec0
}
settle() {
	local i
	# It removes the cgroup, which the kernel releases a moment later.
	bulkhead exec -- "$probe" exec0 || return 1
	for ((i = 0; i < 100; i++)); do
		[[ $(bulkhead ps --json) != '[]' ]] || break
		sleep 0.05
	done
	web
}
killed_everywhere() {
	local when now=''
	for ((when = 1; when < 300; when++)); do
		! killed_at "$when" || break
		if ! settle || ! now="$(containers) $(policies)" ||
			[[ $now != "$kept_names $kept" ]]; then
			echo "killed at call $when: $now"
			return 1
		fi
	done
	echo "calls: $when"
	((when > 40 && when < 300))
}
collect
run "killed at any call: the next start takes all back" killed_everywhere

# BASE's is there, so that not one more fits.
full() {
	collect
	"$here/pinned" policies 4095 && web && [[ $(policies) == "$kept" ]]
}
run "a full map of policies is emptied first" full

at_once() {
	local i pids=()
	for ((i = 0; i < 8; i++)); do
		bulkhead exec --policy "$work/web.cil" -- "$probe" exec0 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || return 1
	done
	[[ "$(containers) $(policies)" == "$kept_names $kept" ]]
}
collect
run "eight at once publish one policy" at_once

# calls: of a start and a stop.
calls() {
	strace -qq -o "$work/calls" -e trace=bpf bulkhead exec --policy "$work/web.cil" -- \
		"$probe" exec0 || return 1
	wc -l <"$work/calls"
}
calls >/dev/null
few=$(calls)
"$here/pinned" crowd 1000
crowded() {
	local many
	many=$(calls)
	echo "alone $few, among 1000 $many"
	# A start takes back what the one before it has left, if the kernel has let go of that by then.
	((few > 20 && many <= few + 2))
}
run "a thousand containers cost no system call" crowded
all_there() {
	collect
	bulkhead status --json | jq -e '.containers == 1000'
}
run "and none of them is lost" all_there
"$here/pinned" leave 1000
collect
run "names without a record are collected" test "$(containers) $(policies)" == "$before $none"

rm -rf "$work"
plan
