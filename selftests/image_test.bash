#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Modules in images: real builds by podman, buildah and docker from a Dockerfile with POLICY, what
# their archives hold, and the container that comes of it. What is refused leaves no image.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"

work=$(mktemp -d /var/tmp/image.XXXXXX)
context=$work/context
good='(type web_t)
(type other_t)
(allow web_t container_file_t (file (read getattr map execute open execute_no_trans)))
(allow web_t container_file_t (dir (read getattr open search)))
(allow web_t container_file_t (lnk_file (read getattr)))
(allow web_t self (process (fork sigchld sigkill signal)))
(allow web_t self (fifo_file (read write)))
(allow web_t null_device_t (chr_file (read write getattr open)))'

mkdir -p "$context/rootfs/bin" "$context/rootfs/tmp"
cp /bin/busybox "$context/rootfs/bin/"
for applet in sh cat echo sleep; do
	ln -s busybox "$context/rootfs/bin/$applet"
done
echo "$good" >"$context/web.cil"
digest=sha256:$(sha256sum "$context/web.cil" | cut -d' ' -f1)
printf '(type greedy_t)\n(allow greedy_t shadow_t (file (read open)))\n' >"$context/greedy.cil"
echo '(type' >"$context/broken.cil"
ln -s web.cil "$context/link.cil"
ln -s /etc "$context/out"
printf 'FROM scratch\nCOPY rootfs /\npolicy web.cil type web_t\n' >"$context/Dockerfile"

# dockerfile LINE: a Dockerfile whose second line it is.
dockerfile() {
	printf 'FROM scratch\n%s\nCOPY rootfs /\n' "$1" >"$work/Dockerfile"
}

# A daemon without a network, and with a storage that needs nothing of the kernel.
start_docker() {
	mkdir -p /run/docker "$work/docker"
	dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
		--data-root "$work/docker" --exec-root /run/docker-exec >"$work/dockerd.log" 2>&1 &
	dockerd=$!
	timeout 120 bash -c 'until docker version >/dev/null 2>&1; do
		kill -0 '"$dockerd"' || exit 1
		read -r -t 0.2 <> <(:) || :
	done' || {
		tail -n 30 "$work/dockerd.log"
		return 1
	}
}

images() {
	podman images -aq --no-trunc | sort
	docker images -aq --no-trunc | sort
}

built() {
	local said
	said=$(bulkhead image build -- "$@" 2>&1) || {
		echo "$said"
		return 1
	}
	echo "$said"
	[[ $said == *"bulkhead: module $digest (web.cil"* ]] &&
		[[ -z $(compgen -G '/tmp/bulkhead-build.*') ]]
}

# refused_build PATTERN COMMAND...: exit status 1, one line, no temporary file left.
refused_build() {
	local pattern=$1
	shift
	refuses "$pattern" bulkhead image build -- "$@" && [[ -z $(compgen -G '/tmp/bulkhead-build.*') ]]
}

no_new_image() {
	diff <(echo "$before") <(images)
}

# verified FILE PLACES [LINES [DOMAIN]]: it holds one good module, there.
verified() {
	local said
	said=$(bulkhead image verify --require "$1") || return 1
	echo "$said"
	[[ $said == *"module $digest, domain ${4:-web_t}, in $2" && $(wc -l <<<"$said") == "${3:-1}" ]] &&
		diff <(bulkhead image extract "$1") "$context/web.cil"
}

# confined IMAGE: its containers run in the module's domain.
confined() {
	local status=0
	podman run -d --name confined --network=none -v /etc/shadow:/tmp/shadow:ro "$1" \
		/bin/sleep 1000 || return 1
	bulkhead ps --json | tee /dev/stderr |
		jq -e 'length == 1 and .[0].domain == "web_t"' || status=1
	podman exec confined /bin/cat /tmp/shadow && status=1
	podman exec confined /bin/cat /bin/busybox >/dev/null || status=1
	podman rm -f -t 0 confined
	return "$status"
}

all='annotation, label, /.bulkhead/policy.cil'
rest='label, /.bulkhead/policy.cil'

run "dockerd" start_docker

# Podman.
run "podman build" built podman build --format oci -t localhost/web "$context"
run "its container is confined" confined localhost/web
run "podman save: OCI archive" podman save -q --format oci-archive -o "$work/oci.tar" localhost/web
run "verify it" verified "$work/oci.tar" "$all"
run "podman save: docker archive" podman save -q --format docker-archive -o "$work/docker.tar" \
	localhost/web
run "verify it" verified "$work/docker.tar" "$rest"
run "podman push: layout" podman push -q localhost/web "oci:$work/layout"
run "verify it" verified "$work/layout" "$all"
run "podman build in docker's format" built podman build --format docker -t localhost/webd "$context"
run "its container is confined" confined localhost/webd

# Buildah.
printf 'FROM scratch\nCOPY rootfs /\nPOLICY web.cil\n' >"$work/Dockerfile"
run "buildah build, the domain by the module's rules" built buildah bud --format oci \
	-t localhost/webb -f "$work/Dockerfile" "$context"
