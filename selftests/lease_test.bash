#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The mark of a volume holds while a container that has it as a volume lives, and no longer.

# shellcheck disable=SC2317 # functions are called by `run`
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")

dir=$(mktemp -d /var/tmp/lease.XXXXXX)
echo content >"$dir/file"
open=("$here/probe" open "$dir/file" rdonly)

refused_now() {
	local status=0
	bulkhead exec -- "${open[@]}" || status=$?
	[[ $status == 13 ]] # EACCES
}

run "without a volume: refused" refused_now
run "as a volume: allowed" bulkhead exec --volume "$dir:shared" -- "${open[@]}"
run "the mark ended with it" refused_now

holder --volume "$dir:shared"
run "shared: a second one has it too" bulkhead exec --volume "$dir:shared" -- "${open[@]}"
run "shared: nobody has it as private" refuses 'shared by container exec-' \
	bulkhead exec --volume "$dir:private" -- true
let_go
run "shared: the mark ended with the last" refused_now

holder --volume "$dir:private"
run "private: nobody else has it" refuses 'private to container exec-' \
	bulkhead exec --volume "$dir:private" -- true
run "private: nor as shared" refuses 'private to container exec-' \
	bulkhead exec --volume "$dir:shared" -- true
let_go
run "private: the next one has it" bulkhead exec --volume "$dir:private" -- "${open[@]}"
run "private: the mark ended with it" refused_now

rm -rf "$dir"
plan
