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

scale_lines() {
	lines 1 x | sed 's/^op \([^ ]*\) x/containers 1 \1/' && echo 'containers 1 start 11000000'
	lines 1.25 x | sed 's/^op \([^ ]*\) x/containers 100 \1/' && echo 'containers 100 start 22000000'
	echo 'containers 100 memory 512'
	lines 1.5 x | sed 's/^op \([^ ]*\) x/policies 1 \1/'
	echo 'inodes 1000 memory 320'
	echo 'inodes 1000 left 0'
}

scaled() {
	{
		recorded
		scale_lines
	} | tables -Rs 'include "bench"; {kernel: {"6.1": ({commit: "abc"} + result)}}'
}

# Policies are held against one container, not against one policy.
scale() {
	equals '{"containers":{"1":{"operations":1,"start":11000000},"100":{"operations":1.25,"start":22000000,"memory":512}},"policies":{"1":{"operations":1.5}},"inodes":{"1000":{"memory":320,"left":0}}}' \
		"$(scaled | jq -c '.kernel["6.1"].scale')"
}

scale_shown() {
	local table
	table=$(scaled | tables -r 'include "bench"; markdown("6.1")')
	echo "$table"
	grep -qxF '| containers | operations, ratio | start, instr. | bytes each |' <<<"$table" &&
		grep -qxF '| 100 | 1.25 | 22000000 | 512 |' <<<"$table" &&
		grep -qxF '| 1000 | 320 | 0 |' <<<"$table"
}

missed() {
	local work='.kernel["6.1"].work = {good: {none: 1000, selinux: 1100, apparmor: 1090, host: 1020, container: 1040},
		bad: {none: 1000, selinux: 1030, apparmor: 1100, host: 1021, container: 1030}}'
	local operations='.kernel["6.1"].operations = {good: {none: 1000, selinux: 1100, container: 1100},
		bad: {none: 1000, selinux: 1030, container: 1031}}'
	equals 'geometric mean, host: 1.2, goal 1.05
bad, container: dearer than selinux, 1.031 to 1.03
work bad, host: 1.021, goal 1.02
work bad, container: not below selinux, 1.03 to 1.03
operations with 100 containers: 1.25, goal 1.02
operations with 1 policies: 1.5, goal 1.02
memory of each of 1000 inodes: 320, goal 128' \
		"$(scaled | jq "$work | $operations | .kernel[\"6.1\"].geomean.host = 1.2" |
			tables -r 'include "bench"; missed("6.1")')"
}

# Points and goals are where the axes say: 1 to 100 is the width, 0.99 to 1.26 the height.
plotted() {
	local plot
	plot=$(scaled | tables -r 'include "plot"; plot("6.1"; "containers")')
	echo "$plot"
	[[ $plot == '<svg '*'</svg>' ]] &&
		grep -qF 'kernel 6.1, abc' <<<"$plot" &&
		grep -qF 'goal: at most 1.02' <<<"$plot" &&
		grep -qF 'goal: at most 2048' <<<"$plot" &&
		grep -qF 'points="90,214.4 610,75.6"' <<<"$plot" &&
		[[ $(grep -c '<circle' <<<"$plot") == 5 ]]
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
run "scale, held against the least" scale
run "the tables of scale" scale_shown
run "which goals are missed" missed
run "the plot of a dimension" plotted
run "a bad line is an error" bad_line
run "the table" shown
run "what got dearer by more than 1 %" dearer
rm -f "$output.old"
plan
