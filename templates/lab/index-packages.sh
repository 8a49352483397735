#!/bin/sh
# Becomes $2/*.deb and $2/Packages, the index of a flat repository (sources.list(5)), out of the packages apt has fetched to $1.
set -eu
for package in "$1"/*.deb; do
  # apt writes an epoch's colon as %3a, and would look for a colon when it reads that.
  name=$(basename "$package" | sed 's/[0-9]*%3a//')
  mv "$package" "$2/$name"
  dpkg-deb --field "$2/$name"
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$name" "$(stat -c %s "$2/$name")" "$(sha256sum "$2/$name" | cut -d' ' -f1)"
done >"$2/Packages"
