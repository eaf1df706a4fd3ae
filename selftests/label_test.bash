#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Labels that last: by an attribute, which a container's files in a shared volume get and which
# `bulkhead label` gives, a file is labelled after its inode has left memory, and with it all that
# was known of it.
#
# A reboot is played: the file system is mounted anew, programs and module are loaded anew.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
# shellcheck source=labels.bash
. "$here/labels.bash"
parameters=/sys/module/bulkhead/parameters
keep_out=/etc/modprobe.d/bulkhead-test.conf
work=$(mktemp -d /var/tmp/label.XXXXXX)
volume=$work/volume
mkdir "$volume"

cleanup() {
	echo 16384 >"$parameters/most_waiting"
	echo 2048 >"$parameters/most_waiting_each"
	echo 256 >"$parameters/most_asked"
	echo 16 >"$parameters/most_asked_each"
	rm -f "$output" "$keep_out"
	umount "$volume"
	rm -rf "$work" /usr/local/label /usr/local/kept
} 2>/dev/null
trap cleanup EXIT

# asked ERRNO PAIR COMMAND...: container_t with that pair.
asked() {
	local said=0
	bulkhead exec --level "s0:$2" --volume "$volume:shared" -- "$here/probe" "${@:3}" || said=$?
	echo "status $said"
	[[ $said == "$1" ]]
}

mount_volume() {
	mount -o loop "$work/disk" "$volume"
}

remount() {
	labels_written && umount "$volume" && mount_volume
}

reboot_played() {
	labels_written && bulkhead unload && umount "$volume" && remove_module && mount_volume &&
		bulkhead load
}

# theirs NAME: what c1,c2 made is c1,c2's.
theirs() {
	run "$1: another container: denied" asked 13 c3,c4 open "$volume/file" rdonly
	run "$1: the record" last_record 'tcontext=system_u:object_r:container_file_t:s0:c1,c2'
	run "$1: nor does it write" asked 13 c3,c4 open "$volume/dir/inner" wronly
	run "$1: nor add" asked 13 c3,c4 open "$volume/dir/other" wronly,creat
	run "$1: nor make a directory" asked 13 c3,c4 mkdir "$volume/dir/other"
	run "$1: nor remove" asked 13 c3,c4 unlink "$volume/dir/inner"
	run "$1: nor rename" asked 13 c3,c4 rename "$volume/dir/inner" "$volume/dir/other"
	run "$1: nor change" asked 13 c3,c4 chmod "$volume/file" 600
	run "$1: its own: allowed" asked 0 c1,c2 open "$volume/file" rdonly
	run "$1: and written" asked 0 c1,c2 open "$volume/dir/inner" wronly
	run "$1: and changed" asked 0 c1,c2 chmod "$volume/file" 644
	run "$1: the host's file is everybody's" asked 0 c3,c4 open "$volume/host" rdonly
}

truncate -s 64M "$work/disk"
mkfs.ext4 -q "$work/disk"
run "a volume" mount_volume
echo host >"$volume/host"

run "c1,c2 makes a file" asked 0 c1,c2 open "$volume/file" wronly,creat
run "and a directory" asked 0 c1,c2 mkdir "$volume/dir"
run "and a file in it" asked 0 c1,c2 open "$volume/dir/inner" wronly,creat
run "and a link" asked 0 c1,c2 symlink file "$volume/link"
theirs "as made"
run "all is written" labels_written
run "the file has an attribute" label_is container_file_t:s0:c1,c2 "$volume/file"
run "the directory, too" label_is container_file_t:s0:c1,c2 "$volume/dir"
run "and the link" label_is container_file_t:s0:c1,c2 "$volume/link"
run "what the host made has none" label_is none "$volume/host"
run "evicted" evict
theirs "evicted"
run "mounted anew" remount
theirs "mounted anew"
run "booted anew, as far as this goes" reboot_played
theirs "booted anew"

mv "$volume/file" "$volume/moved"
ln "$volume/moved" "$volume/file"
run "the host renames and links" evict
run "by either name it is the other's" asked 13 c3,c4 open "$volume/file" rdonly
run "and by the other" asked 13 c3,c4 open "$volume/moved" rdonly
run "and its own" asked 0 c1,c2 open "$volume/moved" rdonly

cp -a "$volume/moved" "$volume/copy"
run "a copy with its attributes" label_is container_file_t:s0:c1,c2 "$volume/copy"
run "is whose the file was" asked 13 c3,c4 open "$volume/copy" rdonly
run "and its own" asked 0 c1,c2 open "$volume/copy" rdonly

