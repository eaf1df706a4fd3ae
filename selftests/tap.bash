# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the tests in bash share: TAP, an assertion, and a container that lives. A file sources this, calls `run` for
# each test and ends with `plan`.

number=0 failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT
echo "TAP version 13"

# run NAME COMMAND [ARG...]: one test; what it said is shown when it failed.
run() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@" >"$output" 2>&1 </dev/null; then
		echo "ok $number $name"
	else
		sed 's/^/# /' "$output"
		echo "not ok $number $name"
		failed=$((failed + 1))
	fi
}

# refuses PATTERN COMMAND [ARG...]: it exits with 1 and says one line, which matches PATTERN.
refuses() {
	local pattern=$1 said status=0
	shift
	said=$("$@" 2>&1 >/dev/null) || status=$?
	echo "status $status, said: $said"
	[[ $status == 1 && $(wc -l <<<"$said") == 1 && $said =~ $pattern ]]
}

# holder OPTION...: a container of `bulkhead exec` that lives until let_go.
holder() {
	pipes=$(mktemp -d)
	mkfifo "$pipes/in" "$pipes/out"
	bulkhead exec "$@" -- /bin/bash -c 'echo up; read -r' <"$pipes/in" >"$pipes/out" &
	holder=$!
	exec 7>"$pipes/in" 8<"$pipes/out"
	local word
	read -r -u 8 word && [[ $word == up ]]
}

let_go() {
	exec 7>&- 8<&-
	wait "$holder" || :
	rm -r "$pipes"
}

# remove_module: it goes a moment after its programs, each of which keeps it.
remove_module() {
	local i
	for ((i = 0; i < 10; i++)); do
		rmmod bulkhead && return
		sleep 1
	done
	return 1
}

# labels_written: bulkhead.ko has no label left to write.
labels_written() {
	local i
	for ((i = 0; i < 60; i++)); do
		! grep -qx 'waiting 0' /sys/kernel/security/bulkhead/status || return 0
		sleep 1
	done
	return 1
}

plan() {
	echo "1..$number"
	exit $((failed > 0))
}
