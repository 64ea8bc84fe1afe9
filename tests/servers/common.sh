# Sourced by the starters: where things live, and what to do about missing packages.
# DESKUI_SERVERS_DIR   data, logs and pid files     (default /var/tmp/deskui-servers-UID: RT runs as another user,
#                      who could not reach a cache in root's home)
# DESKUI_SERVERS_INSTALL=1   may install Debian packages with apt (needs root); else a missing one is only named
# Exit status of a starter: 0 runs, 3 something is not installed, other: it did not start.
set -euo pipefail
DIR=${DESKUI_SERVERS_DIR:-/var/tmp/deskui-servers-$(id -u)}
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
umask 022
mkdir -p "$DIR"
[ -O "$DIR" ] || { echo "$DIR belongs to somebody else" >&2; exit 1; }

# need COMMAND-OR-FILE... -- PACKAGE...: all there, or installed now, or exit 3
need() {
  local missing=() package=0 packages=() thing
  for thing in "$@"; do
    if [ "$thing" = -- ]; then package=1
    elif [ $package = 1 ]; then packages+=("$thing")
    elif [ ! -e "$thing" ] && ! command -v "$thing" >/dev/null 2>&1; then missing+=("$thing")
    fi
  done
  if [ ${#missing[@]} = 0 ]; then return 0; fi
  if [ "${DESKUI_SERVERS_INSTALL:-0}" != 1 ]; then
    echo "not installed: ${missing[*]} (Debian: apt-get install ${packages[*]}, or DESKUI_SERVERS_INSTALL=1)" >&2
    exit 3
  fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed: ${missing[*]}, and installing ${packages[*]} needs root and apt" >&2
    exit 3
  fi
  # No package may start a service of its own: these servers are ours, on ports of ours.
  local policy=0
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; policy=1
  fi
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >"$DIR/apt.log" 2>&1 \
    || { tail -5 "$DIR/apt.log" >&2; [ $policy = 0 ] || rm -f /usr/sbin/policy-rc.d; exit 3; }
  [ $policy = 0 ] || rm -f /usr/sbin/policy-rc.d
}

# running PIDFILE WORD: the process is alive and is the one that we started
running() { [ -s "$1" ] && grep -qa -- "$2" "/proc/$(cat "$1")/cmdline" 2>/dev/null; }
