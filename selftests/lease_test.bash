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

# The root of a disk has the host's mark, which the volume's takes the place of.
disk=/usr/local/lease-disk
in_disk() {
	bulkhead exec -- "$here/probe" open "$disk/file" "$1"
}
not_written() {
	local status=0
	in_disk wronly || status=$?
	[[ $status == 13 ]] && bulkhead log | tail -n 1 | grep -F 'tcontext=system_u:object_r:usr_t:s0'
}
truncate -s 16M "$dir/image"
mkfs.ext4 -q "$dir/image"
mkdir "$disk"
mount -o loop "$dir/image" "$disk"
echo content >"$disk/file"
bulkhead unload
bulkhead load
run "a disk of the host's: read by its path" in_disk rdonly
run "and not written" not_written
run "as a volume it is" bulkhead exec --volume "$disk:private" -- "$here/probe" \
	open "$disk/file" wronly
run "after that: read by its path" in_disk rdonly
run "and not written" not_written
holder --volume "$disk:shared"
run "shared with a second one" bulkhead exec --volume "$disk:shared" -- "$here/probe" \
	open "$disk/file" wronly
let_go
run "after both: read by its path" in_disk rdonly
run "and not written" not_written
umount "$disk"
rmdir "$disk"

rm -rf "$dir"
plan
