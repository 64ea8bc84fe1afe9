#!/bin/bash
# Starts the real servers that the tests use: start.sh [rt|redmine|sshd ...] (default: all).
# start.sh --where: the folder of their data.  Exit 3: one is not installed; see common.sh.
here=$(dirname "$(readlink -f "$0")")
if [ "${1:-}" = --where ]; then . "$here/common.sh"; echo "$DIR"; exit 0; fi
[ $# -gt 0 ] || set -- rt redmine sshd
status=0
for server in "$@"; do "$here/start-$server.sh" || status=$?; done
exit $status
