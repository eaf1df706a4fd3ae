#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the administrator installs: modules that exceed the bounds, are permissive, and are for
# images or not; grants that widen one module, by its digest or its name; and what says so.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"
here=$(dirname "$(realpath "$0")")
probe=$here/probe
dir=/etc/bulkhead/modules.d
work=$(mktemp -d)
EACCES=13

own='(type web_t)
(allow web_t usr_t (file (read getattr map execute open execute_no_trans)))
(allow web_t self (process (fork sigchld)))
(allow web_t unconfined_t (fd (use)))'
wide='(allow web_t shadow_t (file (read getattr open)))'
echo "$own" >"$work/web.cil"
echo "$wide" >"$work/shadow.cil"
digest=sha256:$(sha256sum <"$work/web.cil" | cut -d' ' -f1)

# exits STATUS COMMAND...: with exactly that; what it said is shown.
exits() {
	local wanted=$1 status=0
	shift
	"$@" || status=$?
	echo "status $status, wanted $wanted"
	[[ $status == "$wanted" ]]
}

# says TEXT COMMAND...: exactly that on standard output, and done.
says() {
	local wanted=$1 said
	shift
	said=$("$@") || return 1
	diff <(echo "$wanted") <(echo "$said")
}

# fails LINE COMMAND...: exit 1 and exactly that line on standard error; nothing is installed.
fails() {
	local wanted="bulkhead: $1" said status=0 before
	shift
	before=$(ls -lA --time-style=full-iso "$dir")
	said=$("$@" 2>&1 >/dev/null) || status=$?
	echo "status $status"
	diff <(echo "$wanted") <(echo "$said") && [[ $status == 1 ]] &&
		[[ $before == "$(ls -lA --time-style=full-iso "$dir")" ]]
}

shadow() {
	bulkhead exec --policy "$1" -- "$probe" open /etc/shadow "${2-rdonly}"
}
record() {
	bulkhead log | tail -n 1 | tee /dev/stderr | grep -qE "$1"
}

# --- modules ---

(echo "$own"; echo "$wide") >"$work/wide.cil"
run "nothing is installed" says '[]' bulkhead module list --json
run "an image's module does not exceed its bounds" fails \
	"$work/wide.cil:5: (allow web_t shadow_t (file (read getattr open))): exceeds bounds of container_t: shadow_t file { read getattr open }" \
	shadow "$work/wide.cil"
run "the administrator's may" bulkhead module install wide "$work/wide.cil"
run "it reads what it was given" exits 0 shadow name:wide
run "and does not write it" exits $EACCES shadow name:wide wronly
run "the log names it" record \
	'{ write } .* scontext=system_u:system_r:web_t:.* module="wide@[0-9a-f]{12}"$'
run "the image's is still refused" exits 1 shadow "$work/wide.cil"
run "list" says "[{\"name\":\"wide\",\"kind\":\"module\",\"for_images\":false,\"target\":\"\",\"digest\":\"sha256:$(sha256sum <"$work/wide.cil" | cut -d' ' -f1)\"}]" \
	bulkhead module list --json
run "show" says "name: wide
kind: module
digest: sha256:$(sha256sum <"$work/wide.cil" | cut -d' ' -f1)

$(cat "$work/wide.cil")" bulkhead module show wide
run "a module that is not there" fails 'no module other is installed; see bulkhead module list' \
	shadow name:other

echo "(type bad_t)
(allow bad_t no_such_t (file (read)))" >"$work/bad.cil"
run "one that does not compile" fails \
	"$work/bad.cil:2: (allow bad_t no_such_t (file (read))): no type or attribute no_such_t" \
	bulkhead module install bad "$work/bad.cil"
run "nor in place of one that does" fails \
	"$work/bad.cil:2: (allow bad_t no_such_t (file (read))): no type or attribute no_such_t" \
	bulkhead module install wide "$work/bad.cil"
run "a name that is none" exits 2 bulkhead module install ../wide "$work/wide.cil"
run "usage" exits 2 bulkhead module install wide

