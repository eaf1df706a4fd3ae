#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Booleans, of BASE and of modules: what they allow, that they last, and that nothing that both
# values allow is refused for a moment, nor what neither allows is allowed, while they switch.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
probe=$here/probe
work=$(mktemp -d)
EACCES=13

exits() {
	local wanted=$1 status=0
	shift
	"$@" || status=$?
	echo "status $status, wanted $wanted"
	[[ $status == "$wanted" ]]
}
value() {
	bulkhead boolean --json "$1" | jq -e ".[0].value == $2 and .[0].default == false and length == 1"
}
terminal() {
	bulkhead exec -- "$probe" open /dev/tty1 rdwr
}

run "one is off" value container_use_devices false
run "the table" bash -c '[[ $(bulkhead boolean container_use_devices | tail -n 1 | tr -s " ") == \
	"container_use_devices off off BASE" ]]'
run "no device" exits $EACCES terminal
run "on" bulkhead boolean container_use_devices=on
run "it is on" value container_use_devices true
run "then there is" exits 0 terminal
run "nothing else" exits $EACCES bulkhead exec -- "$probe" open /etc/shadow rdonly
run "an unknown one" refuses '^bulkhead: no boolean nope; see bulkhead boolean$' \
	bulkhead boolean container_use_devices=off nope=on
run "all or none: it is still on" exits 0 terminal
run "an unknown one is not shown" refuses '^bulkhead: no boolean nope; see bulkhead boolean$' \
	bulkhead boolean nope
run "a value that is none" exits 2 bulkhead boolean container_use_devices=yes

over_a_reload() {
	bulkhead unload && bulkhead load && terminal
}
run "it lasts over a reload" over_a_reload
run "off" bulkhead boolean container_use_devices=off
run "then there is none" exits $EACCES terminal
run "a file of another's is refused" bash -c 'chown 1000 /etc/bulkhead/booleans
	said=$(bulkhead boolean 2>&1); status=$?
	chown 0 /etc/bulkhead/booleans; echo "$said"
	[[ $status == 1 && $said == "bulkhead: /etc/bulkhead/booleans: others than root may write it: chown root, chmod go-w" ]]'

# A socket of the host's.
coproc "$probe"
read -r _ <&"${COPROC[0]}"
echo "unixbind stream @boolean-host" >&"${COPROC[1]}"
read -r bound <&"${COPROC[0]}"
run "the host listens" test "${bound%% *}" = 0
connect() {
	bulkhead exec -- "$probe" unixconnect stream @boolean-host
}
run "not to the host's socket" exits $EACCES connect
run "docker_connect_any" bulkhead boolean docker_connect_any=on
run "to the host's socket" exits 0 connect
run "docker_connect_any off" bulkhead boolean docker_connect_any=off
run "not any more" exits $EACCES connect
eval "exec ${COPROC[1]}>&-"

# A module's own, and the same one under BASE's.
cat >"$work/own.cil" <<'M'
(type own_t)
(boolean own_reads false)
(allow own_t usr_t (file (read getattr map execute open execute_no_trans)))
(allow own_t self (process (fork sigchld)))
(allow own_t unconfined_t (fd (use)))
(booleanif own_reads
	(true (allow own_t shadow_t (file (read getattr open)))))
M
run "a module with a boolean" bulkhead module install own "$work/own.cil"
shadow() {
	bulkhead exec --policy name:own -- "$probe" open /etc/shadow rdonly
}
run "it is off" exits $EACCES shadow
run "own_reads=on" bulkhead boolean own_reads=on
run "it is on" exits 0 shadow
run "the list names the module" bash -c '[[ $(bulkhead boolean own_reads | tail -n 1 | tr -s " ") == \
	"own_reads on off own" ]]'

# While it switches: a process that lives, of BASE and of the module.
# switching STATUS POLICY COMMAND: COMMAND, over and over, never has another result.
switching() {
	local policy=() runner before after
	[[ -z $2 ]] || policy=(--policy "$2")
	# It leaves the processor to who switches: on an emulated one they would share it.
	nice -n 15 bulkhead exec "${policy[@]}" -- "$probe" < <(yes "repeat 100 $3") >"$work/answers" &
	runner=$!
	until [[ $(wc -l <"$work/answers") -ge 3 ]]; do
		kill -0 "$runner" || return 1
	done
	before=$(wc -l <"$work/answers")
	for _ in 1 2; do
		bulkhead boolean own_reads=off container_use_devices=on || return 1
		bulkhead boolean own_reads=on container_use_devices=off || return 1
	done
	after=$(wc -l <"$work/answers")
	kill "$runner"
	wait "$runner"
	echo "$before answers before, $after after; without the first, by errno:"
	# The first says that it runs, the last may be cut.
	sed '1d;$d' "$work/answers" | cut -d' ' -f1 | sort | uniq -c | tee "$work/errnos"
	((after > before + 3)) && [[ $(wc -l <"$work/errnos") == 1 ]] &&
		grep -q " $1\$" "$work/errnos"
}
run "BASE: what both allow" switching 0 '' "open $probe rdonly"
run "the module: what both allow" switching 0 name:own "open $probe rdonly"
run "BASE: what neither allows" switching $EACCES '' "open /etc/shadow wronly"
run "the module: what neither allows" switching $EACCES name:own "open /etc/shadow wronly"

# One process, before and after; on one CPU, whose access vector cache then has the row.
lives() {
	local answer
	coproc taskset -c 0 bulkhead exec --policy name:own -- "$probe"
	read -r _ <&"${COPROC[0]}"
	for value in on off on; do
		bulkhead boolean "own_reads=$value"
		echo "open /etc/shadow rdonly" >&"${COPROC[1]}"
		read -r answer <&"${COPROC[0]}"
		echo "$value: $answer"
		[[ $value == on && ${answer%% *} == 0 || $value == off && ${answer%% *} == "$EACCES" ]] ||
			return 1
	done
	eval "exec ${COPROC[1]}>&-"
	wait
}
run "a process that lives feels it" lives

# A policy whose inputs are lost cannot be switched: then none is.
none_of_them() {
	local status
	coproc bulkhead exec --policy name:own -- "$probe"
	read -r _ <&"${COPROC[0]}"
	mv /run/bulkhead/policies "$work/policies"
	refuses 'policy [0-9]+: /run/bulkhead/policies/[0-9]+: No such file or directory' \
		bulkhead boolean container_use_devices=on
	status=$?
	mv "$work/policies" /run/bulkhead/policies
	eval "exec ${COPROC[1]}>&-"
	wait
	[[ $status == 0 ]] && value container_use_devices false && exits "$EACCES" terminal
}
run "all policies or none" none_of_them

run "own_reads=off" bulkhead boolean own_reads=off
run "what has its default is not kept" bash -c '! grep = /etc/bulkhead/booleans'
run "remove the module" bulkhead module remove own
rm -rf "$work"
plan
