#!/usr/bin/env bash
# Makes the sample project that comes with Kento anew, with the real engine and the starter model.
#
#   bash tests/sample.sh [KENTO [PROJECT]]
#
# KENTO is the executable (target/release/kento). Without a PROJECT, `kento demo` makes one first; about a minute with a release
# build. The sample gets another identity each time, so people who have a copy of an earlier one get a new copy beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
kento=${1:-target/release/kento}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
made="$place/harbour.kento"
if [ -n "${2:-}" ]; then
    cp -r "$2" "$made"
else
    "$kento" demo "$made" --device cpu
fi
"$kento" project check "$made"
# Who had it open is nobody's matter, and the cache is made again when it is needed.
rm -rf "$made/lock" "$made/owner.ron" "$made/cache"
# git keeps no empty folders, so the sample has none anywhere.
find "$made" -type d -empty -delete
rm -rf assets/sample/harbour.kento
mv "$made" assets/sample/harbour.kento
du -sh assets/sample/harbour.kento
