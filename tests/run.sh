#!/bin/sh
# Builds the program and its tests, installs what is missing, and runs ctest.
# usage: tests/run.sh [--asan | --tsan] [--long] [ctest arguments, e.g. -R listener, -L unit]
# --long: then also the scenarios that take the real kernel more than 140 s
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
preset=dev
case ${1:-} in
  --asan) preset=asan; shift ;;
  --tsan) preset=tsan; shift ;;
esac
long=
case ${1:-} in
  --long) long=1; shift ;;
esac
"$root/third_party/install-deps.sh" --tests
log=$root/build/$preset.log
mkdir -p "$root/build"
if ! { (cd "$root" && cmake --preset "$preset") && cmake --build "$root/build/$preset"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "The build failed; the log is $log" >&2
  exit 1
fi
# Graphics drivers are unloaded before the leak check and cannot be told apart from leaks of ours;
# llvmpipe's own threads race by design.
case $preset in
  asan) export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}" ;;
  tsan) export LP_NUM_THREADS=0 ;;
esac
if [ -n "$long" ]; then
  ctest --test-dir "$root/build/$preset" --output-on-failure --no-tests=error -j2 "$@"
  exec "$root/build/$preset/tests/kernel" "[long]"
fi
exec ctest --test-dir "$root/build/$preset" --output-on-failure --no-tests=error -j2 "$@"
