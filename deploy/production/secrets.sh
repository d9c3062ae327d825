#!/bin/sh
# sh deploy/production/secrets.sh [folder]: writes the files that compose.production.yml mounts, each one only if it does
# not exist yet. Keep them safe, above all password_pepper and key_encryption_secret.
set -eu
folder=${1:-$(dirname "$0")/secrets}
# Nobody else gets into the folder. Containers see only single files, as users of their own, who must be able to read them.
mkdir -p -m 0700 "$folder"
cd "$folder"
umask 022

random() { openssl rand -hex 32; }
write() { # <name>, with the content from standard input
  if [ -e "$1" ]; then echo "$1 exists"; cat >/dev/null; else cat >"$1.new" && mv "$1.new" "$1" && echo "$1 written"; fi
}

for name in jwt_refresh_secret key_encryption_secret password_pepper metrics_token \
  postgres_password replication_password owner_password service_password redis_password; do
  random | write "$name"
done

service=latchkey_service:$(cat service_password)
echo "postgres://$service@postgres:5432,standby:5432/latchkey?target_session_attrs=read-write" | write database_url
echo "postgres://$service@pgbouncer:6432/latchkey" | write pooled_database_url
echo "postgres://latchkey_owner:$(cat owner_password)@postgres:5432,standby:5432/latchkey" | write owner_database_url
echo "\"latchkey_service\" \"$(cat service_password)\"" | write pgbouncer_users

echo "redis://latchkey:$(cat redis_password)@redis:6379" | write redis_url
write redis.acl <<ACL
user default off
user latchkey on >$(cat redis_password) ~{latchkey}:* ~latchkey:* &latchkey_revocations -@all +eval +set +get +incrby +expire +pttl +mget +scan +publish +subscribe +time +ping +hello +client +info +quit
ACL

if [ ! -e tls.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=${TLS_NAME:-localhost}" \
    -addext "subjectAltName=DNS:${TLS_NAME:-localhost}" -keyout tls.key -out tls.crt 2>/dev/null
  cat tls.crt tls.key | write tls.pem
  rm tls.key tls.crt
fi
