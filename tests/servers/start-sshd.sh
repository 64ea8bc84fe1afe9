#!/bin/bash
# Private OpenSSH servers on loopback as diagnostic targets.  Idempotent; prints addresses and keys as NAME=value.
# Nothing under /etc/ssh or ~/.ssh is read or written.  SSHD_PORT (default 12571) and the four ports after it:
#   sw1 sw2 sw3  by key    pw1  by password    moved  its known host key no longer matches
. "$(dirname "$(readlink -f "$0")")/common.sh"
SSHD_DIR=$DIR/sshd
SSHD_PORT=${SSHD_PORT:-12571}
SSHD_PW=${SSHD_PW:-desk-ssh-pw}
need /usr/sbin/sshd ssh-keygen -- openssh-server openssh-client
mkdir -p "$SSHD_DIR"; chmod 755 "$SSHD_DIR"
root=0; if [ "$(id -u)" = 0 ]; then root=1; mkdir -p /run/sshd; chmod 755 /run/sshd; fi
for key in client_key stranger_key; do
  [ -s "$SSHD_DIR/$key" ] || ssh-keygen -q -t ed25519 -N '' -C "deskui $key" -f "$SSHD_DIR/$key"
done
# Only root can make the account that logs in by password.
if [ $root = 1 ]; then
  id deskui-test >/dev/null 2>&1 || useradd -m -d "$SSHD_DIR/home-deskui-test" -s /bin/bash deskui-test
  printf 'deskui-test:%s\n' "$SSHD_PW" | chpasswd
fi
KNOWN=$SSHD_DIR/known_hosts; : >"$KNOWN.new"

number=0
for host in sw1 sw2 sw3 pw1 moved; do
  port=$((SSHD_PORT + number)); number=$((number + 1)); d=$SSHD_DIR/$host; mkdir -p "$d"
  for key in host_key old_key; do
    [ -s "$d/$key" ] || ssh-keygen -q -t ed25519 -N '' -C "$host" -f "$d/$key"
  done
  cp "$SSHD_DIR/client_key.pub" "$d/authorized_keys"; chmod 600 "$d/authorized_keys"
  pw=no; key=yes; rootlogin=prohibit-password
  if [ $host = pw1 ]; then pw=yes; key=no; rootlogin=no; fi
  # StrictModes: the folder above may be writable by all.  SHLVL=1: bash then skips a slow part of its start.
  cat >"$d/sshd_config" <<CONF
ListenAddress 127.0.0.1:$port
HostKey $d/host_key
PidFile $d/sshd.pid
AuthorizedKeysFile $d/authorized_keys
PermitRootLogin $rootlogin
PasswordAuthentication $pw
KbdInteractiveAuthentication no
PubkeyAuthentication $key
UsePAM no
StrictModes no
AllowTcpForwarding no
X11Forwarding no
PrintMotd no
MaxStartups 20
LogLevel VERBOSE
SetEnv DESK_HOST=$host SHLVL=1
Subsystem sftp internal-sftp
CONF
  known=host_key; if [ $host = moved ]; then known=old_key; fi
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 "$d/$known.pub")" >>"$KNOWN.new"
  if ! running "$d/sshd.pid" "$d/sshd_config"; then
    /usr/sbin/sshd -t -f "$d/sshd_config"
    setsid /usr/sbin/sshd -D -f "$d/sshd_config" -E "$d/sshd.log" </dev/null >/dev/null 2>&1 &
    echo "SSH_STARTED=1"
  fi
  for try in $(seq 1 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    [ "$try" != 50 ] || { echo "sshd $host did not listen on $port" >&2; tail -5 "$d/sshd.log" >&2; exit 1; }
    sleep 0.1
  done
  echo "SSH_HOST_$host=127.0.0.1:$port"
done
mv "$KNOWN.new" "$KNOWN"
echo "SSH_KEY=$SSHD_DIR/client_key"
echo "SSH_STRANGER_KEY=$SSHD_DIR/stranger_key"
echo "SSH_KNOWN_HOSTS=$KNOWN"
echo "SSH_USER=$(id -un)"
echo "SSH_PW_USER=$([ $root = 1 ] && echo deskui-test || true)"
echo "SSH_PW=$SSHD_PW"
