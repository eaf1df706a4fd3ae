#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A label takes memory as long as its inode is in memory, and no longer: 100,000 files (BULKHEAD_FILES
# says how many) that a container made in a shared volume, each with a label of its own, and what is
# left when they are gone from memory, by unmounting and by the kernel's wish for memory. With
# bulkhead.ko the label is an attribute by then (label_test has the twin without).

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
files=${BULKHEAD_FILES:-100000}
work=$(mktemp -d /var/tmp/inode.XXXXXX)
volume=$work/volume
mkdir "$volume"

cat >"$work/maker.cil" <<-'CIL'
	(type maker_t)
	(typeattributeset container_domain (maker_t))
CIL

unreclaimable() {
	awk '$1 == "SUnreclaim:" { print $2 * 1024 }' /proc/meminfo
}

# contained LEVEL SCRIPT ARG...
contained() {
	bulkhead exec --policy "$work/maker.cil" --level "$1" --volume "$volume:shared" -- \
		/bin/bash -c "$2" bash "${@:3}"
}

# make NR: by a container, and another may not read one: they are labelled.
make() {
	contained s0:c1,c2 'cd "$1" && seq "$2" | xargs touch' "$volume" "$1" || return 1
	[[ $(find "$volume" -type f | wc -l) == "$1" ]] || return 1
	contained s0:c1,c2 'cat "$1"' "$volume/$1" || return 1
	! contained s0:c3,c4 'cat "$1"' "$volume/$1"
}

refused() {
	bulkhead status | grep unkept
	! contained s0:c3,c4 'cat "$1"' "$1"
}

# took NR: as much as NR labels at least.
took() {
	local grown=$(($(unreclaimable) - before))
	echo "$grown bytes for $1 files"
	((grown > $1 * 128))
}

# given_back NR: all but 64 bytes for each of NR files, soon.
given_back() {
	local i left
	for ((i = 0; i < 30; i++)); do
		left=$(($(unreclaimable) - before))
		((left >= $1 * 64)) || return 0
		sleep 1
	done
	echo "$left bytes left of $1 files"
	return 1
}

contained s0 true
before=$(unreclaimable)
mount -t tmpfs -o nr_inodes=0 inode "$volume"
run "$files labelled files in a tmpfs" make "$files"
run "take memory" took "$files"
umount "$volume"
run "unmounted they take none" given_back "$files"

# With a journal, as disks have: without one, as the guest's own, 7.3.4 keeps each new inode in
# memory until its disk is unmounted, whoever made it.
truncate -s 64M "$work/disk"
mkfs.ext4 -q -N 30000 "$work/disk"
mount -o loop "$work/disk" "$volume"
before=$(unreclaimable)
run "20,000 on a disk" make 20000
run "take memory, too" took 20000
evict() {
	labels_written && sync && echo 3 >/proc/sys/vm/drop_caches
}
run "evicted" evict
run "they take none, and are still there" given_back 20000
run "with their labels" refused "$volume/1"
run "the last one, too" refused "$volume/20000"
run "its maker reads it" contained s0:c1,c2 'cat "$1"' "$volume/1"

umount "$volume"
rm -rf "$work"
plan