run "its container is confined" confined localhost/webb
run "buildah push: zstd" buildah push -q --compression-format zstd localhost/webb \
	"oci-archive:$work/zstd.tar"
run "it is zstd" bash -c 'tar -xOf "$1" index.json >"$2/index.json" &&
	manifest=$(jq -r .manifests[0].digest "$2/index.json") &&
	tar -xOf "$1" "blobs/sha256/${manifest#sha256:}" | jq -e ".layers[].mediaType | test(\"zstd\")"' \
	- "$work/zstd.tar" "$work"
run "verify it" verified "$work/zstd.tar" "$all" 1 'by its rules'

# Docker.
run "docker build" built docker build -t localhost/webk:1 "$context"
run "docker save" docker save -o "$work/moby.tar" localhost/webk:1
moby=1
tar -tf "$work/moby.tar" | grep -q '^index.json$' && moby=2
run "verify it" verified "$work/moby.tar" "$rest" "$moby"
run "podman load of it" podman load -q -i "$work/moby.tar"
run "its container is confined" confined localhost/webk:1
buildkit() {
	DOCKER_BUILDKIT=1 built docker build -t localhost/webk:2 "$context"
}
docker buildx version >/dev/null 2>&1 || [[ $(docker version --format '{{.Client.Version}}') != 20.* ]] ||
	run "docker build by BuildKit" buildkit

# A package, and a module that the host has.
cp "$(dirname "$(realpath "$0")")/policy/packaged.pp" "$context/packaged.pp"
package=sha256:$(sha256sum <"$context/packaged.pp" | cut -d' ' -f1)
packaged() {
	local said
	said=$(bulkhead image verify --require "$1") || return 1
	echo "$said"
	[[ $said == *"module $package, domain web_t, in $2"* ]] &&
		bulkhead image extract "$1" | cmp - "$context/packaged.pp"
}
dockerfile 'POLICY packaged.pp TYPE web_t'
run "podman build with a package" bulkhead image build -- podman build --format oci \
	-t localhost/packaged -f "$work/Dockerfile" "$context"
run "its container is confined" confined localhost/packaged
run "podman save" podman save -q --format oci-archive -o "$work/packaged.tar" localhost/packaged
run "verify it" packaged "$work/packaged.tar" 'annotation, label, /.bulkhead/policy.pp'
run "a package is installed as CIL" bulkhead module install --for-images web "$context/packaged.pp"
run "module show has it" bash -c 'bulkhead module show web | grep -q "(type web_t)"'
echo '(allow web_t etc_t (file (read)))' >"$work/wider.cil"
run "a grant to the package by its digest" bulkhead module install --grant-to "$package" \
	--with "$context/packaged.pp" wider "$work/wider.cil"
run "not by another's" refuses "packaged.pp: its digest is $package" bulkhead module install \
	--grant-to "$digest" --with "$context/packaged.pp" other "$context/web.cil"
dockerfile 'LABEL io.bulkhead.policy=name:web io.bulkhead.type=web_t'
run "an image that names it" podman build -q --format oci -t localhost/named -f "$work/Dockerfile" \
	"$context"
run "podman save" podman save -q --format oci-archive -o "$work/named.tar" localhost/named
run "verify it" bash -c '[[ $(bulkhead image verify --require "$1") == \
	*": names the host'"'"'s module web, domain web_t, in label" ]]' - "$work/named.tar"
run "its container is confined" confined localhost/named
run "nothing is in it to extract" refuses "it names the host's module web and has none" \
	bulkhead image extract "$work/named.tar"
run "not for images" bulkhead module install web "$context/packaged.pp"
run "verify refuses it" refuses 'module web is not for images' bulkhead image verify "$work/named.tar"
bulkhead module remove wider
bulkhead module remove web
run "not installed" refuses 'no module web is installed' bulkhead image verify "$work/named.tar"

# The engine decides what the rest of the file is worth.
dockerfile 'FROBNICATE x'
sed -i '$a POLICY web.cil TYPE web_t' "$work/Dockerfile"
engine_status() {
	local status=0 want=0
	bulkhead image build -- podman build -f "$work/Dockerfile" "$context" || status=$?
	grep -v POLICY "$work/Dockerfile" >"$work/Dockerfile.plain"
	podman build -f "$work/Dockerfile.plain" "$context" || want=$?
	echo "status $status, podman's $want"
	[[ $status == "$want" && $want != 0 ]]
}
run "the engine's status" engine_status
dockerfile 'LABEL a=b'
run "without POLICY it is the engine's" bulkhead image build -- podman build -q -f "$work/Dockerfile" \
	"$context"

