#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Types that last where a container's own files are: in an image, on overlayfs or by the driver vfs, and
# in a private volume, what type_transition gave a new file it has after its inode has left memory, for
# whichever categories the container has by then. An attribute that the host's key does not vouch for
# says nothing there.
#
# The image is a private volume on overlayfs, which to the programs is the same; Podman's come last.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
# shellcheck source=labels.bash
. "$here/labels.bash"
key=/var/lib/bulkhead/label.key
work=$(mktemp -d /var/tmp/keyed.XXXXXX)
place=
mkdir "$work"/{disk,image}

cleanup() {
	podman rm -af -t 0
	podman rmi -f localhost/test-keyed localhost/test-committed
	[[ ! -e $work/key ]] || cp -p "$work/key" "$key"
	rm -f "$output"
	umount "$work/image"
	umount "$work/disk"
	rm -rf "$work"
} >/dev/null 2>&1
trap cleanup EXIT

# What keeper_t makes is secret_t, which visitor_t may not read; all the rest it may.
cat >"$work/keyed.cil" <<-'CIL'
	(type keeper_t)
	(type visitor_t)
	(type secret_t)
	(typeattributeset container_domain (keeper_t visitor_t))
	(typetransition keeper_t container_file_t file secret_t)
	(typetransition keeper_t container_file_t dir secret_t)
	(allow keeper_t secret_t (file (create read write open getattr setattr unlink link rename)))
	(allow keeper_t secret_t (dir (create read write open getattr search add_name remove_name rmdir rename)))
CIL
# Another policy, with a type of that name, and one that makes no file another type's.
cat >"$work/other.cil" <<-'CIL'
	(type other_t)
	(type secret_t)
	(typeattributeset container_domain (other_t))
	(typetransition other_t container_file_t fifo_file secret_t)
	(allow other_t secret_t (file (read open getattr)))
CIL
cat >"$work/plain.cil" <<-CIL
	(type plain_t)
	(type typed_t)
	(typeattributeset container_domain (plain_t))
	(allow plain_t typed_t (file (create read write open getattr)))
	(allow plain_t typed_t (dir (read write open getattr search add_name)))
	(filecon "$work/disk/typed" dir (system_u object_r typed_t ((s0) (s0))))
CIL

# by TYPE ERRNO PAIR COMMAND...: a domain of keyed.cil, or the policy other.cil or plain.cil.
by() {
	local said=0 policy=keyed
	[[ $1 == keeper || $1 == visitor ]] || policy=$1
	bulkhead exec --policy "$work/$policy.cil" --type "$1_t" --level "s0:$3" \
		--volume "$place:private" -- "$here/probe" "${@:4}" || said=$?
	echo "status $said"
	[[ $said == "$2" ]]
}

# base ERRNO PAIR COMMAND...: container_t, with the volume $1 shared.
shared() {
	local said=0
	bulkhead exec --level "s0:$2" --volume "$place:shared" -- "$here/probe" "${@:3}" || said=$?
	echo "status $said"
	[[ $said == "$1" ]]
}

# stays NAME COMMAND...: the counter does not grow.
stays() {
	local before
	before=$(count "$1")
	"${@:2}" && labels_written && echo "$1 was $before, is $(count "$1")" &&
		[[ $(count "$1") == "$before" ]]
}

mount_disk() {
	mount -o loop "$work/file" "$work/disk"
}

mount_image() {
	mount -t overlay -o "lowerdir=$work/disk/lower,upperdir=$work/disk/upper,workdir=$work/disk/work" \
		keyed "$work/image"
}

remount() {
	labels_written && umount "$work/image" && umount "$work/disk" && mount_disk && mount_image
}

reboot_played() {
	labels_written && bulkhead unload && remount && remove_module && bulkhead load
}

# kept NAME PAIR: what keeper_t has made is secret_t, with the categories that the place has now.
kept() {
	run "$1: denied" by visitor 13 "$2" open "$place/secret" rdonly
	run "$1: the record" last_record "tcontext=system_u:object_r:secret_t:s0:$2 tclass=file"
	run "$1: its maker reads it" by keeper 0 "$2" open "$place/secret" rdonly
	run "$1: in its directory, too" by visitor 13 "$2" open "$place/vault/inner" rdonly
	run "$1: nothing is made there" by visitor 13 "$2" mkdir "$place/vault/dir"
	run "$1: the record" last_record "tcontext=system_u:object_r:secret_t:s0:$2 tclass=dir"
	run "$1: nor renamed" by visitor 13 "$2" rename "$place/vault/inner" "$place/vault/other"
	run "$1: nor removed" by visitor 13 "$2" unlink "$place/secret"
	run "$1: what is not secret: allowed" by visitor 0 "$2" open "$place/file" rdonly
}

