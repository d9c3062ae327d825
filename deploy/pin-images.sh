#!/bin/sh
# sh deploy/pin-images.sh [file …]: asks the registry for the digest of every image that these files name by version, and
# writes it next to the version. Without files: the Dockerfile and the compose files. Needs docker with buildx.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- Dockerfile docker-compose.yml deploy/compose.production.yml deploy/compose.pgbouncer.yml

for file in "$@"; do
  # `image: name:version` in YAML and `ARG NODE_IMAGE=name:version`, each with or without a digest.
  sed -nE 's/^( *image: |ARG NODE_IMAGE=)([^ @$]+:[^ @$]+)(@sha256:[0-9a-f]{64})?$/\2/p' "$file" | sort -u |
    while read -r image; do
      case $image in latchkey:*) continue ;; esac # built here
      digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
      expr "$digest" : 'sha256:[0-9a-f]\{64\}$' >/dev/null || { echo "No digest for $image: $digest" >&2; exit 1; }
      pattern=$(printf '%s' "$image" | sed 's/[.]/\\./g')
      sed -E "s#^( *image: |ARG NODE_IMAGE=)$pattern(@sha256:[0-9a-f]{64})?\$#\\1$image@$digest#" "$file" >"$file.new"
      cat "$file.new" >"$file" && rm "$file.new" # keeps the file's mode
      echo "$file: $image@$digest"
    done
done
