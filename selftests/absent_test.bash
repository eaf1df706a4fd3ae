#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where Bulkhead is not loaded (-l none --no-load): `load` says what is missing and attaches
# nothing; what needs it loaded says so.

# shellcheck disable=SC2317,SC2016 # functions are called by `run`, scripts by other shells
# shellcheck source-path=SCRIPTDIR source=tap.bash
. "$(dirname "$(realpath "$0")")/tap.bash"

nothing_attached() {
	! [[ -e /sys/fs/bpf/bulkhead/links ]] && ! bulkhead status
}

run "load: no bpf among the LSMs" refuses 'LSM.*lsm=' bulkhead load
run "nothing attached" nothing_attached
run "exec: not loaded" refuses 'not loaded|nothing is loaded' bulkhead exec -- true
run "ps: not loaded" refuses 'not loaded|nothing is loaded' bulkhead ps
run "unload: not loaded" refuses 'not loaded|nothing is loaded' bulkhead unload
run "the command of exec has not run" \
	bash -c '! bulkhead exec -- touch /tmp/has_run; test ! -e /tmp/has_run'
plan
