# shellcheck shell=bash disable=SC2154,SC2034 # variables are of `guest`, which sources this
# SPDX-License-Identifier: GPL-2.0
# Real work: what its own processes execute, in user space and in the kernel.

# denied: what the kernel's log and Bulkhead's know of denials; work must cause none.
denied() {
	dmesg | grep -E 'apparmor="DENIED".*docker-default|avc: +denied.*scontext=[^ ]*:bench_' || :
	[[ ! -e /sys/fs/bpf/bulkhead ]] || bulkhead log | grep -F 'avc:' || :
}

# work_files NAME: what it works on.
work_files() {
	mkdir /bt/work
	[[ $1 == nginx ]] || return 0
	local i
	mkdir /bt/files
	for i in {1..2100}; do
		printf '%1024s' "$i" >"/bt/files/$i"
	done
}

# work_once COLUMN NAME [warm]: what it takes in microseconds; it fails if the work does.
work_once() {
	local column=$1
	shift
	rm -f /bt/account
	# A shell looks at where it begins, and the guest's own directory is not for containers.
	if ! (cd /bt/work && confined "$column" "$lib/account" /bt/account "$lib/busybox" sh \
		"$lib/work" "$@") >/bt/out 2>&1; then
		cat /bt/out >&2
		denied | tail -n 20 >&2
		echo "guest: work $* failed in column $column" >&2
		return 1
	fi
	cat /bt/account
}

# work COLUMN: the least of some runs, after one that brings into memory what is read.
work() {
	local name i runs least took
	for name in "${works[@]}"; do
		fill "$1"
		work_files "$name"
		denied >"$lib/denied"
		work_once "$1" "$name" warm >/dev/null
		# The longest, and user space nearly all of it: one will do.
		runs=2 least=''
		[[ $name != compile ]] || runs=1
		for ((i = 0; i < runs; i++)); do
			took=$(work_once "$1" "$name")
			((least && least < took)) || least=$took
		done
		denied >"$lib/denied_now"
		if (diff "$lib/denied" "$lib/denied_now" || :) | grep '^>' >&2; then
			echo "guest: work $name was denied something in column $1" >&2
			return 1
		fi
		echo "work $name $1 ${least}000"
		empty
	done
}