# lasts NAME
lasts() {
	echo file >"$place/file"
	run "$1: a file" by keeper 0 c1,c2 open "$place/secret" wronly,creat
	run "$1: a directory" by keeper 0 c1,c2 mkdir "$place/vault"
	run "$1: a file in it" by keeper 0 c1,c2 open "$place/vault/inner" wronly,creat
	kept "$1: as made" c1,c2
	kept "$1: restarted" c3,c4
	run "$1: all is written" labels_written
	run "$1: the file has an attribute" label_is 'secret_t:s0 (tagged)' "$place/secret"
	run "$1: the directory, too" label_is 'secret_t:s0 (tagged)' "$place/vault"
	run "$1: and what is in it" label_is 'secret_t:s0 (tagged)' "$place/vault/inner"
	run "$1: what is as its place says has none" label_is none "$place/file"
	run "$1: evicted" evict
	kept "$1: evicted" c1,c2
	run "$1: mounted anew" remount
	kept "$1: mounted anew" c5,c6
	run "$1: booted anew, as far as this goes" reboot_played
	kept "$1: booted anew" c1,c2
	run "$1: its maker makes more" by keeper 0 c1,c2 mkdir "$place/vault/dir"
	run "$1: and renames" by keeper 0 c1,c2 rename "$place/secret" "$place/renamed"
	run "$1: mounted anew" remount
	run "$1: renamed: denied" by visitor 13 c1,c2 open "$place/renamed" rdonly
	run "$1: renamed: allowed" by keeper 0 c1,c2 open "$place/renamed" rdonly
	run "$1: nor a file without a name made there" by visitor "${unnamed:-13}" c1,c2 \
		open "$place/vault" wronly,tmpfile
	run "$1: but by its maker" by keeper "${unnamed:-0}" c1,c2 open "$place/vault" wronly,tmpfile
	run "$1: nobody was refused for not having asked" bash -c "[[ $(count unasked) == 0 ]]"
}

# says_nothing NAME VALUE: such an attribute.
says_nothing() {
	echo file >"$place/fake"
	setfattr -n security.bulkhead -v "$2" "$place/fake"
	run "$1: evicted" evict
	run "$1: allowed" by visitor 0 c1,c2 open "$place/fake" rdonly
	run "$1: its maker may be anybody" by keeper 0 c1,c2 open "$place/fake" wronly
	rm "$place/fake"
}

# claimed NAME: what an image ships, or an archive that is unpacked into a private volume.
claimed() {
	local right
	right=$(getfattr --only-values -n security.bulkhead "$place/vault/inner" 2>/dev/null)
	run "$1: there is a tag to play with" bash -c '[[ $1 =~ ^secret_t:s0\ [0-9a-f]{16}$ ]]' bash "$right"
	says_nothing "$1: without a tag" secret_t:s0
	says_nothing "$1: with a pair" secret_t:s0:c1,c2
	says_nothing "$1: with a wrong tag" 'secret_t:s0 0123456789abcdef'
	says_nothing "$1: with another label's tag" "shadow_t:s0 ${right#* }"
	says_nothing "$1: with a tag and more" "$right 1"
	says_nothing "$1: garbage" garbage
	says_nothing "$1: too long" "secret_t:s0 $(printf '%0300d' 0)"
	cp -a "$place/vault/inner" "$place/copy"
	run "$1: the twin: a copy by the host: denied" by visitor 13 c1,c2 open "$place/copy" rdonly
	run "$1: the twin: its maker" by keeper 0 c1,c2 open "$place/copy" rdonly
	rm "$place/copy"
}

# unread NAME: no container reads the attribute.
unread() {
	setfattr -n security.other -v value "$place/vault/inner"
	setfattr -n user.other -v value "$place/vault/inner"
	run "$1: a container does not read the attribute" by keeper 13 c1,c2 \
		getxattr "$place/vault/inner" security.bulkhead
	run "$1: the record" last_record '{ relabelfrom } '
	run "$1: nor where there is none" by keeper 13 c1,c2 getxattr "$place/file" security.bulkhead
	run "$1: another one it does" by keeper 0 c1,c2 getxattr "$place/vault/inner" security.other
	run "$1: and a user's" by keeper 0 c1,c2 getxattr "$place/vault/inner" user.other
	run "$1: the host does" getfattr -n security.bulkhead "$place/vault/inner"
	run "$1: it is not shown" bash -c '! bulkhead label --show "$1" | grep -E "[0-9a-f]{16}"' bash \
		"$place/vault/inner"
}