# Permissive, also in a domain that it goes over to.
echo '(type web_t)(type loose_t)(type loose_exec_t)
(typepermissive loose_t)
(allow web_t usr_t (file (read getattr map execute open)))
(allow web_t self (process (fork sigchld)))
(allow web_t unconfined_t (fd (use)))
(allow web_t loose_t (process (transition)))
(allow loose_t usr_t (file (entrypoint execute map read)))
(typetransition web_t usr_t process loose_t)' >"$work/loose.cil"
run "a permissive domain" bulkhead module install loose "$work/loose.cil"
as_type() {
	bulkhead exec --policy name:loose --type "$1" -- "$probe" "${@:2}"
}
run "permissive at start" exits 0 as_type loose_t open /etc/shadow rdonly
run "it is recorded" record '{ read open } .* permissive=1 .*module="loose@'
run "its other domain is not" exits $EACCES as_type web_t open /etc/shadow rdonly
run "that is recorded, too" record '{ read open } .* permissive=0 .*module="loose@'
run "permissive after a transition" exits 0 as_type web_t exec "$probe" open /etc/shadow rdonly
run "that is recorded as well" record '{ read open } .*:loose_t:.* permissive=1 .*module="loose@'
run "an image's domain is never permissive" exits 1 shadow "$work/loose.cil"

# --- grants ---

run "a module of an image" exits $EACCES shadow "$work/web.cil"
run "a grant by another's digest" fails "$work/wide.cil: its digest is sha256:$(sha256sum <"$work/wide.cil" | cut -d' ' -f1)" \
	bulkhead module install --grant-to "$digest" --with "$work/wide.cil" shadow "$work/shadow.cil"
run "a grant that does not compile" fails \
	"$work/bad.cil:2: (allow bad_t no_such_t (file (read))): no type or attribute no_such_t" \
	bulkhead module install --grant-to "$digest" --with "$work/web.cil" shadow "$work/bad.cil"
run "a grant by digest" bulkhead module install --grant-to "$digest" --with "$work/web.cil" \
	shadow "$work/shadow.cil"
run "widens the module" exits 0 shadow "$work/web.cil"
run "by what it says only" exits $EACCES shadow "$work/web.cil" wronly
run "the log names the module" record "module=\"${digest:0:19}\"$"
(cat "$work/web.cil"; echo '; another') >"$work/other.cil"
run "same names with other content are another module" exits $EACCES shadow "$work/other.cil"
run "a grant is no module" fails 'shadow is a grant, not a module' shadow name:shadow
# Policies that nobody uses are loaded until something collects them: a boolean does.
bulkhead boolean virt_sandbox_use_fusefs=off
run "query: whose it is" says "allowed: { read getattr open }
loaded: no
grant shadow: { read getattr open }" bulkhead query --policy "$work/web.cil" web_t shadow_t file
run "query: the image's" says "allowed: { read getattr map execute open execute_no_trans }
loaded: no
image: { read getattr map execute open execute_no_trans }" \
	bulkhead query --policy "$work/web.cil" web_t usr_t file

listed() {
	local out
	coproc bulkhead exec --policy "$work/web.cil" -- "$probe"
	read -r out <&"${COPROC[0]}"
	out=$(bulkhead ps --json)
	echo "$out"
	eval "exec ${COPROC[1]}>&-"
	wait
	jq -e --arg digest "$digest" '.[0] | .domain == "web_t" and .digest == $digest and
		.trusted == false and .grants == ["shadow"]' <<<"$out"
}
run "ps: module and grants" listed

echo '(allow web_t shadow_t (file (write append)))' >"$work/write.cil"
run "a grant by name, of what is not installed" fails \
	'no module web is installed; see bulkhead module list' \
	bulkhead module install --grant-to name:web write "$work/write.cil"
run "an installed module" bulkhead module install web "$work/web.cil"
run "a grant by its name" bulkhead module install --grant-to name:web write "$work/write.cil"
append() {
	bulkhead exec --policy "$1" -- "$probe" open /etc/shadow wronly,append
}
run "both grants hold for it" exits 0 append name:web
run "an image with its text has not its name" exits $EACCES append "$work/web.cil"
run "a module with grants stays" fails 'web has the grant write: remove that first' \
	bulkhead module remove web
run "query: each grant" says "allowed: { read write getattr append open }
loaded: { read write getattr append open }
grant shadow: { read getattr open }
grant write: { write append }" bulkhead query --policy name:web web_t shadow_t file

echo '(type stale_t)
(allow web_t gone_t (file (read)))
;bulkhead grant '"$digest" >"$dir/stale.cil"
run "a grant that no longer compiles refuses the start" fails \
	"$dir/stale.cil:2: (allow web_t gone_t (file (read))): no type or attribute gone_t" shadow "$work/web.cil"
