#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `bulkhead lock`, in a guest of its own: it holds until that is off. The guest has audit=0, so
# that records find no audit log either.

# shellcheck disable=SC2317 # functions are called by `run`
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
pins=/sys/fs/bpf/bulkhead

start_probe() {
	coproc probe { bulkhead exec --level s0:c1,c2 -- "$here/probe"; }
	read -r _ <&"${probe[0]}"
}

end_probe() {
	# shellcheck disable=SC2154 # set by coproc
	local to=${probe[1]} pid=$probe_PID
	exec {to}>&-
	wait "$pid"
}

# asked ERRNO COMMAND...: the running probe's answer.
asked() {
	local answer
	echo "${*:2}" >&"${probe[1]}"
	read -r answer _ <&"${probe[0]}"
	echo "answer: $answer"
	[[ $answer == "$1" ]]
}

# A link goes a moment after its last pin: so long, and no longer, is waited for it.
link_goes_s=10

soon_asked() {
	local i
	for ((i = 0; i < link_goes_s; i++)); do
		asked "$@" && return
		sleep 1
	done
	return 1
}

fresh() {
	local status=0
	bulkhead exec -- "$here/probe" open "$@" || status=$?
	[[ $status == 13 ]]
}

says() {
	local said
	said=$("${@:2}")
	echo "said: $said"
	[[ $said == "$1" ]]
}

status_line() {
	bulkhead status | grep -qx "$1"
}

# audit=0: the denial holds, the ring buffer has it, and what the audit log did not take is counted.
no_audit() {
	bulkhead log >/dev/null
	local lines
	lines=$(wc -l </run/bulkhead/avc.log)
	asked 13 open /etc/shadow rdonly && bulkhead log >/dev/null &&
		[[ $(wc -l </run/bulkhead/avc.log) == $((lines + 1)) ]] &&
		grep -qx 'records 0' /sys/kernel/security/bulkhead/status &&
		! status_line 'unaudited: 0'
}

held() {
	cat /sys/kernel/security/bulkhead/status
	grep -qx "held $(find "$pins/links" -type f | wc -l)" /sys/kernel/security/bulkhead/status
}

modprobe dummy || exit 1
start_probe
run "audit=0: denied, recorded, counted" no_audit
run "not locked" status_line 'locked: no'
run "not locked: a module that is not there is not there" says '2 2' "$here/foreign" delete
run "not locked: a module is removed" rmmod dummy
run "not root" refuses 'root' setpriv --reuid 1000 --clear-groups bulkhead lock

run "not locked: denied" asked 13 open /etc/shadow rdonly
rm "$pins/links/bh_file_mprotect__"*
run "a link is missing: it would be no lock" refuses 'bulkhead.ko: hold what is attached' bulkhead lock
run "that was no lock" status_line 'locked: no'
# The twin of what comes below: without the lock the pins are all that holds.
rm -r "$pins"
run "not locked: without pins nothing is enforced" soon_asked 0 open /etc/shadow rdonly
end_probe
run "not locked: load once more" bulkhead load
start_probe

modprobe dummy
run "lock" bulkhead lock
run "locked" status_line 'locked: yes'
run "locked: all links are held" held
run "lock twice" bulkhead lock
run "unload is refused" refuses '^bulkhead: locked: nothing detaches before the next boot$' bulkhead unload
run "no module is removed" bash -c '! rmmod dummy && test -e /sys/module/dummy'
run "nor this one" bash -c '! rmmod bulkhead && test -e /sys/module/bulkhead'
run "nor this one by force" bash -c '! rmmod -f bulkhead && test -e /sys/module/bulkhead'
run "by neither number of the system call" says '1 1' "$here/foreign" delete
run "the seal stays: EPERM" says 1 "$here/foreign" write release
run "denied as before" asked 13 open /etc/shadow rdonly
run "allowed as before" asked 0 open "$here/probe" rdonly
run "containers start, and are denied" fresh /etc/shadow rdonly
run "booleans are switched" bulkhead boolean docker_connect_any=on
run "and back" bulkhead boolean docker_connect_any=off

rm -r "$pins"
sleep "$link_goes_s"
run "without pins: denied" asked 13 open /etc/shadow rdonly
run "without pins: allowed" asked 0 open "$here/probe" rdonly
run "without pins: children are denied" asked 13 fork open /etc/shadow rdonly
run "without pins: unload is refused" refuses 'locked' bulkhead unload
run "without pins: load is refused" refuses 'locked' bulkhead load
end_probe
plan
