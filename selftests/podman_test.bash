#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real containers under Podman, with crun and with runc: the modules that are refused, the domain
# and the pair that each container gets, and that nothing is left of a hundred of them.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")

work=$(mktemp -d)
mkdir "$work/out"
good='(type web_t)
(allow web_t container_file_t (file (read getattr map execute open execute_no_trans)))
(allow web_t container_file_t (dir (read getattr open search)))
(allow web_t container_file_t (lnk_file (read getattr)))
(allow web_t self (process (fork sigchld sigkill signal)))
(allow web_t self (fifo_file (read write)))
(allow web_t null_device_t (chr_file (read write getattr open)))'

# image NAME [POLICY-FILE]: from scratch; POLICY-FILE becomes /.bulkhead/policy.cil.
image() {
	local root=$work/$1
	mkdir -p "$root/rootfs/bin" "$root/rootfs/out" "$root/rootfs/tmp"
	cp /bin/busybox "$root/rootfs/bin/busybox"
	local applet
	for applet in sh cat echo touch true sleep id; do
		ln -s busybox "$root/rootfs/bin/$applet"
	done
	if [[ -n ${2-} ]]; then
		mkdir "$root/rootfs/.bulkhead"
		cp "$2" "$root/rootfs/.bulkhead/policy.cil"
	fi
	printf 'FROM scratch\nCOPY rootfs /\n' >"$root/Dockerfile"
	podman build -q --format oci -t "localhost/test-$1" "$root"
}

# start [OPTION...]: a container of test-plain that says that it ran, to both sides.
start() {
	podman run --rm --network=none -v "$work/out:/out" "$@" localhost/test-plain \
		/bin/echo it ran
}

annotated() {
	start --annotation "io.bulkhead.policy=$(base64 -w0 <<<"$1")"
}

# refused PATTERN COMMAND...: the engine fails, says why, and nothing ran or is left.
refused() {
	local pattern=$1 said status=0
	shift
	said=$("$@" 2>&1) || status=$?
	echo "status $status, said: ${said:0:2000}"
	[[ $status != 0 && $said =~ $pattern && ! $said =~ "it ran" ]] &&
		[[ $(bulkhead ps --json) == '[]' && -z $(podman ps -aq) ]]
}

allowed() {
	local said
	said=$("$@" 2>&1)
	echo "$said"
	[[ $said == "it ran" ]]
}

run "image from scratch" image plain
run "without a module" allowed start
run "with a module" allowed annotated "$good"
run "under runc" allowed podman --runtime runc run --rm --network=none localhost/test-plain \
	/bin/echo it ran

run "module is not CIL" refused 'io.bulkhead.policy' annotated 'this is not CIL'
run "module is empty" refused 'io.bulkhead.policy' annotated ''
run "module is a comment" refused 'empty' annotated '; nothing'
run "module is unbalanced" refused 'io.bulkhead.policy:[0-9]+' annotated "$good ("
run "module is unbalanced the other way" refused 'io.bulkhead.policy:[0-9]+' annotated "$good )"
run "annotation is not base64" refused 'not base64' \
	start --annotation 'io.bulkhead.policy=%%%'
run "module over-reaches" refused ':2: .*bounds of container_t' annotated '(type greedy_t)
(allow greedy_t shadow_t (file (read open)))'
run "module is permissive" refused 'administrator' annotated "$good (typepermissive web_t)"
run "unknown statement" refused 'not a statement' annotated "$good (frobnicate web_t)"
run "module under runc is refused" refused 'io.bulkhead.policy' \
	podman --runtime runc run --rm --network=none \
	--annotation "io.bulkhead.policy=$(base64 -w0 <<<'(')" localhost/test-plain /bin/echo it ran

{
	echo "$good"
	yes '; ten megabytes of comment' | head -c 10485760
} >"$work/ten.cil"
run "image with a module of 10 MB" image ten "$work/ten.cil"
run "module of 10 MB" refused 'policy.cil' \
	podman run --rm --network=none localhost/test-ten /bin/echo it ran
echo "$good" >"$work/good.cil"
run "image with a module in a file" image infile "$work/good.cil"
run "module in a file" allowed podman run --rm --network=none localhost/test-infile /bin/echo it ran

# Domain, level and exec of one that lives.
run "a container that lives" podman run -d --name living --network=none \
	-v /etc/shadow:/out/shadow:ro \
	--annotation "io.bulkhead.policy=$(base64 -w0 <<<"$good")" \
	localhost/test-plain /bin/sleep 1000
