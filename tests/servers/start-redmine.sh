#!/bin/bash
# A private Redmine 5 on loopback.  Idempotent; prints its address and API keys as NAME=value.
# REDMINE_PORT (default 19571); REDMINE_RESET=1 puts the data back to the seeded state.
# REDMINE_THREADS (default 1:1): with more of them SQLite answers some parallel writes with a 500 (locked).
. "$(dirname "$(readlink -f "$0")")/common.sh"
REDMINE_DIR=$DIR/redmine
REDMINE_PORT=${REDMINE_PORT:-19571}
PIDFILE=$REDMINE_DIR/redmine.pid
SHARE=/usr/share/redmine
DB=$REDMINE_DIR/data/redmine.sqlite3
# Debian 12 has two bundlers; the one inside ruby3.1 rejects Debian's system gems, which fails even the package's setup.
export BUNDLER_VERSION=2.3.15

# dbconfig-no-thanks: the package makes no database.
need $SHARE/config.ru /usr/bin/puma /usr/share/doc/redmine-sqlite curl setpriv -- \
  redmine redmine-sqlite ruby-sqlite3 puma dbconfig-no-thanks curl util-linux

# An instance of our own, in the package's way: its configuration is in /etc/redmine, which only root may write.
export REDMINE_INSTANCE=deskui-tests RAILS_ENV=production REDMINE_LANG=en RAILS_SERVE_STATIC_FILES=
export BUNDLE_GEMFILE=$REDMINE_DIR/Gemfile SCHEMA=/dev/null
mkdir -p "$REDMINE_DIR/data" "$REDMINE_DIR/log" "$REDMINE_DIR/tmp"
CONF=/etc/redmine/$REDMINE_INSTANCE
if [ "$(id -u)" = 0 ]; then
  as_www() { setpriv --reuid=www-data --regid=www-data --init-groups env HOME="$REDMINE_DIR" TMPDIR="$REDMINE_DIR/tmp" "$@"; }
  [ -d "$CONF" ] || $SHARE/bin/redmine-instances create "$REDMINE_INSTANCE" >/dev/null
  [ -s "$CONF/secret_key.txt" ] || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$CONF/secret_key.txt"
  printf 'production:\n  adapter: sqlite3\n  database: %s\n  encoding: utf8\n  timeout: 20000\n  pool: 8\n' "$DB" \
    >"$CONF/database.yml"
  [ -s "$BUNDLE_GEMFILE" ] || printf "eval_gemfile '%s/Gemfile'\ngem 'puma'\n" "$SHARE" >"$BUNDLE_GEMFILE"
  chown -R www-data:www-data "$REDMINE_DIR/data" "$REDMINE_DIR/log" "$REDMINE_DIR/tmp" "$CONF"
  chown -hR www-data:www-data "/var/lib/redmine/$REDMINE_INSTANCE/"
  chown www-data:www-data "$REDMINE_DIR" "$BUNDLE_GEMFILE"
else
  echo "a Redmine of our own needs root: its instances are in /etc/redmine" >&2
  exit 3
fi
cd $SHARE
[ -s "$REDMINE_DIR/Gemfile.lock" ] || as_www bundle install --local --quiet

if [ "${REDMINE_RESET:-0}" = 1 ]; then "$HERE/stop.sh" redmine; fi
seed=$(cksum <"$HERE/redmine_seed.rb" | cut -d' ' -f1)
template=$REDMINE_DIR/template-$seed.sqlite3
# A whole template exists only when the migrations and the seed succeeded.
if [ ! -e "$template" ]; then
  "$HERE/stop.sh" redmine
  rm -f "$DB"* "$REDMINE_DIR"/template-*
  { as_www bundle exec rake db:migrate
    as_www bundle exec rake redmine:load_default_data  # a process of its own: one run keeps stale columns
    install -m 644 "$HERE/redmine_seed.rb" "$REDMINE_DIR/seed.rb"
    as_www env KEYS_OUT="$REDMINE_DIR/data/keys.env" bundle exec rails runner "$REDMINE_DIR/seed.rb"
  } >"$REDMINE_DIR/log/setup.log" 2>&1 || { tail -20 "$REDMINE_DIR/log/setup.log" >&2; exit 1; }
  cp "$DB" "$REDMINE_DIR/template.tmp"
  mv "$REDMINE_DIR/template.tmp" "$template"
elif [ "${REDMINE_RESET:-0}" = 1 ] || [ ! -e "$DB" ]; then
  rm -f "$DB"*
  cp "$template" "$DB"
  chown www-data:www-data "$DB"
fi

if ! running "$PIDFILE" puma; then
  setsid setpriv --reuid=www-data --regid=www-data --init-groups env HOME="$REDMINE_DIR" TMPDIR="$REDMINE_DIR/tmp" \
    bundle exec puma --environment production --bind "tcp://127.0.0.1:$REDMINE_PORT" --threads "${REDMINE_THREADS:-1:1}" \
    --dir $SHARE $SHARE/config.ru </dev/null >>"$REDMINE_DIR/log/server.log" 2>&1 &
  echo $! >"$PIDFILE"
  echo "REDMINE_STARTED=1"
fi
. "$REDMINE_DIR/data/keys.env"
for try in $(seq 1 240); do
  kill -0 "$(cat "$PIDFILE")" 2>/dev/null ||
    { echo "Redmine died:" >&2; tail -20 "$REDMINE_DIR/log/server.log" >&2; exit 1; }
  if curl -fsS -m 5 -o /dev/null -H "X-Redmine-API-Key: $REDMINE_KEY_SYNC" \
    "http://127.0.0.1:$REDMINE_PORT/users/current.json" 2>/dev/null; then break; fi
  [ "$try" != 240 ] || { echo "Redmine did not answer on port $REDMINE_PORT" >&2; exit 1; }
  sleep 0.25
done
echo "REDMINE_URL=http://127.0.0.1:$REDMINE_PORT"
cat "$REDMINE_DIR/data/keys.env"
