#!/bin/sh
# Builds what has changed, installs what is missing, and runs twomsl with the given arguments.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/third_party/install-deps.sh"
log=$root/build/release.log
mkdir -p "$root/build"
if ! { (cd "$root" && cmake --preset release) && cmake --build "$root/build/release"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "The build failed; the log is $log" >&2
  exit 3
fi
program=$root/build/release/twomsl

if [ $# -eq 0 ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  # The catalogue's last column is the file, its first row the first lesson.
  lesson=$("$program" lessons | sed -n '1s/.*[[:space:]]//p')
  echo "There is no display here, so this is the first lesson as a ladder; with a display this opens the window."
  "$program" run "$lesson"
  exit 0
fi
exec "$program" "$@"
