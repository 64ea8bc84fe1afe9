#!/bin/bash
# Starts the real servers that the tests use: start.sh [rt|sshd ...] (default: all).
# 3: one is not installed; see common.sh.
here=$(dirname "$(readlink -f "$0")")
[ $# -gt 0 ] || set -- rt sshd
status=0
for server in "$@"; do "$here/start-$server.sh" || status=$?; done
exit $status
