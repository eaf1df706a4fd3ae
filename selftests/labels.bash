# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the tests of labels that are attributes share, after tap.bash.

# count NAME: a counter of bulkhead.ko's or of the programs'.
count() {
	sed -n "s/^$1:\? //p" /sys/kernel/security/bulkhead/status <(bulkhead status)
}

# grows NAME COMMAND...: the counter does.
grows() {
	local before
	before=$(count "$1")
	"${@:2}" && echo "$1 was $before, is $(count "$1")" && [[ $(count "$1") -gt $before ]]
}

# evict: no inode that nobody uses stays in memory.
evict() {
	labels_written && sync && echo 2 >/proc/sys/vm/drop_caches
}

# label_is LABEL FILE
label_is() {
	local said
	said=$(bulkhead label --show "$2")
	echo "said: $said"
	[[ $said == "$2: $1" ]]
}

# last_record TEXT: the newest denial has it.
last_record() {
	bulkhead log | tail -n 1 | grep -F "$1"
}
