# shellcheck shell=bash disable=SC2154,SC2034 # variables are of `guest`, which sources this
# SPDX-License-Identifier: GPL-2.0
# Starts of containers: in all, of the hooks alone, and the compiler's part.

# What the CPU executed so far, idle time left out, in "nanoseconds": 1 is an instruction.
executed() {
	local word ns
	while read -r word _ _ _ _ _ _ ns _; do
		[[ $word != cpu0 ]] || echo "$ns"
	done </proc/schedstat
}

image() {
	local root=$lib/image
	mkdir -p "$root/bin"
	cp /bin/busybox "$root/bin/busybox"
	ln -s busybox "$root/bin/true"
	tar -C "$root" -c . | podman import -q - localhost/bench >/dev/null
}

one_start() {
	podman run --rm --network=none "$@" localhost/bench /bin/true
}

# spend [OPTION...]: what a start takes, all processes of the machine, into $spent.
spend() {
	local before
	sleep 2
	before=$(executed)
	one_start "$@"
	sleep 2
	spent=$(($(executed) - before))
}

# podman_total NAME COLUMN [OPTION...]: least of some starts.
podman_total() {
	local name=$1 column=$2 least='' i
	shift 2
	for ((i = 0; i < starts; i++)); do
		spend "$@"
		((least && least < spent)) || least=$spent
	done
	echo "start $name $column $least"
}

median() {
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# our_part: what the hooks add to a `podman run` with a module that is cached: the processes that
# they are, and what engine and runtime do for them. Starts differ by more than that, hence
# pairs, with the hooks and right after it without, and the median of their differences.
our_part() {
	local module with=() without=() added=() i
	module=(--annotation "io.bulkhead.policy=$(base64 -w0 "$lib/rules.cil")")
	mkdir "$lib/hooks"
	one_start "${module[@]}"
	for ((i = 0; i < pairs; i++)); do
		spend "${module[@]}"
		with+=("$spent")
		mv "$hooks"/*.json "$lib/hooks"
		spend "${module[@]}"
		mv "$lib/hooks"/*.json "$hooks"
		without+=("$spent")
		added+=($((with[i] - spent)))
	done
	echo "start podman_run_module container $(median "${with[@]}")"
	echo "start podman_run_no_hooks container $(median "${without[@]}")"
	echo "start our_part container $(median "${added[@]}")"
}

# rules: a module of 200 rules, on 40 types of its own.
rules() {
	local i
	echo '(type app_t)'
	for i in {1..40}; do
		echo "(type data${i}_t)
(allow app_t data${i}_t (file (ioctl read write create getattr setattr append unlink open)))
(allow app_t data${i}_t (dir (read write getattr search add_name remove_name open)))
(allow app_t data${i}_t (lnk_file (read getattr)))
(allow app_t data${i}_t (sock_file (read write create unlink)))
(allow app_t data${i}_t (fifo_file (read write getattr open)))"
	done
	echo '(allow app_t container_file_t (file (read getattr map execute open entrypoint)))'
}

# thousands NAME FILE: from `account`'s microseconds: the first, and the least of the others.
thousands() {
	awk -v name="$1" '
		NR == 1 { first = $1 * 1000; next }
		!least || $1 < least { least = $1 }
		END { print "start", name "_first container", first
		      print "start", name "_later container", least * 1000 }' "$2"
}

# Our part of a start: the hooks' own instructions, module compiled and as it is after that.
hook_part() {
	local file kind i
	for file in "$hooks"/*.json; do
		jq --arg lib "$lib" '.hook |= (.args = ["account", "\($lib)/\(.args[2])", .path] + .args[1:]
			| .path = "\($lib)/account")' "$file" >"$file.new"
		mv "$file.new" "$file"
	done
	for kind in plain module; do
		rm -f "$lib"/{createRuntime,poststop}
		module=()
		[[ $kind == plain ]] || module=(--annotation "io.bulkhead.policy=$(base64 -w0 "$lib/rules.cil")")
		for ((i = 0; i <= starts; i++)); do
			one_start "${module[@]}"
		done
		thousands "hook_$kind" "$lib/createRuntime"
	done
	# In the cache, but not published: a boolean collects what nobody uses.
	rm -f "$lib/createRuntime"
	bulkhead boolean virt_sandbox_use_fusefs=off
	one_start "${module[@]}"
	echo "start hook_module_publish container $(<"$lib/createRuntime")000"
	thousands hook_poststop "$lib/poststop"
}

compile_part() {
	local i
	for ((i = 0; i < 3; i++)); do
		"$lib/account" "$lib/check" /usr/sbin/bulkhead check "$lib/rules.cil" >/dev/null
		"$lib/account" "$lib/compile" /usr/sbin/bulkhead compile "$lib/rules.cil" -o "$lib/out"
	done
	thousands check_200 "$lib/check"
	thousands compile_200 "$lib/compile"
}

# A container's start is Podman's, so there is one a boot.
start_part() {
	image
	case $1 in
	host) ;;
	strict) podman_total podman_run strict ;;
	container)
		rules >"$lib/rules.cil"
		compile_part
		podman_total podman_run container
		our_part
		hook_part
		;;
	*)
		rm -f "$hooks"/*.json
		podman_total podman_run "$1"
		;;
	esac
}
