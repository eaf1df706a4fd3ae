# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The images: programs of the guest's own Debian, each with what it is linked to.

# shellcheck disable=SC2154 # here: this folder; set by the script that sources this file

# closure ROOT PROGRAM...: the programs and their libraries, at their own paths below ROOT.
closure() {
	local root=$1 program
	shift
	for program; do
		cp -L --parents "$program" "$root"
		ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
			cp -L --parents "$library" "$root"
		done
	done
}

# busybox ROOT APPLET...: busybox, which is linked to nothing, under these names.
busybox() {
	local root=$1 applet
	shift
	mkdir -p "$root/bin" "$root/tmp"
	cp /bin/busybox "$root/bin/busybox"
	for applet; do
		ln -s busybox "$root/bin/$applet"
	done
}

# build NAME [MODULE]: the image demo-NAME from $images/NAME; its module becomes an annotation.
build() {
	local name=$1 module=${2-} annotation=()
	[[ -z $module ]] || annotation=(--annotation "io.bulkhead.policy=$(base64 -w0 "$module")")
	cp "$here/$name/Dockerfile" "$images/$name/"
	podman build -q --format oci "${annotation[@]}" -t "localhost/demo-$name" "$images/$name" >/dev/null
}

build_images() {
	local images
	images=$(mktemp -d)
	mkdir -p "$images"/{web,db,tools}/rootfs "$images/greedy"

	busybox "$images/web/rootfs" sh cat cp dd head httpd mknod mount ping sleep timeout wget
	mkdir "$images/web/rootfs/www"
	echo 'the web container wrote this page' >"$images/web/rootfs/www/index.html"
	build web "$here/web/web.cil"

	busybox "$images/db/rootfs" sh cat head sleep
	mkdir "$images/db/rootfs/data"
	closure "$images/db/rootfs" /usr/bin/redis-server /usr/bin/redis-cli
	build db "$here/db/db.cil"

	busybox "$images/tools/rootfs" sh cat kill mknod ping sleep true
	closure "$images/tools/rootfs" /usr/bin/strace
	build tools
	build greedy "$here/greedy/greedy.cil"
	rm -rf "$images"
}
