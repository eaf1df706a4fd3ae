#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tables of `make bench`, made from recorded lines: no VM, no time.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, jq has variables of its own
# shellcheck source-path=SCRIPTDIR source=../tap.bash
. "$(dirname "$(realpath "$0")")/../tap.bash"
here=$(dirname "$(realpath "$0")")

tables() {
	jq -L "$here" "$@"
}

# lines FACTOR COLUMN: all 24 operations, at FACTOR times a count that differs for each.
lines() {
	jq -nr -L "$here" --argjson factor "$1" --arg column "$2" 'include "bench";
		operations | to_entries[]
		| "op \(.value) \($column) \((.key + 1) * 1000 * $factor | floor)"'
}

recorded() {
	lines 1 none
	lines 1.5 selinux
	lines 1.1 host | head -n 23
	echo 'op open_first_8 none 7893'
	echo 'start podman_run none 488000000'
}

result() {
	recorded | tables -Rs 'include "bench"; {kernel: {"6.1": result}}'
}

equals() {
	echo "expected $1, got $2"
	[[ $1 == "$2" ]]
}

geomean_of() {
	equals '1.5' "$(result | jq '.kernel["6.1"].geomean.selinux')" &&
		equals '2' "$(tables -n 'include "bench"; [1, 2, 4] | geomean | rounded(4)')"
}

# Of 23 it would be another mean than of 24.
geomean_of_some() {
	equals '["none","selinux"]' "$(result | jq -c '.kernel["6.1"].geomean | keys')"
}

kinds() {
	equals '[24,["open_first_8"],488000000]' "$(result | jq -c '.kernel["6.1"] |
		[(.operations | length), (.more | keys), .start.podman_run.none]')"
}

in_order() {
	equals '["getppid","stat_tmpfs","openclose_tmpfs"]' \
		"$(result | jq -c '.kernel["6.1"].operations | keys_unsorted[:3]')"
}

median_of_seeds() {
	equals '[20,15]' "$(printf 'op x a 20\nop x a 90\nop x a 10\nop x b 10\nop x b 20\n' |
		tables -Rsc 'include "bench"; cells.op.x | [.a, .b]')"
}

scale() {
	local table
	table=$({
		lines 1 x | sed 's/^op \([^ ]*\) x/scale 1 \1/' && echo 'scale 1 hook 11000000'
		lines 1.25 x | sed 's/^op \([^ ]*\) x/scale 100 \1/' && echo 'scale 100 hook 22000000'
		echo 'scale 100 memory 512'
	} | tables -Rsc 'include "bench"; result.scale.containers')
	equals '[1,11000000,null] [1.25,22000000,512]' \
		"$(jq -rc '[.[] | map(.)] | "\(.[0]) \(.[1])"' <<<"$table")"
}

bad_line() {
	local line said
	for line in 'op getppid none' 'op getppid none 12.5' 'op getppid none 12 13'; do
		said=$(tables -Rs 'include "bench"; result' <<<"$line" 2>&1) && return 1
		echo "$said"
		[[ $said == *'bad line'* ]] || return 1
	done
}

shown() {
	local table
	table=$(result | tables -r 'include "bench"; markdown("6.1")')
	echo "$table"
	grep -qxF '| stat_tmpfs | 2000 | 1.5 | 1.1 |' <<<"$table" &&
		grep -qxF '| kill0 | 24000 | 1.5 |  |' <<<"$table" &&
		grep -qxF '| **geometric mean** | | **1.5** |  |' <<<"$table"
}

# 1.1 % is told, 1 % and what became cheaper is not.
dearer() {
	local change='.kernel["6.1"].operations |= (.getppid.none = 1011 | .stat_tmpfs.none = 2020
		| .rename.none = 1)'
	result >"$output.old"
	equals '6.1 operations getppid none: 1000 -> 1011 (+1.1 %)' \
		"$(jq "$change" "$output.old" | tables -r --slurpfile old "$output.old" \
			'include "bench"; dearer($old[0])')"
}

run "geometric mean" geomean_of
run "no geometric mean of a column that lacks an operation" geomean_of_some
run "operations, more and starts are kept apart" kinds
run "operations stay in order" in_order
run "median of seeds" median_of_seeds
run "scale" scale
run "a bad line is an error" bad_line
run "the table" shown
run "what got dearer by more than 1 %" dearer
rm -f "$output.old"
plan
