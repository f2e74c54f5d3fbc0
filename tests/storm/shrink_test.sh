#!/usr/bin/env bash
# A finding comes out as a few lines of scenario that show it again. The finding here is no mistake:
# a state that takes two ends closing at the same time is declared one.
set -eu
storm=$1
file=$(mktemp -d)/finding.twomsl
trap 'rm -rf "$(dirname "$file")"' EXIT
if "$storm" --seek CLOSING --out "$file"; then
    echo "no socket was found in CLOSING"
    exit 1
fi
deeds=$(grep -c '^+' "$file")
if [ "$deeds" -gt 9 ]; then # listen, connect, accept, a close each, what makes them cross, the note
    echo "shrunk to $deeds lines only"
    exit 1
fi
if "$storm" "$file" --seek CLOSING; then
    echo "the file does not show it again"
    exit 1
fi
"$storm" "$file" # and is sound otherwise
