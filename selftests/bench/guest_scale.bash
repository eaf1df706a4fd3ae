# shellcheck shell=bash disable=SC2154,SC2034 # variables are of `guest`, which sources this
# SPDX-License-Identifier: GPL-2.0
# What numbers do to a container: of containers, policies, rules, categories and labelled files.
# Each is measured at some numbers, as far as it has them: the operations, a start, memory.

# What the kernel holds for good; page tables and stacks of what runs are a few 100 KB of noise.
memory() {
	sleep 5
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { sum += $2 } END { print sum * 1024 }' /proc/meminfo
}

# scaled DIMENSION NUMBER OPTION...: the operations, by `contain OPTION...`.
scaled() {
	local where="$1 $2"
	shift 2
	fill container
	sleep 30
	contain "$@" -- "$lib/ops" -b "$batches" "${names[@]}" >/bt/out
	sed "s/^/$where /" /bt/out
	empty
}

# start_of OPTION...: what `bulkhead exec` takes, to be before and after its command.
start_of() {
	rm -f "$lib/exec"
	"$lib/account" "$lib/exec" /usr/sbin/bulkhead exec --type bench_t "$@" -- "$lib/true"
	echo "$(<"$lib/exec")000"
}

# many_rules NR: the bench's module, and so many more rules: five for each of up to 200 types, and of
# another domain each thousand.
many_rules() {
	local nr=$1
	cat "$lib/policy/bulkhead.cil"
	awk -v nr="$nr" 'BEGIN {
		nr_classes = split("file dir lnk_file sock_file fifo_file", classes)
		# By name, or 10,000 rules were more words than a module may have.
		for (i = 1; i <= nr_classes; i++)
			printf "(classpermission use_%s)\n(classpermissionset use_%s (%s (read write getattr)))\n",
				classes[i], classes[i], classes[i]
		for (type = 0; type < 200 && type * 5 < nr; type++)
			printf "(type data%d_t)\n", type
		for (domain = 0; domain * 1000 < nr; domain++)
			printf "(type app%d_t)\n", domain
		for (i = 0; i < nr; i++)
			printf "(allow app%d_t data%d_t use_%s)\n",
				i / 1000, i % 1000 / 5, classes[i % 5 + 1]
	}'
}

# Before the policies are as many that a start collects them.
scale_rules() {
	local nr before module=$lib/many.cil
	for nr in 10 100 1000 10000; do
		many_rules "$nr" >"$module"
		# What nobody uses goes, and what is new then is this policy.
		bulkhead boolean virt_sandbox_use_fusefs=off
		before=$(memory)
		echo "rules $nr start_first $(start_of --policy "$module")"
		echo "rules $nr memory $(($(memory) - before))"
		echo "rules $nr start $(start_of --policy "$module")"
		scaled rules "$nr" --policy "$module"
	done
}

scale_categories() {
	local nr level
	for nr in 1 2 1024; do
		case $nr in
		1) level=s0:c1 ;;
		2) level=s0:c1,c2 ;;
		1024) level=s0:c0.c1023 ;;
		esac
		echo "categories $nr start $(start_of --policy "$policy" --level "$level")"
		scaled categories "$nr" --policy "$policy" --level "$level"
	done
}

# files DIR NR COMMAND...: what NR new files take, made by COMMAND and a shell, in $grown.
files() {
	local nr=$1 before
	shift
	before=$(memory)
	# shellcheck disable=SC2016 # for the inner shell
	"$@" "$lib/busybox" sh -c 'mkdir /bt/new && cd /bt/new && seq "$1" | /usr/bin/xargs /usr/bin/touch' \
		sh "$nr"
	grown=$(($(memory) - before))
}

# storage_floor: what the least storage takes for each of the files in /bt/new, in $grown.
storage_floor() {
	local before word
	before=$(memory)
	coproc storage { exec "$lib/storage" /bt/new; }
	read -r word <&"${storage[0]}"
	[[ $word == ready ]]
	grown=$(($(memory) - before))
	kill "$storage_PID"
	wait "$storage_PID" || :
}

# A file of a shared volume has its maker's categories: a label of its own, as long as its inode.
scale_inodes() {
	local nr plain before
	for nr in 1000 10000 100000; do
		context=()
		before=$(memory)
		tmpfs_at /bt
		files "$nr" env
		plain=$grown
		storage_floor
		echo "inodes $nr floor $((grown > 0 ? grown / nr : 0))"
		umount /bt
		tmpfs_at /bt
		files "$nr" bulkhead exec --type bench_t --policy "$policy" --volume /bt:shared --
		echo "inodes $nr memory $((grown > plain ? (grown - plain) / nr : 0))"
		umount /bt
		echo 3 >/proc/sys/vm/drop_caches
		grown=$(($(memory) - before))
		echo "inodes $nr left $((grown > 0 ? grown / nr : 0))"
	done
}

# crowded DIMENSION NUMBER CROWD-ARG...: NUMBER of them, by `crowd`.
crowded() {
	local where="$1 $2" verb=$3 from=$4 to=$2 before
	before=$(memory)
	"$lib/crowd" "$verb" "$from" "$to"
	((from == to)) || echo "$where memory $((($(memory) - before) / (to - from)))"
	echo "$where start $(start_of --policy "$policy")"
	scaled "$1" "$2" --policy "$policy"
}

scale_containers() {
	local nr last=1
	for nr in 1 100 1000 10000; do
		crowded containers "$nr" share "$last"
		last=$nr
	done
}

# With 10,000 containers: after scale_containers.
scale_policies() {
	local nr last=1
	for nr in 1 10 100 1000; do
		crowded policies "$nr" copy "$last"
		last=$nr
	done
}

scale() {
	local policy=$lib/policy/bulkhead.cil grown
	scale_inodes
	# The first is compiled, and finds nothing in memory.
	start_of --policy "$policy" >/dev/null
	scale_categories
	scale_rules
	start_of --policy "$policy" >/dev/null
	scale_containers
	scale_policies
}