truncate -s 64M "$work/file"
mkfs.ext4 -q "$work/file"
run "a disk" mount_disk
mkdir "$work"/disk/{lower,upper,work,plain,typed}
echo lower >"$work/disk/lower/below"
setfattr -n security.bulkhead -v secret_t:s0 "$work/disk/lower/below"
run "an image" mount_image

# Without attributes before the first container that needs them.
run "the key is root's" bash -c '[[ $(stat -c "%a %u %s" '$key') == "600 0 33" ]]'

place=$work/image
# Overlayfs has files without a name from 6.3 on.
unnamed=$([[ $(uname -r) == 6.1.* ]] && echo 95)
lasts "image"
claimed "image"
unread "image"
run "image: what it ships: no effect" by visitor 0 c1,c2 open "$place/below" rdonly
run "image: written to: copied up" by keeper 0 c1,c2 open "$place/below" wronly
run "image: evicted" evict
run "image: no effect after that" by visitor 0 c1,c2 open "$place/below" rdonly
cp -a "$place/vault/inner" "$work/inner"
umount "$place"
cp -a "$work/inner" "$work/disk/lower/vouched"
run "image: a lower layer with a tag" mount_image
run "image: lower: denied" by visitor 13 c1,c2 open "$place/vouched" rdonly
run "image: lower: allowed, and copied up" by keeper 0 c1,c2 open "$place/vouched" wronly
run "image: copied up: evicted" evict
run "image: copied up: denied" by visitor 13 c1,c2 open "$place/vouched" rdonly
run "image: copied up: allowed" by keeper 0 c1,c2 open "$place/vouched" rdonly

place=$work/disk/plain
unnamed=
lasts "private volume"
claimed "private volume"
unread "private volume"

# Who has another policy has other types.
run "another policy's type of that name" by other 0 c1,c2 open "$place/vault/inner" rdonly
run "which may not be written" by other 13 c1,c2 open "$place/vault/inner" wronly
run "the record" last_record 'tcontext=system_u:object_r:secret_t:s0:c1,c2'
run "and again the first one's" by visitor 13 c1,c2 open "$place/vault/inner" rdonly
run "and again: allowed" by keeper 0 c1,c2 open "$place/vault/inner" rdonly

# Shared, a right tag is a label without categories, and a wrong one none.
run "shared: whoever knows the type" evict
run "shared: container_t does not" shared 13 c1,c2 open "$place/vault/inner" rdonly
run "shared: the record" last_record 'tcontext=system_u:object_r:unlabeled_t:s0'
setfattr -n security.bulkhead -v 'container_file_t:s0 0123456789abcdef' "$place/file"
run "shared: a wrong tag is no label" grows unreadable shared 13 c1,c2 open "$place/file" rdonly
run "shared: the record" last_record 'tcontext=system_u:object_r:unlabeled_t:s0'
setfattr -n security.bulkhead -v container_file_t:s0 "$place/file"
run "shared: none at all is one" shared 0 c1,c2 open "$place/file" rdonly

# Without transitions nothing is written; what the path says of its directory lasts no longer.
place=$work/disk
run "a policy without transitions: a file in a directory with a type" stays written \
	by plain 0 c1,c2 open "$place/typed/file" wronly,creat
run "a policy without transitions: no attribute" label_is none "$place/typed/file"

# The key: made once, and what is none is refused.
cp -p $key "$work/key"
run "unload" bulkhead unload
for wrong in "" short 0123456789ABCDEF0123456789ABCDEF "$(printf '%032d' 0)x"; do
	printf '%s\n' "$wrong" >$key
	run "no key: '$wrong'" refuses 'label.key: not a key of 32' bulkhead load
done
cp -p "$work/key" "$key"
chmod 644 $key
run "a key that others read" refuses 'label.key: others than root may read it' bulkhead load
chmod 600 $key
run "the right one" bulkhead load
run "is given before the programs: not now" bash -c \
	'! echo "key $(cat '$key')" >/sys/kernel/security/bulkhead/ctl'
