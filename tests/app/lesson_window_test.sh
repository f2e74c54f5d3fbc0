#!/bin/bash
# A learner's first ten minutes in the real window: by mouse and keys, forward and back, a dropped
# segment, questions answered right and wrong, the other language.
set -u
here=$(dirname "$0")
# shellcheck source=tests/app/window_driver.sh
. "$here/window_driver.sh"

start_display 1600x1000
start_window
wait_for "the first note" step_is 1
wait_for "a drawn window" drawn 1-start
[ "$(label next)" = Next ] || fail "the button Next is labelled '$(label next)'"

press Right
wait_for "LISTEN" shows '"name": "server:80"'
wait_for "step 2" step_is 2
press space
wait_for "the SYN on its way" has segment.0
wait_for "step 3" step_is 3
shows '"name": "client#1", "state": "SYN_SENT"' || fail "client#1 is not in SYN_SENT"

# The menu of a segment by the right button; the window keeps its picture.
click segment.0 3
wait_for "the menu" has segment.drop
wait_for "a drawn menu" drawn 2-menu
click segment.drop
wait_for "the branch" has return_to_script
# The SYN is repeated after a second; Next steps beat by beat.
wait_for "the loss to be drawn" drawn 2-lost
repeated() {
  press Right
  shows '"name": "server~client#1", "state": "SYN_RECV"'
}
wait_for "the repeated SYN to arrive" repeated
click return_to_script
wait_for "the script" has_not return_to_script
wait_for "the time of the fork" shows '"t_ns": 15000000,'
shows 'server~client#1' && fail "the branch did not end with the return"

# The same by keyboard alone: Back, forward, language.
press Left
wait_for "step 2 again" step_is 2
step_forward_to 3
click language.zh
wait_for "Chinese" shows '"lang": "zh"'
[ "$(label next)" != Next ] || fail "the button is still in English"
wait_for "a drawn window in Chinese" drawn 3-chinese
click language.en
wait_for "English" shows '"lang": "en"'

# To the question, answered wrong by its number; the next one by the mouse.
step_forward_to 4
step_forward_to 5
wait_for "the question" has option.1
press 1
wait_for "the answer to be known" shows '"name": "client#1", "state": "ESTABLISHED"'
wait_for "a drawn answer" drawn 4-answered
step_forward_to 6
step_forward_to 7
step_forward_to 8
wait_for "the second question" has option.3
click option.3
wait_for "the accept queue" shows '"accept_queue": 1'

# The end card, and on to the next lesson.
for _ in $(seq 40); do
  shows '"lesson": 2' && break
  press Right
  sleep 0.3 # between two presses of a person; what they lead to is awaited below
done
wait_for "the next lesson" shows '"lesson": 2'

# Resizing down to the smallest window and up again.
xdotool windowsize --sync "$window" 1024 640
wait_for "the toolbar to fit" grep -qE '"id": "toolbar".*"rect": \[0, 0, 1024' "$probe"
wait_for "a drawn small window" drawn 5-small
xdotool windowsize --sync "$window" 1600 1000

# Idle is idle: no processor time between two looks one second apart, once all is still.
ticks() { awk '{ print $14 + $15 }' "/proc/$window_pid/stat"; }
idle() {
  local before
  before=$(ticks)
  sleep 1 # the time over which nothing may be used
  [ "$(ticks)" -le $((before + 1)) ]
}
wait_for "an idle window" idle

# A later start is where this one was left.
kill "$window_pid"
wait "$window_pid" 2>/dev/null
rm -f "$probe"
start_window
wait_for "the lesson to be open again" shows '"lesson": 2'
kill "$window_pid"
wait "$window_pid" 2>/dev/null
window_pid=
echo "the learner's journey: done"
