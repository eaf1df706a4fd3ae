# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the scripts of this folder share: the cache, the mirror, private apt roots, the three kernels.

set -euo pipefail
shopt -s inherit_errexit # or a failure inside $(...) would go unseen
export LC_ALL=C

vm=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034 # read by the scripts that source this file
top=$(realpath "$vm/../..")
cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/bulkhead
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# key FILE...: a short hash of what the files hold, wherever they lie.
key() {
	cat -- "$@" | sha256sum | cut -c1-16
}

# cached NAME BUILD [ARG...]: print the directory $cache/NAME. If it is missing, run BUILD ARG...
# with an empty directory as its last argument; it appears under its name only when whole, so a
# killed build leaves nothing behind, and of two concurrent runs one builds and one waits.
cached() {
	local dir=$cache/$1 kind old lock
	shift
	kind=$(dirname "$dir")
	if ! touch -c "$dir/." 2>/dev/null || [[ ! -d $dir ]]; then
		mkdir -p "$kind"
		exec {lock}>"$dir.lock"
		flock "$lock"
		if [[ ! -d $dir ]]; then
			# Keys change with the sources: drop what nobody used for a week.
			while IFS= read -r old; do
				rm -rf "$old"
			done < <(find "$kind" -mindepth 1 -maxdepth 1 -mtime +7)
			rm -rf "$dir.new"
			mkdir "$dir.new"
			"$@" "$dir.new" >&2
			mv -T "$dir.new" "$dir"
		fi
		exec {lock}>&-
	fi
	echo "$dir"
}

# site [-s]: the Debian mirror this machine's apt uses, or (-s) its mirror of security updates.
site() {
	local want=${1-}
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(SITE) $(RELEASE) $(ORIGIN)' 'Created-By: Packages' |
		awk -v want="$want" '
			NF > 2 && $3 != "Debian" { next }
			($2 ~ /-security$/) == (want == "-s") { print $1; exit }'
}

# sources SUITE...: lines for a sources.list, each suite from this machine's own mirror.
sources() {
	local suite from
	for suite; do
		from=$(site)
		[[ $suite != *-security ]] || from=$(site -s)
		[[ -n $from ]] || die "no mirror for $suite in this machine's apt sources"
		echo "deb [signed-by=$keyring] $from $suite main"
	done
}

# apt_in ROOT apt-get|apt-cache ARG...: apt with lists and sources of its own, and the machine's
# settings (proxies) otherwise. The machine's own apt state is neither read nor written.
apt_in() {
	local root=$1 tool=$2
	shift 2
	"$tool" -q -o Dir::State="$root/state" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$root/cache" -o Dir::Etc::sourcelist="$root/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root \
		-o APT::Architecture=amd64 "$@"
}

# apt_open ROOT SUITE...: make ROOT ready for apt_in.
apt_open() {
	local root=$1
	shift
	mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial"
	sources "$@" >"$root/sources.list"
	apt_in "$root" apt-get update
}

# debootstrap_to TARGET RELEASE SUITES PACKAGES [MMDEBSTRAP-OPTION...]
debootstrap_to() {
	local target=$1 release=$2 suites=$3 packages=$4 log aptopt
	shift 4
	log=$(mktemp)
	aptopt=$(mktemp)
	# mmdebstrap's apt does not read the machine's settings; a proxy among them is needed.
	apt-config dump | grep '^Acquire::' >"$aptopt" || :
	# shellcheck disable=SC2086 # a list of suites
	if ! sources $suites | mmdebstrap --mode=root --variant=minbase --aptopt="$aptopt" \
		--aptopt='APT::Install-Recommends "false"' --include="$packages" "$@" \
		"$release" "$target" - >"$log" 2>&1; then
		tail -n 30 "$log" >&2
		rm -f "$log" "$aptopt"
		die "mmdebstrap $release failed"
	fi
	rm -f "$log" "$aptopt"
}

# kernel_suites KVER: where Debian keeps that kernel.
kernel_suites() {
	case $1 in
	6.1) echo bookworm bookworm-security ;;
	6.12) echo bookworm-backports ;;
	7.3) echo trixie-backports ;;
	*) die "unknown kernel '$1': 6.1, 6.12 or 7.3" ;;
	esac
}

# guest_release KVER: the Debian release that runs on it, and has the compiler that built it.
guest_release() {
	case $1 in
	6.1 | 6.12) echo bookworm ;;
	7.3) echo trixie ;;
	*) die "unknown kernel '$1': 6.1, 6.12 or 7.3" ;;
	esac
}
