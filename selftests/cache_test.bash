#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The cache of compiled modules: used, made anew when it is damaged or another's, never believed,
# and filled once by many that start at the same time.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
probe=$here/probe
cache=/var/cache/bulkhead
work=$(mktemp -d)

echo '(type web_t)
(allow web_t usr_t (file (read getattr map execute open execute_no_trans)))
(allow web_t self (process (fork sigchld)))
(allow web_t unconfined_t (fd (use)))' >"$work/web.cil"
(cat "$work/web.cil"; echo '; other') >"$work/other.cil"
# start [MODULE]
start() {
	bulkhead exec --policy "$work/${1:-web}.cil" -- "$probe" exec0
}
entries() {
	find "$cache" -mindepth 1 -printf '%f\n'
}
count() {
	entries | grep -c '^[0-9a-f]*$'
}
# without_base MODULE: as start(), with no text of BASE there to compile.
without_base() {
	unshare --mount --propagation private bash -c \
		'mount -t tmpfs none /usr/share/bulkhead/policy && start "$1"' - "$1"
}
recompiles() {
	! without_base "$1"
}
export -f start
export work probe

rm -rf "${cache:?}"/*
run "the first start" start
run "leaves one file" bash -c '[[ $(find /var/cache/bulkhead -type f -perm 600 -user root | wc -l) == 1 ]]'
entry=$(entries)
run "named by a digest" bash -c "[[ $entry =~ ^[0-9a-f]{64}$ ]]"
run "the second start needs no text of BASE" without_base web
run "another module does" recompiles other

# again NAME SCRIPT: a file that SCRIPT damaged is not used, but made again.
again() {
	local file=$cache/$entry
	eval "$1"
	recompiles web || return 1
	start web || return 1
	[[ -f $file && ! -L $file && $(stat -c %a:%u "$file") == 600:0 ]] && without_base web
}
run "cut short" again 'truncate -s 100 "$file"'
run "cut by a byte" again 'truncate -s -1 "$file"'
run "longer by a byte" again 'echo >>"$file"'
run "empty" again ': >"$file"'
run "a bit is wrong in its header" again 'printf X | dd of="$file" bs=1 seek=40 conv=notrunc'
run "a bit is wrong in its rows" again \
	'printf X | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 9)) conv=notrunc'
run "another's file" again 'chown 1000 "$file"'
run "a file that others may read" again 'chmod 644 "$file"'
run "a link to a good one" again 'mv "$file" "$work/good"; ln -s "$work/good" "$file"'
run "the entry of another module" again \
	'mv "$file" "$work/w"; start other; mv "$cache"/* "$file"; rm "$work/w"'
others_may_write() {
	chmod o+w "$cache"
	recompiles web && start web
	local status=$?
	chmod o-w "$cache"
	return "$status"
}
run "a directory that others may write is not used" others_may_write
run "it is again" without_base web
no_directory() {
	mv "$cache" "$cache.away"
	start web
	local status=$?
	mv "$cache.away" "$cache"
	return "$status"
}
run "no directory: it is compiled each time" no_directory

# Booleans and grants are inputs, too.
one_more() {
	local before
	before=$(count)
	"$@" || return 1
	start web || return 1
	echo "before $before, now $(count)"
	[[ $(count) == $((before + 1)) ]]
}
run "another value of a boolean is another entry" one_more \
	bulkhead boolean virt_sandbox_use_fusefs=on
run "off again" bulkhead boolean virt_sandbox_use_fusefs=off
run "the value before has its entry still" without_base web
echo '(allow web_t unlabeled_t (file (getattr)))' >"$work/grant.cil"
run "a grant is another entry" one_more bulkhead module install \
	--grant-to "sha256:$(sha256sum <"$work/web.cil" | cut -d' ' -f1)" cached "$work/grant.cil"
run "removed" bulkhead module remove cached

# Who comes second waits for the first, and finds what it made.
rm -rf "${cache:?}"/*
concurrent() {
	local i pids=() before after
	before=$(date +%s%N)
	for ((i = 0; i < 8; i++)); do
		start web &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || return 1
	done
	after=$(find "$cache" -type f -printf '%C@\n')
	echo "began $before, made $after"
	[[ $(count) == 1 ]]
}
run "eight at once" concurrent
run "nothing is left aside" bash -c '[[ -z $(find /var/cache/bulkhead -name ".*" -type f) ]]'
rm -rf "$work"
plan
