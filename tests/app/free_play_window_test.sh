#!/bin/bash
# Free play and the laboratory in the real window: calls by their buttons, keys pressed at random,
# a file that is no scenario.
set -u
here=$(dirname "$0")
# shellcheck source=tests/app/window_driver.sh
. "$here/window_driver.sh"

start_display 1280x800
start_window
click home
wait_for "the doors" has home.free_play
wait_for "a drawn home" drawn 1-home
click home.free_play
wait_for "the listener" shows '"name": "server:80"'
wait_for "the button of the client" has connect.client
click connect.client
wait_for "the SYN" has segment.0
wait_for "a drawn free play" drawn 2-free-play
for _ in $(seq 12); do
  press Right
done
wait_for "a connection" shows '"state": "ESTABLISHED"'

# Spam: nothing may end the program or leave it stuck.
for _ in $(seq 15); do
  xdotool key Right Left space Tab Return Escape 1 2 3 Prior Next d h u i Escape ctrl+plus ctrl+minus
done
wait_for "the window to live" kill -0 "$window_pid"
press Escape
wait_for "a drawn window after it all" drawn 3-after-spam
kill "$window_pid"
wait "$window_pid" 2>/dev/null
window_pid=

# Bad input is one sentence and exit 2.
printf 'title x\nhosts a b\n0 a frobnicate\n' >"$work/bad.twomsl"
"$program" "$work/bad.twomsl" >"$work/out" 2>&1
[ $? -eq 2 ] || fail "a broken file did not exit 2"
grep -q 'bad.twomsl:3:5' "$work/out" || fail "no place in: $(cat "$work/out")"
env -u DISPLAY -u WAYLAND_DISPLAY "$program" >"$work/out" 2>&1
[ $? -eq 3 ] || fail "without a display the exit code is not 3"
grep -q 'twomsl run' "$work/out" || fail "no remedy in: $(cat "$work/out")"
echo "free play: done"
