#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A container changes no label that is an attribute, and attributes of a file by file_setattr(2) only
# where it may.

# shellcheck disable=SC2317 # functions are called by `run`
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
volume=/var/tmp/bulkhead/xattr

mkdir -p "$volume"
echo f >"$volume/host"
setfattr -n security.bulkhead -v container_file_t:s0 "$volume/host"

# asked ERRNO PAIR COMMAND...: container_t with that pair.
asked() {
	local status=0
	bulkhead exec --level "s0:$2" --volume "$volume:shared" -- "$here/probe" "${@:3}" || status=$?
	echo "status $status"
	bulkhead log | tail -n 2
	[[ $status == "$1" ]]
}

last_record() {
	bulkhead log | tail -n 1 | grep -F "$1"
}

# On 6.1, with BPF among the LSMs, nobody else asks; later kernels want CAP_SYS_ADMIN first.
cannot() {
	if [[ $(uname -r) == 6.1.* ]]; then
		asked 13 c1,c2 "$@" && last_record '{ relabelfrom relabelto }'
	else
		asked 1 c1,c2 "$@" && last_record '{ sys_admin }'
	fi
}

# The twin: what the host may do says that it is not the file system that refuses.
host_sets() {
	"$here/probe" setxattr "$volume/host" "$1" && "$here/probe" removexattr "$volume/host" "$1"
}

run "a container does not set a label" cannot setxattr "$volume/host" security.bulkhead
run "nor SELinux's" cannot setxattr "$volume/host" security.selinux
run "nor removes one" cannot removexattr "$volume/host" security.bulkhead
run "it is there still" bash -c "[[ \$(getfattr --only-values -n security.bulkhead $volume/host 2>/dev/null) == container_file_t:s0 ]]"
run "another attribute it does set" asked 0 c1,c2 setxattr "$volume/host" user.x
run "and remove" asked 0 c1,c2 removexattr "$volume/host" user.x
run "the host sets SELinux's" host_sets security.selinux
run "the host sets a label" host_sets security.bulkhead

run "a file of its own" asked 0 c1,c2 open "$volume/own" wronly,creat
# file_setattr(2) came with 6.17.
if [[ $(uname -r) == 6.* ]]; then
	run "no file_setattr" asked 38 c1,c2 setfileattr "$volume/own"
else
	run "file_setattr: another container: denied" asked 13 c3,c4 setfileattr "$volume/own"
	run "file_setattr: the record" last_record '{ setattr }'
	run "file_setattr: its own: allowed" asked 0 c1,c2 setfileattr "$volume/own"
fi
plan
