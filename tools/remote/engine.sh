#!/bin/bash
# Starts PostgreSQL, BuildGrid, and buildbox's cache and worker in a folder; ends when one of them does.
#
#   engine.sh FOLDER PORT JOBS
set -eu
folder=$1 port=$2 jobs=$3

wait_for() {
  for _ in {1..600}; do
    if "$@" 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "engine: not true after 60 s: $*" >&2
  exit 1
}

answers() { : <"/dev/tcp/127.0.0.1/$port"; }

cd "$folder"
rm -f ./*.sock .s.PGSQL.*
trap 'exit 130' INT TERM
[[ -d data ]] || initdb --pgdata=data --username=engine --auth=trust --no-locale --encoding=UTF8 >initdb.log
# What a machine that dies loses is made again: nothing waits for the disk.
postgres -D data -c listen_addresses= -c "unix_socket_directories=$folder" -c fsync=off >postgres.log 2>&1 &
wait_for test -S .s.PGSQL.5432
venv/bin/bgd migrate apply "postgresql+psycopg://engine@/postgres?host=$folder" >buildgrid.log 2>&1
venv/bin/bgd server start engine.yml >>buildgrid.log 2>&1 &
wait_for answers
# An action sees no network but loopback, no name of the machine, and a file system that it can't write; it may make user
# namespaces, as this isn't root. `run-bubblewrap` would part actions from each other too, but hides what their own
# sandboxes need of /proc.
# Actions inherit what the worker has: nothing of who started it.
bwrap --unshare-net --unshare-uts --hostname localhost --die-with-parent --ro-bind / / --dev /dev --bind /proc /proc \
  --tmpfs /tmp --bind "$folder" "$folder" \
  --clearenv --setenv PATH "$PATH" --setenv TMPDIR /tmp bash -c '
    set -eu
    buildbox-casd --bind=unix:casd.sock --cas-remote=unix:grid.sock --ac-remote=unix:grid.sock "$PWD/casd" &
    until [[ -S casd.sock ]]; do sleep 0.1; done
    # One that is killed is started again, as whoever runs many machines has it.
    ended=137
    while ((ended > 128)); do
      ended=0
      buildbox-worker --bots-remote=unix:grid.sock --cas-remote=unix:casd.sock --concurrent-jobs="$1" --log-level=warning \
        --buildbox-run="$(type -P buildbox-run-hosttools)" --runner-arg=--staging-mode=copy-or-link worker || ended=$?
    done &
    wait -n' worker "$jobs" >worker.log 2>&1 &
echo ready
wait -n
echo "engine: a server ended; its log lies in $folder" >&2
exit 1