place=$work/disk/plain
run "the right one: denied" by visitor 13 c1,c2 open "$place/vault/inner" rdonly
run "unload" bulkhead unload
rm $key
run "another one is made" bulkhead load
run "with another one what was written says nothing" evict
run "with another one: allowed" by visitor 0 c1,c2 open "$place/vault/inner" rdonly
run "unload" bulkhead unload
cp -p "$work/key" "$key"
run "the first one again" bulkhead load
run "evicted" evict
run "the first one again: denied" by visitor 13 c1,c2 open "$place/vault/inner" rdonly
run "the first one again: allowed" by keeper 0 c1,c2 open "$place/vault/inner" rdonly

# Podman's own. What keeper_t runs in /guest is guest_t, but for what the engine itself starts.
mkdir -p "$work/build/rootfs"/{bin,guest,data}
cp /bin/busybox "$work/build/rootfs/bin/"
cp /bin/busybox "$work/build/rootfs/guest/cat"
for applet in sh cat echo sleep; do
	ln -s busybox "$work/build/rootfs/bin/$applet"
done
echo of the image >"$work/build/rootfs/file"
printf 'FROM scratch\nCOPY rootfs /\n' >"$work/build/Dockerfile"
annotation=io.bulkhead.policy=$(base64 -w0 <<-'CIL'
	(type keeper_t)
	(type guest_t)
	(type guest_exec_t)
	(type secret_t)
	(typeattributeset container_domain (keeper_t guest_t))
	(typetransition keeper_t container_file_t file secret_t)
	(typetransition keeper_t guest_exec_t process guest_t)
	(allow keeper_t secret_t (file (create read write open getattr setattr unlink)))
	(allow keeper_t guest_exec_t (file (read open getattr map execute)))
	(allow keeper_t guest_t (process (transition sigchld sigkill signal)))
	(allow guest_t keeper_t (process (sigchld)))
	(allow guest_t keeper_t (fd (use)))
	(allow guest_t keeper_t (fifo_file (read write getattr)))
	(allow guest_t guest_exec_t (file (read open getattr map execute entrypoint)))
	(filecon "/guest/.*" file (system_u object_r guest_exec_t ((s0) (s0))))
CIL
)

recorded() {
	"$@" && return
	bulkhead log | tail -n 3
	return 1
}

denied() {
	local said
	said=$("$@" 2>&1) && return 1
	echo "$said"
	[[ $said == *"ermission denied"* ]]
}

# kept_in NAME ENGINE...: what the container keeper has made.
kept_in() {
	run "$1: denied" denied "${@:2}" exec keeper /bin/sh -c "/guest/cat /data/kept"
	run "$1: the record" last_record 'tcontext=system_u:object_r:secret_t:s0:c'
	run "$1: what is not secret: allowed" "${@:2}" exec keeper /bin/sh -c "/guest/cat /file"
	run "$1: its maker reads it" "${@:2}" exec keeper /bin/cat /data/kept
}

# engine NAME COMMAND...
engine() {
	run "$1: an image" "${@:2}" build -q -t localhost/test-keyed "$work/build"
	run "$1: a container" "${@:2}" run -d --name keeper --network=none --annotation "$annotation" \
		--annotation io.bulkhead.type=keeper_t localhost/test-keyed /bin/sleep 1000
	run "$1: a file" recorded "${@:2}" exec keeper /bin/sh -c 'echo kept >/data/kept'
	kept_in "$1: as made" "${@:2}"
	run "$1: restarted" "${@:2}" restart -t 0 keeper
	kept_in "$1: restarted" "${@:2}"
	run "$1: evicted" evict
	kept_in "$1: evicted" "${@:2}"
	run "$1: the engine sees it" bash -c '[[ $("$@" diff keeper) == *"A /data/kept"* ]]' bash "${@:2}"
	run "$1: committed" "${@:2}" commit -q keeper localhost/test-committed
	run "$1: removed" "${@:2}" rm -f -t 0 keeper
	run "$1: what is committed is what its path says" "${@:2}" run --rm --network=none \
		--annotation "$annotation" --annotation io.bulkhead.type=keeper_t \
		localhost/test-committed /bin/sh -c "/guest/cat /data/kept"
}
engine overlay podman
engine vfs podman --root "$work/vfs" --runroot "$work/vfs-run" --storage-driver vfs
podman --root "$work/vfs" --runroot "$work/vfs-run" --storage-driver vfs rmi -af >/dev/null 2>&1
plan
