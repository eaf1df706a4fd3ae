#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where a container's files lie and who it is there changes nothing: volumes on other file systems,
# the storage driver vfs, user namespaces, idmapped mounts.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"

work=$(mktemp -d /var/tmp/storage.XXXXXX)
volume=$work/volume
mkdir "$volume"
conf=/etc/bulkhead/bulkhead.conf
cp "$conf" "$work/conf"

new_records() {
	bulkhead log >/dev/null
	tail -n "+$((lines + 1))" /run/bulkhead/avc.log
}

# denied RECORD COMMAND...: it fails by permission, and that is what was recorded.
denied() {
	local pattern=$1 said status=0 lines
	shift
	bulkhead log >/dev/null
	lines=$(wc -l </run/bulkhead/avc.log)
	said=$("$@" 2>&1) || status=$?
	echo "status $status, said: $said"
	new_records | tee /dev/stderr | grep -Eq "$pattern" &&
		[[ $status == 1 && $said == *"ermission denied"* ]]
}

# allowed COMMAND...: it succeeds, and nothing was recorded.
allowed() {
	local lines
	bulkhead log >/dev/null
	lines=$(wc -l </run/bulkhead/avc.log)
	"$@" && [[ -z $(new_records | tee /dev/stderr) ]]
}

# contained LEVEL SCRIPT: in a container with that volume.
contained() {
	bulkhead exec --level "$1" --volume "$volume:${3-shared}" -- /bin/bash -c "$2" bash "$volume"
}

# volume_on TYPE [MKFS-OPTION...]: what is made on it is its maker's, by the place it is in.
volume_on() {
	local type=$1
	shift
	truncate -s 400M "$work/disk"
	run "$type" "mkfs.$type" "$@" "$work/disk"
	run "$type: mounted" mount -o loop "$work/disk" "$volume"
	run "$type: of a shared volume" allowed contained s0:c1,c2 \
		'mkdir "$1/dir" && echo a file >"$1/dir/made" && mv "$1/dir/made" "$1/dir/file"'
	run "$type: its maker reads it" allowed contained s0:c1,c2 'grep "a file" "$1/dir/file"'
	run "$type: nobody else" \
		denied '\{ read open \} .*name="file" .*tcontext=[^ ]*:container_file_t:s0:c1,c2 ' \
		contained s0:c3,c4 'cat "$1/dir/file"'
	run "$type: but the host" grep "a file" "$volume/dir/file"
	rm -r "$volume/dir"
	run "$type: of a private volume" allowed contained s0:c1,c2 \
		'mkdir "$1/dir" && echo a file >"$1/dir/file"' private
	run "$type: which is the next one's" allowed contained s0:c3,c4 'cat "$1/dir/file"' private
	run "$type: and nobody's without the volume" \
		denied '\{ read open \} .*name="file" .*tcontext=[^ ]*:(unlabeled_t|var_t|tmp_t):s0 ' \
		bulkhead exec --level s0:c3,c4 -- /bin/bash -c 'cat "$1"' bash "$volume/dir/file"
}

no_volume() {
	umount "$volume"
	rm "$work/disk"
}

volume_on ext4 -q
no_volume
volume_on xfs -q
no_volume
volume_on btrfs -q -m single
run "btrfs: a subvolume" btrfs -q subvolume create "$volume/sub"
run "btrfs: is a part of the volume" allowed contained s0:c1,c2 'echo a file >"$1/sub/file"'
run "btrfs: nobody else's there" \
	denied '\{ read open \} .*name="file" .*tcontext=[^ ]*:container_file_t:s0:c1,c2 ' \
	contained s0:c3,c4 'cat "$1/sub/file"'
no_volume

mkdir -p "$work/image/rootfs"/{bin,etc,tmp,out}
cp /bin/busybox "$work/image/rootfs/bin/"
for applet in sh cat echo stat id; do
	ln -s busybox "$work/image/rootfs/bin/$applet"
done
echo of the image >"$work/image/rootfs/etc/file"
printf 'FROM scratch\nCOPY rootfs /\n' >"$work/image/Dockerfile"
engine=(podman)

# pod OPTION... -- SCRIPT: in a container of the engine.
pod() {
	local options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	"${engine[@]}" run --rm --network=none "${options[@]}" localhost/test-storage /bin/sh -c "$2"
}

# container WHAT OPTION...: its own files, the host's, and a shared volume.
container() {
	local what=$1
	shift
	run "$what: its own files" allowed pod "$@" -- \
		'echo a file >/tmp/file && cat /tmp/file && echo more >>/etc/file && cat /etc/file'
	run "$what: the host's that all may read" allowed pod "$@" -v /usr/lib/os-release:/out/file:ro -- \
		'cat /out/file'
	run "$what: one that none may read" \
		denied '\{ read open \} .*name="shadow.all" .*:container_t:s0:c[0-9]+,c[0-9]+ tcontext=[^ ]*:shadow_t:s0 ' \
		pod "$@" -v /etc/shadow.all:/out/file:ro -- 'cat /out/file'
	rm -rf "${volume:?}"/*
	run "$what: a file on a shared volume" allowed pod "$@" -v "$volume:/out" -- \
		'echo a file >/out/file && cat /out/file'
	run "$what: is nobody else's" \
		denied '\{ read open \} .*name="file" .*tcontext=[^ ]*:container_file_t:s0:c[0-9]+,c[0-9]+ ' \
		pod "$@" -v "$volume:/out" -- 'cat /out/file'
}

# By its mode everybody may read it: that is not what refuses.
echo secret >/etc/shadow.all
chmod 755 "$work"
chmod 777 "$volume"
echo "volume $volume shared" >>"$conf"
users=(--uidmap 0:100000:65536 --gidmap 0:100000:65536)

run "an image" podman build -q -t localhost/test-storage "$work/image"
container overlay
container "a user namespace" "${users[@]}"
run "a user namespace: root there" bash -c '[[ $1 == 100000 ]]' bash "$(stat -c %u "$volume/file")"

chmod 755 "$volume"
run "idmapped: the host's root's is that root's" allowed pod "${users[@]}" -v "$volume:/out:idmap" -- \
	'echo a file >/out/mapped && [ "$(stat -c %u /out/mapped)" = 0 ]'
run "idmapped: on the host, too" bash -c '[[ $1 == 0 ]]' bash "$(stat -c %u "$volume/mapped")"
run "idmapped: is nobody else's" \
	denied '\{ read open \} .*name="mapped" .*tcontext=[^ ]*:container_file_t:s0:c[0-9]+,c[0-9]+ ' \
	pod "${users[@]}" -v "$volume:/out:idmap" -- 'cat /out/mapped'
chmod 777 "$volume"

engine=(podman --root "$work/vfs" --runroot "$work/vfs-run" --storage-driver vfs)
run "an image by vfs" "${engine[@]}" build -q -t localhost/test-storage "$work/image"
container vfs

"${engine[@]}" rmi -af >/dev/null 2>&1
podman rmi -f localhost/test-storage >/dev/null
cp "$work/conf" "$conf"
rm -rf "$work" /etc/shadow.all
plan