# Hooks that cannot sleep: the system call begins again when somebody else has asked.
fresh() {
	evict && asked "$@"
}
run "a directory, before anybody asked: denied" fresh 13 c3,c4 mkdir "$volume/dir/sub"
run "its own: made" fresh 0 c1,c2 mkdir "$volume/dir/sub"
run "a link to its file: denied" fresh 13 c3,c4 link "$volume/file" "$volume/linked"
run "the record" last_record 'tcontext=system_u:object_r:container_file_t:s0:c1,c2'
run "its own: made" fresh 0 c1,c2 link "$volume/file" "$volume/linked"
run "a link into its directory: denied" fresh 13 c3,c4 link "$volume/host" "$volume/dir/host"
run "its own: made" fresh 0 c1,c2 link "$volume/host" "$volume/dir/host"
run "an attribute of its file: denied" fresh 13 c3,c4 removexattr "$volume/file" user.x
run "its own: there is none" fresh 61 c1,c2 removexattr "$volume/file" user.x
run "an access list: denied" fresh 13 c3,c4 setacl "$volume/file"
run "its own" fresh 0 c1,c2 setacl "$volume/file"
run "a file without a name in its directory: denied" fresh 13 c3,c4 open "$volume/dir" wronly,tmpfile
run "the record" last_record 'tcontext=system_u:object_r:container_file_t:s0:c1,c2'
run "its own" fresh 0 c1,c2 open "$volume/dir" wronly,tmpfile
run "nobody was refused for not having asked" bash -c "[[ $(count unasked) == 0 ]]"

