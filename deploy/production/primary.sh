#!/bin/sh
# Runs once, when the primary has no data yet: the roles, the database's owner, and the standby's way in.
set -eu
secrets=${SECRETS:-/run/secrets}

# Passwords are given to psql as variables, which it quotes.
psql --set=ON_ERROR_STOP=1 --quiet --username="${POSTGRES_USER:-postgres}" --dbname=latchkey \
  --set=owner="$(cat "$secrets/owner_password")" \
  --set=service="$(cat "$secrets/service_password")" \
  --set=replication="$(cat "$secrets/replication_password")" <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication';
-- Owns the tables and migrates them.
CREATE ROLE latchkey_owner LOGIN PASSWORD :'owner';
ALTER DATABASE latchkey OWNER TO latchkey_owner;
ALTER SCHEMA public OWNER TO latchkey_owner;
-- The service: it changes rows, and no tables. For an audit trail that it cannot change either, see docs/audit.md.
CREATE ROLE latchkey_service LOGIN PASSWORD :'service';
ALTER ROLE latchkey_service SET statement_timeout = '900ms';
GRANT USAGE ON SCHEMA public TO latchkey_service;
ALTER DEFAULT PRIVILEGES FOR ROLE latchkey_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO latchkey_service;
ALTER DEFAULT PRIVILEGES FOR ROLE latchkey_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO latchkey_service;
SQL

echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
psql --quiet --username="${POSTGRES_USER:-postgres}" --dbname=latchkey --command='SELECT pg_reload_conf()' >/dev/null
