# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A row of the table: what was tried, by whom, what became of it, and the record that was left.

declare -A identity # name of a container -> the end of its processes' contexts: DOMAIN:LEVEL
nr_rows=0 nr_right=0 nr_seen=0
records=()

# start NAME PODMAN-RUN-ARGUMENT...: start a container and learn in which context it runs.
start() {
	local name=$1 id
	shift
	id=$(podman run -d --name "$name" "$@")
	identity[$name]=$(bulkhead ps --json |
		jq -r --arg id "${id:0:12}" '.[] | select(.id | startswith($id)) | "\(.domain):\(.level)"')
	[[ -n ${identity[$name]} ]] || { echo "$name: not among bulkhead ps" >&2 && return 1; }
}

# What was denied since the last call.
read_records() {
	mapfile -t records < <(bulkhead log | tail -n "+$((nr_seen + 1))")
	nr_seen=$((nr_seen + ${#records[@]}))
}

# find_record CONTEXT PATTERN: the first of the records that this subject left and that matches.
find_record() {
	local record
	for record in "${records[@]}"; do
		[[ $record == *" scontext=system_u:system_r:$1 "* && $record =~ $2 ]] || continue
		echo "$record"
		return
	done
	return 1
}

# judge MUST SUBJECT PATTERN STATUS OUTPUT: print what to show under the row, if it is right.
judge() {
	local must=$1 context=${identity[$2]-} pattern=$3 status=$4 output=$5
	case $must in
	allowed)
		[[ $status == 0 && $output =~ $pattern ]] || return 1
		[[ -z $context ]] || ! find_record "$context" '' >/dev/null
		;;
	denied)
		[[ $status != 0 && -n $context ]] || return 1
		find_record "$context" "$pattern" | sed 's/^.*: avc:  /avc:  /'
		;;
	refused)
		[[ $status != 0 ]] || return 1
		grep -E -m1 -- "$pattern" <<<"$output"
		;;
	esac
}

# A record is long: its subject and object start a line of their own.
show() {
	printf '%14s%s\n' '' "${1%% scontext=*}"
	[[ $1 != *" scontext="* ]] || printf '%20sscontext=%s\n' '' "${1#* scontext=}"
}

# row MUST SUBJECT WHAT PATTERN COMMAND...: run COMMAND. MUST is
#   allowed  it succeeds, its output matches PATTERN, and no record names SUBJECT
#   denied   it fails, and a record that matches PATTERN has SUBJECT's own context
#   refused  it fails (a container does not start), and a line of its output matches PATTERN
# SUBJECT is a container, or whoever else acts; then nothing of it can be denied.
row() {
	local must=$1 subject=$2 what=$3 pattern=$4 status=0 output shown
	shift 4
	read_records
	output=$("$@" 2>&1 </dev/null) || status=$?
	read_records
	nr_rows=$((nr_rows + 1))
	if shown=$(judge "$must" "$subject" "$pattern" "$status" "$output"); then
		nr_right=$((nr_right + 1))
		printf '%3d  %-8s %-9s %s\n' "$nr_rows" "$must" "$subject" "$what"
		[[ -z $shown ]] || show "$shown"
		return
	fi
	printf '%3d  %-8s %-9s %s\n' "$nr_rows" WRONG "$subject" "$what"
	printf '     must be %s; exit status %d; output:\n%s\n' "$must" "$status" "$output"
	printf '     records, %d of it:\n' "${#records[@]}"
	bulkhead log | tail -n "$((${#records[@]} + 3))"
}

# in_container NAME COMMAND: a shell command, added to a container as podman exec does it.
in_container() {
	timeout 60 podman exec "$1" /bin/sh -c "$2"
}

title() {
	printf '\n%s\n' "$*"
}

# The last line, and the exit status.
summary() {
	printf '\n%d s\n%d rows, %d as they must be\n' "$SECONDS" "$nr_rows" "$nr_right"
	[[ $nr_rows -gt 0 && $nr_rows == "$nr_right" ]]
}