# One container's questions leave room for another's. Half of the places are one's share here.
asks_at_once() {
	bulkhead exec --level s0:c1,c2 --volume "$volume:shared" -- /bin/bash -c '
		for dir in "$1"/crowd/*; do
			[[ ! -e $1/enough ]] || break
			mkdir "$dir/sub" &
			((++nr % 40)) || wait
		done' bash "$volume" &
	crowd=$!
}
crowded() {
	local i
	for ((i = 0; i < 60; i++)); do
		[[ $(count crowded) == 0 ]] || return 0
		sleep 0.5
	done
	return 1
}
mkdir -p "$volume"/crowd/{1..3000} "$volume/roomy"
run "directories nobody has asked about" evict
echo 2 >$parameters/most_asked
echo 1 >$parameters/most_asked_each
asks_at_once
run "many of one container ask: some wait for its share" crowded
run "another asks and gets an answer" asked 0 c3,c4 mkdir "$volume/roomy/sub"
run "the first still asked then" kill -0 "$crowd"
run "nobody found all places taken" bash -c "[[ $(count full) == 0 ]]"
touch "$volume/enough"
wait "$crowd"
rm -r "$volume"/{crowd,roomy,enough}
echo 256 >$parameters/most_asked
echo 16 >$parameters/most_asked_each

# What runs first was opened by who started it.
cp "$here/probe" "$volume/program"
run "a program in the volume" evict
run "it runs" bulkhead exec --level s0:c1,c2 --volume "$volume:shared" -- "$volume/program" \
	open "$volume/host" rdonly

# The administrator's word.
run "no such type" refuses "no type nonsense_t is loaded" bulkhead label nonsense_t "$volume/file"
run "no level" refuses "is not TYPE or TYPE:LEVEL" bulkhead label container_file_t:s1 "$volume/file"
run "three categories" refuses "at most two categories" \
	bulkhead label container_file_t:s0:c1,c2,c3 "$volume/file"
run "no such file" refuses "No such file" bulkhead label container_file_t "$volume/nothing"
run "not root" refuses "only root" setpriv --reuid 1000 --clear-groups \
	bulkhead label container_file_t "$volume/file"
run "no file" bash -c 'bulkhead label container_file_t; [[ $? == 2 ]]'
run "the other's from now on" bulkhead label container_file_t:s0:c3,c4 "$volume/file"
run "shown" label_is container_file_t:s0:c3,c4 "$volume/file"
run "it is" asked 0 c3,c4 open "$volume/file" rdonly
run "and not its maker's" asked 13 c1,c2 open "$volume/file" rdonly
run "evicted" evict
run "still" asked 0 c3,c4 open "$volume/file" rdonly
run "still not its maker's" asked 13 c1,c2 open "$volume/file" rdonly
run "everybody's, with what is below" bulkhead label -R container_file_t "$volume/dir"
run "what is below is" asked 0 c3,c4 open "$volume/dir/inner" rdonly
run "without the attribute it is the volume's" bulkhead label --remove "$volume/file"
run "shown" label_is none "$volume/file"
run "so everybody's" asked 0 c3,c4 open "$volume/file" rdonly
run "recursively through no link" bash -c 'ln -s /etc "$1/dir/etc" && bulkhead label -R container_file_t "$1/dir" &&
	! getfattr -n security.bulkhead /etc/passwd && rm "$1/dir/etc"' bash "$volume"
run "in one go: all are shown" bash -c '[[ $(bulkhead label -R --show "$1/dir" | wc -l) -ge 3 ]]' bash "$volume"

# A type of a module's: its name is its policy's, and another's may have one of that name.
module_of() {
	cat <<-CIL
		(type $1_t)
		(type kept_t)
		(typeattributeset container_domain ($1_t))
		(allow $1_t kept_t (file (create read write open getattr)))
		(typetransition $1_t container_file_t file kept_t)
	CIL
}
module_of keeper >"$work/keeper.cil"
module_of other >"$work/other.cil"
# by MODULE ERRNO PAIR COMMAND...
by() {
	local said=0
	bulkhead exec --policy "$work/$1.cil" --level "s0:$3" --volume "$volume:shared" -- \
		"$here/probe" "${@:4}" || said=$?
	[[ $said == "$2" ]]
}
run "a module's type" by keeper 0 c1,c2 open "$volume/kept" wronly,creat
run "evicted" evict
run "has an attribute" label_is kept_t:s0:c1,c2 "$volume/kept"
run "who does not know it may not" asked 13 c1,c2 open "$volume/kept" rdonly
run "the record" last_record 'tcontext=system_u:object_r:unlabeled_t:s0'
run "who does may, after that" by keeper 0 c1,c2 open "$volume/kept" rdonly
run "who does not may not, after that" asked 13 c1,c2 open "$volume/kept" rdonly
run "the record" last_record 'tcontext=system_u:object_r:unlabeled_t:s0'
run "another's with such a name may not" by other 13 c3,c4 open "$volume/kept" rdonly
run "the record" last_record 'tcontext=system_u:object_r:kept_t:s0:c1,c2'
run "whose it is may, after that" by keeper 0 c1,c2 open "$volume/kept" rdonly

# It says nothing of the host's files.
echo content >/usr/local/kept
run "the host's: who may" by keeper 0 c1,c2 open /usr/local/kept rdonly
run "the host's: a module's type" bulkhead label kept_t /usr/local/kept
run "the host's: denied" by keeper 13 c1,c2 open /usr/local/kept rdonly
run "the host's: the record" last_record 'tcontext=system_u:object_r:unlabeled_t:s0'
run "the host's: taken away" bulkhead label --remove /usr/local/kept
run "the host's: allowed" by keeper 0 c1,c2 open /usr/local/kept rdonly

# What says no label.
setfattr -n security.bulkhead -v garbage "$volume/file"
run "garbage: denied" grows unreadable asked 13 c1,c2 open "$volume/file" rdonly
run "garbage: the record" last_record 'tcontext=system_u:object_r:unlabeled_t:s0'
run "garbage: the host reads it" cat "$volume/file"
run "garbage: shown" bash -c 'bulkhead label --show "$1" | grep -F "no label"' bash "$volume/file"
# Who shares nothing with anybody is not asked for.
private() {
	local before
	before=$(count unreadable)
	bulkhead exec --level s0:c1,c2 --volume "$volume:private" -- "$here/probe" open "$volume/file" rdonly &&
		[[ $(count unreadable) == "$before" ]]
}
run "garbage: nobody looks in a private volume" private
setfattr -x security.bulkhead "$volume/file"
run "garbage taken away: allowed" asked 0 c3,c4 open "$volume/file" rdonly
setfattr -n security.bulkhead -v no_such_t:s0 "$volume/file"
run "a type that nobody has: denied" asked 13 c1,c2 open "$volume/file" rdonly
setfattr -n security.bulkhead -v container_file_t:s0:c1,c2 "$volume/file"
run "mended: allowed" asked 0 c1,c2 open "$volume/file" rdonly
run "mended: the other: denied" asked 13 c3,c4 open "$volume/file" rdonly

# SELinux's, where there is none of ours and it keeps containers apart.
touch "$volume/selinux" "$volume/etc"
setfattr -n security.selinux -v system_u:object_r:container_file_t:s0:c1,c2 "$volume/selinux"
setfattr -n security.selinux -v system_u:object_r:shadow_t:s0 "$volume/etc"
run "SELinux's pair: denied" asked 13 c3,c4 open "$volume/selinux" rdonly
run "SELinux's pair: its own" asked 0 c1,c2 open "$volume/selinux" rdonly
run "SELinux's type says nothing here" asked 0 c1,c2 open "$volume/etc" rdonly

# A file of the host's.
mkdir -p /usr/local/label
echo secret >/usr/local/label/file
run "the host's file is read" asked 0 c1,c2 open /usr/local/label/file rdonly
run "labelled otherwise" bulkhead label shadow_t /usr/local/label/file
run "it is not" asked 13 c1,c2 open /usr/local/label/file rdonly
run "evicted" evict
run "still not" asked 13 c1,c2 open /usr/local/label/file rdonly

# A private volume is its container's, whatever an attribute in it says: so is what an image ships.
run "private: an attribute of another's has no effect" bulkhead exec --level s0:c3,c4 \
	--volume "$volume:private" -- "$here/probe" open "$volume/file" rdonly
run "shared: it has" asked 13 c3,c4 open "$volume/file" rdonly

# What cannot be kept is counted.
# With no room for a label to wait, who makes something waits: it would be everybody's when its inode is gone.
makes() {
	bulkhead exec --level s0:c1,c2 --volume "$1" -- "$here/probe" "${@:2}"
}
mkdir "$work/own"
# held_up COMMAND...: it waits, and its maker's process with it.
held_up() {
	local before i
	before=$(count held_up)
	makes "$volume:shared" "$@" &
	maker=$!
	for ((i = 0; i < 100; i++)); do
		[[ $(count held_up) -le $((before + 10)) ]] || return 0
		sleep 0.1
	done
	return 1
}
not_made() {
	kill -0 "$maker" && [[ ! -e $volume/$1 ]]
}
# Of its container's part, and of all.
for limit in most_waiting_each most_waiting; do
	most=$(<$parameters/$limit)
	echo 0 >$parameters/$limit
	run "$limit: who makes a file waits" held_up open "$volume/$limit" wronly,creat
	run "$limit: it is not made" not_made "$limit"
	run "$limit: the host makes one" touch "$volume/host-$limit"
	run "$limit: so does who shares nothing" makes "$work/own:private" open "$work/own/$limit" wronly,creat
	echo "$most" >$parameters/$limit
	run "$limit: with room it is made" wait "$maker"
	run "$limit: and all is written" labels_written
	run "$limit: with its label" label_is container_file_t:s0:c1,c2 "$volume/$limit"
done
echo 0 >$parameters/most_waiting_each
run "a directory waits" held_up mkdir "$volume/held-dir"
run "it is not made" not_made held-dir
killed() {
	pkill -KILL -f "^$here/probe mkdir"
	! wait "$maker" && [[ ! -e $volume/held-dir ]]
}
run "killed, it is gone" killed
run "a file without a name waits" held_up open "$volume" wronly,tmpfile
echo 2048 >$parameters/most_waiting_each
run "with room it is there" wait "$maker"

# A module that does not listen keeps nothing: what would be everybody's later is not made.
echo release >/sys/kernel/security/bulkhead/ctl
run "no seal: who makes a file is refused" grows unkept asked 13 c1,c2 open "$volume/unsealed" wronly,creat
run "no seal: it is not made" test ! -e "$volume/unsealed"
run "no seal: who shares nothing is not" makes "$work/own:private" open "$work/own/unsealed" wronly,creat
run "no seal: nor is the host" touch "$volume/unsealed"

# Without the module, as ever: the twin.
run "unload" bulkhead unload
run "without the module" remove_module
echo 'install bulkhead /bin/false' >"$keep_out"
run "load" bulkhead load
run "without the module: status says so" \
	bash -c 'bulkhead status | grep -q "^module: absent (no persistent labels"'
run "without the module: no label is given" refuses 'bulkhead.ko is not loaded' \
	bulkhead label container_file_t "$volume/file"
run "without the module: it is shown" label_is container_file_t:s0:c1,c2 "$volume/file"
run "without the module: a file" asked 0 c1,c2 open "$volume/lost" wronly,creat
run "without the module: denied while in memory" asked 13 c3,c4 open "$volume/lost" rdonly
sync
echo 2 >/proc/sys/vm/drop_caches
run "without the module: evicted, it is the volume's" asked 0 c3,c4 open "$volume/lost" rdonly
run "without the module: attributes are not read" asked 0 c3,c4 open "$volume/file" rdonly
rm -f "$keep_out"
run "unload" bulkhead unload
run "load with the module" bulkhead load
run "with the module: attributes are read" asked 13 c3,c4 open "$volume/file" rdonly
plan
