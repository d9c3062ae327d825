#!/bin/sh
# Copies the primary when there is no complete copy yet, and follows it from then on.
set -eu
umask 077

# A copy that was interrupted has PG_VERSION already; pg_control comes last.
if [ ! -s "$PGDATA/global/pg_control" ]; then
  copy="$PGDATA.copy"
  mkdir -p "$(dirname "$PGDATA")"
  PGPASSWORD=$(cat "${SECRETS:-/run/secrets}/replication_password")
  export PGPASSWORD
  # The primary keeps in the slot what the standby still needs. It exists already if an earlier copy was interrupted.
  slot="$PRIMARY user=replicator dbname=postgres"
  psql "$slot" --quiet --command="SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
    WHERE slot_name = 'standby' AND NOT active" >/dev/null
  rm -rf "${copy:?}"
  pg_basebackup --pgdata="$copy" --dbname="$PRIMARY user=replicator application_name=standby" \
    --write-recovery-conf --wal-method=stream --checkpoint=fast --create-slot --slot=standby
  rm -rf "${PGDATA:?}"
  mv "$copy" "$PGDATA"
fi
exec postgres "$@"