# What is refused: all of it by podman, and something of each kind by the others.
before=$(images)
bad() {
	local name=$1 line=$2 pattern=$3
	shift 3
	dockerfile "$line"
	run "$1: $name" refused_build "Dockerfile:2: POLICY: $pattern" "$@" -t bad \
		-f "$work/Dockerfile" "$context"
}
for engine in "podman build" "buildah bud" "docker build"; do
	read -ra command <<<"$engine"
	bad "a module that over-reaches" 'POLICY greedy.cil' 'greedy.cil:2: .*bounds of container_t' \
		"${command[@]}"
	bad "a path through a link" 'POLICY out/passwd' 'out/passwd: a link, which is not followed' \
		"${command[@]}"
	run "${command[0]}: standard input" refused_build "not looked into" "${command[@]}" -
done
bad "a source for docker" 'POLICY web.te' 'web.te: docker copies files of the context as they are' \
	docker build
bad "a module that is not CIL" 'POLICY broken.cil' 'broken.cil:1: ' podman build
bad "a domain that is none" 'POLICY web.cil TYPE none_t' '.*none_t' podman build
bad "a link" 'POLICY link.cil' 'link.cil: a link, which is not followed' podman build
bad "a path that leads out" 'POLICY ../Dockerfile' '../Dockerfile: outside the context' podman build
bad "no such module" 'POLICY none.cil' 'none.cil: No such file or directory' podman build
run "the refused ones leave no image" no_new_image
# An engine whose image has not what was asked for: the image goes.
mkdir "$work/bin"
printf '#!/bin/sh\nfor a; do case $a in --iidfile=*) i=${a#--iidfile=};; esac; done\n%s\n' \
	'if [ "$1" = build ]; then exec podman-real build -q --iidfile="$i" -t localhost/forgot '"$work/forgot"'; fi
exec podman-real "$@"' >"$work/bin/podman"
ln -s /usr/bin/podman "$work/bin/podman-real"
chmod 755 "$work/bin/podman"
mkdir "$work/forgot"
printf 'FROM scratch\nLABEL forgot=yes\n' >"$work/forgot/Dockerfile"
forgotten() {
	local status=0 before
	before=$(images)
	PATH=$work/bin:$PATH bulkhead image build -- podman build "$context" >"$work/said" 2>&1 || status=$?
	cat "$work/said"
	[[ $status == 1 && $(images) == "$before" ]] &&
		grep -q 'it has not the label io.bulkhead.digest=.*: removed' "$work/said"
}
run "a result without the module is removed" forgotten

# Into images that are built already.
printf 'FROM scratch\nCOPY rootfs /\n' >"$work/Dockerfile"
run "an image without a module, from steps that are cached" podman build -q --format oci -t localhost/bare \
	-f "$work/Dockerfile" "$context"
run "saved" podman save -q --format oci-archive -o "$work/bare.tar" localhost/bare
run "verify says so" bash -c '[[ $(bulkhead image verify "$1") == *": no module" ]]' - "$work/bare.tar"
run "verify --require" refuses ': no module$' bulkhead image verify --require "$work/bare.tar"
run "embed" bulkhead image embed "$work/bare.tar" --policy "$context/web.cil" --type web_t \
	-o "$work/embedded.tar"
run "verify it" verified "$work/embedded.tar" "$all"
run "podman load of it" bash -c 'podman rmi -f localhost/bare && podman load -q -i "$1"' - \
	"$work/embedded.tar"
run "its container is confined" confined localhost/bare
run "embed once more, in place" bulkhead image embed "$work/embedded.tar" --type web_t \
	--policy "$context/web.cil"
run "docker archive without a module" bash -c 'docker build -q -t bare -f "$1/Dockerfile" "$2" &&
	docker save -o "$1/moby-bare.tar" bare' - "$work" "$context"
run "embed into it" bulkhead image embed "$work/moby-bare.tar" --policy "$context/web.cil" --type web_t
run "docker load of it" docker load -q -i "$work/moby-bare.tar"
run "docker save of that" docker save -o "$work/moby-again.tar" bare
run "verify it" verified "$work/moby-again.tar" "$rest" "$moby"
run "embed refuses a module" refuses 'bounds of container_t' bulkhead image embed "$work/bare.tar" \
	--policy "$context/greedy.cil"

# Places that do not agree.
printf 'FROM localhost/web\nLABEL io.bulkhead.policy=%s\n' "$(base64 -w0 <<<'(type web_t)')" \
	>"$work/Dockerfile"
run "another module in a label" podman build -q --format oci -t localhost/torn -f "$work/Dockerfile" \
	"$context"
run "saved" podman save -q --format oci-archive -o "$work/torn.tar" localhost/torn
run "verify refuses it" refuses 'its module is another' bulkhead image verify "$work/torn.tar"
torn() {
	local said status=0
	said=$(podman run --rm --network=none localhost/torn /bin/echo it ran 2>&1) || status=$?
	echo "status $status, said: $said"
	[[ $status != 0 && $said != *"it ran"* ]] && grep -q "$1" <<<"$said"
}
run "and it does not start" torn 'io.bulkhead.policy: .*\(differ\|another module\)'

kill "$dockerd"
wait "$dockerd" || :
rm -rf "$work"
plan
