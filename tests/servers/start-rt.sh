#!/bin/bash
# A private Request Tracker 5 on loopback.  Idempotent; prints its address and accounts as NAME=value.
# RT_PORT (default 18571); RT_RESET=1 puts the data back to the seeded state.
. "$(dirname "$(readlink -f "$0")")/common.sh"
RT_DIR=$DIR/rt
RT_PORT=${RT_PORT:-18571}
PIDFILE=$RT_DIR/rt.pid
SHARE=/usr/share/request-tracker5

# dbconfig-no-thanks: the package makes no database.  msmtp-mta: a mail agent without a daemon.
need $SHARE/libexec/rt-server /usr/sbin/rt-setup-database-5 $SHARE/lib/RT.pm curl perl -- \
  request-tracker5 rt5-standalone rt5-db-sqlite dbconfig-no-thanks msmtp-mta curl

mkdir -p "$RT_DIR/conf.d" "$RT_DIR/data" "$RT_DIR/log"
# The system's own /etc/request-tracker5 is not read.
export RT_SITE_CONFIG=$RT_DIR/RT_SiteConfig.pm RT_SITE_CONFIG_DIR=$RT_DIR/conf.d
sed -e "s|@DIR@|$RT_DIR|g" -e "s|@PORT@|$RT_PORT|g" "$HERE/rt_siteconfig.pm" >"$RT_SITE_CONFIG"

if [ "${RT_RESET:-0}" = 1 ]; then "$HERE/stop.sh" rt; fi
seed=$(cat "$HERE/rt_seed.pl" "$HERE/rt_siteconfig.pm" | cksum | cut -d' ' -f1)
template=$RT_DIR/template-$seed.sqlite
# A whole template exists only when the seed and the tokens succeeded.
if [ ! -e "$template" ]; then
  "$HERE/stop.sh" rt
  rm -f "$RT_DIR"/data/rt.sqlite* "$RT_DIR"/template-*
  (umask 077; echo rt-root-pw >"$RT_DIR/root.pw")
  /usr/sbin/rt-setup-database-5 --action init --root-password-file "$RT_DIR/root.pw" >"$RT_DIR/log/setup.log" 2>&1
  rm -f "$RT_DIR/root.pw"
  /usr/sbin/rt-setup-database-5 --action insert --datafile "$HERE/rt_seed.pl" >>"$RT_DIR/log/setup.log" 2>&1
  perl -I$SHARE/lib -MRT -e '
    RT::LoadConfig(); RT::Init();
    for my $n (qw(sync agent berta desk root)) {
      my $u = RT::User->new(RT->SystemUser); $u->Load($n); die "no user $n" unless $u->Id;
      my $t = RT::AuthToken->new(RT->SystemUser);
      my ($ok, $msg, $auth) = $t->Create(Owner => $u->Id, Description => "tests");
      die "$n: $msg" unless $ok;
      print "RT_TOKEN_\U$n\E=$auth\n";
    }' >"$RT_DIR/tokens.env" 2>>"$RT_DIR/log/setup.log"
  perl -MDBI -e 'DBI->connect("dbi:SQLite:$ARGV[0]","","",{RaiseError=>1})->do("VACUUM INTO ?", undef, $ARGV[1])' \
    "$RT_DIR/data/rt.sqlite" "$RT_DIR/template.tmp"
  mv "$RT_DIR/template.tmp" "$template"
elif [ "${RT_RESET:-0}" = 1 ] || [ ! -e "$RT_DIR/data/rt.sqlite" ]; then
  rm -f "$RT_DIR"/data/rt.sqlite*
  cp "$template" "$RT_DIR/data/rt.sqlite"
fi

if ! running "$PIDFILE" rt-server; then
  as=()
  mkdir -p "$RT_DIR/tmp"  # large requests and mails go through files, and /tmp need not be for everybody
  if [ "$(id -u)" = 0 ]; then  # RT must not run as root
    chown -R www-data:www-data "$RT_DIR/data" "$RT_DIR/log" "$RT_DIR/tmp"
    as=(setpriv --reuid=www-data --regid=www-data --init-groups)
  fi
  cd /
  setsid "${as[@]}" env HOME="$RT_DIR" TMPDIR="$RT_DIR/tmp" PERL5LIB= \
    $SHARE/libexec/rt-server --server Starlet --host 127.0.0.1 --port "$RT_PORT" \
    --max-workers "${RT_WORKERS:-6}" --max-reqs-per-child 5000 --max-keepalive-reqs 1000 --keepalive-timeout 5 \
    </dev/null >>"$RT_DIR/log/server.log" 2>&1 &
  echo $! >"$PIDFILE"
  echo "RT_STARTED=1"
fi
. "$RT_DIR/tokens.env"
for try in $(seq 1 120); do
  kill -0 "$(cat "$PIDFILE")" 2>/dev/null || { echo "RT died:" >&2; tail -20 "$RT_DIR/log/server.log" >&2; exit 1; }
  if curl -fsS -m 5 -o /dev/null -H "Authorization: token $RT_TOKEN_SYNC" \
    "http://127.0.0.1:$RT_PORT/REST/2.0/rt" 2>/dev/null; then break; fi
  [ "$try" != 120 ] || { echo "RT did not answer on port $RT_PORT" >&2; exit 1; }
  sleep 0.25
done
echo "RT_URL=http://127.0.0.1:$RT_PORT"
cat "$RT_DIR/tokens.env"