rm "$dir/stale.cil"

# files SCRIPT LINE: a file of modules.d made by SCRIPT stops every start with a module.
files() {
	local file=$dir/odd.cil
	rm -f "$file"
	eval "$1"
	fails "$2" shadow "$work/web.cil"
	local status=$?
	rm -f "$file"
	return "$status"
}
run "a file of another's" files 'cp "$work/shadow.cil" "$file"; chown 1000 "$file"' \
	"$dir/odd.cil: others than root may write it: chown root, chmod go-w"
run "a file that others may write" files 'cp "$work/shadow.cil" "$file"; chmod 666 "$file"' \
	"$dir/odd.cil: others than root may write it: chown root, chmod go-w"
run "a link" files 'ln -s "$work/shadow.cil" "$file"' "$dir/odd.cil: a link, not a file"
run "a pipe" files 'mkfifo "$file"' "$dir/odd.cil: not a regular file"
run "a last line that says nothing" files 'echo ";bulkhead grant all" >"$file"' \
	"$dir/odd.cil: its last line is none of ';bulkhead module', ';bulkhead module for-images', ';bulkhead grant sha256:DIGEST|name:NAME'"
run "a directory that others may write" bash -c "chmod o+w $dir
	said=\$(bulkhead exec --policy $work/web.cil -- $probe exec0 2>&1)
	chmod o-w $dir
	[[ \$said == 'bulkhead: $dir: not a directory that only root may write' ]]"
run "it holds again" exits 0 shadow "$work/web.cil"
run "remove a grant" bulkhead module remove shadow
run "then it is as it was" exits $EACCES shadow "$work/web.cil"
run "remove what is not there" fails 'shadow is not installed; see bulkhead module list' \
	bulkhead module remove shadow

# --- images ---

mkdir -p "$work/rootfs/bin"
cp /bin/busybox "$work/rootfs/bin/busybox"
ln -s busybox "$work/rootfs/bin/cat"
printf 'FROM scratch\nCOPY rootfs /\n' >"$work/Dockerfile"
in_image='(type web_t)
(allow web_t container_file_t (file (read getattr map execute open execute_no_trans)))
(allow web_t self (process (fork sigchld)))
(allow web_t null_device_t (chr_file (read write getattr open)))
(allow web_t unconfined_t (fd (use)))
(allow web_t unconfined_t (fifo_file (read write getattr ioctl append)))'
echo "$in_image" >"$work/image.cil"
digest=sha256:$(sha256sum <"$work/image.cil" | cut -d' ' -f1)
image() {
	podman build -q --no-cache --format oci --annotation "io.bulkhead.policy=$2" -t "localhost/$1" "$work"
}
# shown IMAGE [OPTION...]: what a container of it reads of the host's file.
shown() {
	podman run --rm --network=none -v /etc/shadow:/host:ro "${@:2}" "localhost/$1" \
		/bin/cat /host 2>&1
}
refused() {
	local said
	said=$(shown "${@:2}") && return 1
	echo "$said"
	[[ $said =~ $1 ]]
}
run "an image with a module" image web "$(base64 -w0 "$work/image.cil")"
run "has nothing of the host's" refused 'Permission denied' web
run "a grant by its digest" bulkhead module install --grant-to "$digest" \
	--with "$work/image.cil" hostname "$work/shadow.cil"
run "widens it" says "$(cat /etc/shadow)" shown web
run "an image that names a module" image named name:inside
(echo "$in_image"; echo "$wide") >"$work/inside.cil"
run "which is not for images" bulkhead module install inside "$work/inside.cil"
run "is refused" refused 'module inside is not for images; the administrator may say so by bulkhead module install --for-images' named
run "the command line may name it" says "$(cat /etc/shadow)" shown web \
	--annotation io.bulkhead.policy=name:inside
run "for images" bulkhead module install --for-images inside "$work/inside.cil"
run "the image has it" says "$(cat /etc/shadow)" shown named
run "an image that names nothing" image nothing name:nothing
run "does not start" refused 'no module nothing is installed' nothing
podman rmi -f localhost/web localhost/named localhost/nothing >/dev/null 2>&1

for name in hostname inside write web wide loose; do
	run "remove $name" bulkhead module remove "$name"
done
run "nothing is installed at the end" says '[]' bulkhead module list --json
rm -rf "$work"
plan
