#!/bin/bash
# Stops what start.sh started, by its pid files only: stop.sh [rt|redmine|sshd ...] (default: all).
. "$(dirname "$(readlink -f "$0")")/common.sh"
[ $# -gt 0 ] || set -- rt redmine sshd

# stop PIDFILE WORD: the process, if it is still ours; setsid made it the leader of a group of its own
stop() {
  if running "$1" "$2"; then
    pid=$(cat "$1")
    kill -TERM "$pid"
    for _ in $(seq 1 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL -- "-$pid" 2>/dev/null || true
  fi
  rm -f "$1"
}

for server in "$@"; do
  case $server in
    redmine) stop "$DIR/redmine/redmine.pid" puma ;;
    rt) stop "$DIR/rt/rt.pid" rt-server ;;
    sshd) for host in sw1 sw2 sw3 pw1 moved; do stop "$DIR/sshd/$host/sshd.pid" "$DIR/sshd/$host/sshd_config"; done ;;
    *) echo "unknown server $server" >&2; exit 2 ;;
  esac
done