listed() {
	bulkhead ps --json | tee /dev/stderr |
		jq -e '.[] | select(.domain == "web_t" and .mode == "enforcing" and
			(.level | test("^s0:c[0-9]+,c[0-9]+$")))'
}
run "ps names it" listed
record() {
	bulkhead log >/dev/null
	local lines
	lines=$(wc -l </run/bulkhead/avc.log)
	! podman exec living /bin/cat "$1" || return 1
	bulkhead log >/dev/null
	tail -n "+$((lines + 1))" /run/bulkhead/avc.log | tee /dev/stderr | grep -q "$2"
}
run "exec lands in its domain" record /out/shadow \
	'{ read open } .*name="shadow" .*:web_t:s0:c[0-9]*,c[0-9]* tcontext=system_u:object_r:shadow_t:s0 tclass=file permissive=0'
run "its twin" podman exec living /bin/cat /bin/busybox
run "privileged gives no more" bash -c '
	said=$(podman run --rm --privileged --network=none -v /etc/shadow:/tmp/shadow \
		localhost/test-plain /bin/cat /tmp/shadow 2>&1) && exit 1
	echo "$said"; [[ $said == *"ermission denied"* ]]'
run "stop" podman rm -f -t 0 living
run "gone from ps" bash -c '[[ $(bulkhead ps --json) == "[]" ]]'

# A named volume is shared, and what a container makes there is its own, also when the inode has left memory.
in_volume() {
	podman run --rm --network=none -v lasts:/out localhost/test-plain "$@"
}
not_read() {
	local said
	said=$(in_volume /bin/cat /out/mine 2>&1) && return 1
	echo "$said"
	[[ $said == *"ermission denied"* ]]
}
evict() {
	labels_written && sync && echo 2 >/proc/sys/vm/drop_caches
}
run "a container writes to a named volume" in_volume /bin/sh -c 'echo mine >/out/mine'
run "the next one does not read it" not_read
run "evicted" evict
run "nor then" not_read
run "labelled by the administrator" bulkhead label container_file_t \
	"$(podman volume inspect -f '{{.Mountpoint}}' lasts)/mine"
run "it does" in_volume /bin/cat /out/mine
run "no volume" podman volume rm lasts

# In an image an attribute says nothing, whoever put it there.
labelled_image() {
	local container root
	container=$(podman create --network=none localhost/test-plain /bin/cat /labelled) &&
		root=$(podman mount "$container") && echo "it ran" >"$root/labelled" &&
		setfattr -n security.bulkhead -v shadow_t:s0 "$root/labelled" &&
		getfattr --only-values -n security.bulkhead "$root/labelled" &&
		podman umount "$container" && allowed podman start -a "$container" &&
		podman commit -q "$container" localhost/test-labelled && podman rm "$container"
}
run "an attribute in a root file system has no effect" labelled_image
run "nor in the image that is made of it" allowed podman run --rm --network=none localhost/test-labelled

# Policies stay for the next start, until something collects all garbage: a boolean does.
maps() {
	bulkhead boolean virt_sandbox_use_fusefs=off
	"$here/pinned" count bh_containers bh_pairs bh_names bh_leases bh_types bh_typenames bh_policies \
		bh_policyinfo bh_mounters
}
run "one more, so that all that stays is there" annotated "$good"
before=$(maps)
hundred() {
	local i
	for ((i = 0; i < 92; i++)); do
		bulkhead exec --policy "$work/good.cil" --volume "$work/out:private" -- \
			"$here/probe" exec0 || return 1
	done
	for ((i = 0; i < 8; i++)); do
		annotated "$good" || return 1
	done
}
sed -i '$a (allow web_t usr_t (file (read getattr map execute open execute_no_trans)))' \
	"$work/good.cil"
run "a hundred starts and stops" hundred
nothing_left() {
	bulkhead log >/dev/null
	local now
	now=$(maps)
	echo "before: $before"
	echo "now:    $now"
	[[ $now == "$before" && $now == "bh_containers=0 bh_pairs=0 bh_names=0 bh_leases=0 "* &&
		$now == *" bh_policies=1 bh_policyinfo=1 "* ]]
}
run "nothing is left in the maps" nothing_left
rm -rf "$work"
plan
