#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Denials in the kernel's audit log, as auditd writes it and ausearch reads it.

# shellcheck disable=SC2317 # functions are called by `run`
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
log=/var/log/audit/audit.log
scratch=/var/tmp/bulkhead/audit
probe=$here/probe

mkdir -p /var/log/audit "$scratch/volume" /usr/lib/bulkhead/odd
echo f >"$scratch/secret"
echo f >"$scratch/volume/f"
echo f >"$scratch/a\"b"
cp "$probe" "/usr/lib/bulkhead/odd/a b"
auditd || exit 1
trap 'kill "$(pidof auditd)"; rm -f "$output"' EXIT

# since: forget what the log holds until now.
since() {
	bulkhead log >/dev/null
	bulkhead_lines=$(wc -l </run/bulkhead/avc.log)
	: >>"$log"
	audit_lines=$(wc -l <"$log")
}

# records: the AVC records of the audit log since then; auditd is told to write what it has.
records() {
	sleep 0.5
	tail -n "+$((audit_lines + 1))" "$log" | grep '^type=AVC ' || :
}

# text: of a record, what two logs have in common.
text() {
	sed -e 's/^.*): avc:/avc:/' -e 's/ container=.*$//' -e 's/ module=.*$//'
}

# denied COMMAND...: the probe is denied it; its only record is left in $record.
denied() {
	local status=0
	since
	"$@" || status=$?
	record=$(records)
	echo "status $status: $record"
	[[ $status == 13 && $(wc -l <<<"$record") == 1 ]]
}

confined() {
	bulkhead exec --level s0:c1,c2 --volume "$scratch/volume:shared" -- "$@"
}

quiet() {
	bulkhead exec --policy "$here/policy/audit.cil" -- "$@"
}

file_record() {
	denied confined "$probe" open "$scratch/secret" rdonly &&
		[[ $record =~ ^type=AVC\ msg=audit\([0-9.]+:[0-9]+\):\ avc:\ \ denied\ \ \{\ read\ open\ \}\ for\ \ pid=[0-9]+\ comm=\"probe\"\ name=\"secret\"\ dev=\"ext4\"\ ino=[0-9]+\ scontext=system_u:system_r:container_t:s0:c1,c2\ tcontext=system_u:object_r:tmp_t:s0\ tclass=file\ permissive=0$ ]]
}

syscall_record() {
	local serial
	denied confined "$probe" open "$scratch/secret" rdonly || return 1
	serial=${record#*audit(}
	serial=${serial%%)*}
	grep -F "type=SYSCALL msg=audit($serial): arch=c000003e syscall=257 success=no exit=-13" "$log"
}

# The twin: what is allowed leaves no record.
allowed() {
	since
	confined "$probe" open "$scratch/volume/f" rdonly && [[ -z $(records) ]]
}

host_allowed() {
	since
	"$probe" open "$scratch/secret" rdonly && [[ -z $(records) ]]
}

by_ausearch() {
	denied confined "$probe" open "$scratch/secret" rdonly &&
		ausearch -m AVC --raw -if "$log" -su system_u:system_r:container_t:s0:c1,c2 |
		grep -q 'type=AVC .*name="secret"'
}

ausearch_interprets() {
	denied confined "$probe" open "$scratch/a\"b" rdonly &&
		ausearch -m AVC -i -if "$log" | grep -F 'name=a"b '
}

odd_name() {
	denied confined "$probe" open "$scratch/a\"b" rdonly && [[ $record == *' name=612262 dev='* ]]
}

odd_comm() {
	denied confined "/usr/lib/bulkhead/odd/a b" open "$scratch/secret" rdonly &&
		[[ $record == *' comm=612062 name='* ]]
}

# newline: a name with one must not begin a record of its own.
newline() {
	local name=$scratch/$'x\ntype=AVC'
	echo f >"$name"
	since
	# The probe splits at newlines, so a shell in the container's place opens it.
	bulkhead exec --level s0:c1,c2 -- /bin/busybox cat "$name" 2>/dev/null
	record=$(records)
	rm -f "$name"
	echo "$record"
	[[ $record == *' name=780A747970653D415643 dev='* && $(wc -l <<<"$record") == 1 ]]
}

# Categories in all forms, from one to many.
level() {
	since
	bulkhead exec --level "$1" -- "$probe" open "$scratch/secret" rdonly
	records | grep -F " scontext=system_u:system_r:container_t:$2 tcontext="
}

# not_recorded: dontaudit holds for this log, too; what it does not name is recorded.
not_recorded() {
	local status=0
	since
	quiet "$probe" open "$scratch/secret" rdonly || status=$?
	[[ $status == 13 && -z $(records) ]]
}

recorded_beside() {
	since
	quiet "$probe" open "$scratch/secret" wronly
	records | grep -F '{ write open }'
}

# both_logs CONFINED... COMMAND...: the two logs say the same.
both_logs() {
	since
	"$@"
	diff <(records | text) \
		<(bulkhead log >/dev/null && tail -n "+$((bulkhead_lines + 1))" /run/bulkhead/avc.log | text) &&
		[[ -n $(records) ]]
}

module_count() {
	sed -n "s/^$1 //p" /sys/kernel/security/bulkhead/status
}

counted() {
	local before
	before=$(module_count records)
	denied confined "$probe" open "$scratch/secret" rdonly &&
		[[ $(module_count records) == $((before + 1)) ]]
}

run "a denial is a record of type AVC" file_record
run "SYSCALL of the same serial accompanies it" syscall_record
run "what is allowed leaves none" allowed
run "the host's own leaves none" host_allowed
run "ausearch finds it by its context" by_ausearch
run "ausearch interprets what was encoded" ausearch_interprets
run "a quote in the name: as hex" odd_name
run "a blank in comm: as hex" odd_comm
run "a newline in the name: one record" newline
run "no category" level s0 s0
run "one category" level s0:c5 s0:c5
run "two categories" level s0:c5,c6 s0:c5,c6
run "many categories" level s0:c1,c2,c4.c9,c1023 s0:c1,c2,c4.c9,c1023
run "dontaudit: no record" not_recorded
run "beside dontaudit: a record" recorded_beside
run "both logs: port bound" both_logs quiet "$probe" bind tcp 127.0.0.1 81
run "both logs: port connected" both_logs quiet "$probe" connect tcp 127.0.0.1 81
run "both logs: signal" both_logs confined "$probe" kill 1 15
run "both logs: capability" both_logs confined "$probe" sethostname
run "both logs: directory" both_logs confined "$probe" mkdir "$scratch/new"
run "the module counts it" counted
plan
