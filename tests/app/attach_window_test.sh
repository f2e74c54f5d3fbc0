#!/bin/bash
# My server in the real window: the door, a sample stuck server, its verdict, the listener in full,
# back to the list; and from a card in Simulate to the question whether it is happening here.
set -u
here=$(dirname "$0")
# shellcheck source=tests/app/window_driver.sh
. "$here/window_driver.sh"

start_display 1440x900
start_window
click home
wait_for "the doors" has home.attach
click home.attach
wait_for "the first look" has attach.scope
wait_for "the rest of the verdicts" has attach.rest
for absent in next back play step; do
  has_not "$absent" || fail "$absent is there, though nothing can be stepped"
done
click attach.sample
wait_for "the verdict on the sample" shows 'verdict.open.accept_queue_full'
wait_for "the leak of the sample" shows 'verdict.open.close_wait_leak'
wait_for "the queue beside the list" shows 'accept_queue'
wait_for "a drawn list" drawn 1-list
id=$(grep -o 'verdict\.open\.accept_queue_full\.[0-9]*' "$probe" | head -n 1)
port=${id##*.}
click attach.filter
xdotool type --window "$window" "$port"
wait_for "the match" shows '1 match'
press Return
wait_for "the listener in full" has attach.back
wait_for "its accept queue" shows '"accept_queue": 3, "limit": 2'
wait_for "its clients" shows '"state": "SYN_SENT"'
wait_for "a drawn listener" drawn 2-listener
has_not next || fail "Next is there, though nothing can be stepped"
click attach.back
wait_for "the list again" has attach.filter
click attach.sample
wait_for "a machine that is well" sh -c "! grep -qF $id '$probe'"
wait_for "a drawn list" drawn 3-well

# From a card: is this happening to me?
click home
wait_for "the doors" has home.free_play
click home.free_play
wait_for "the listener" has socket.server:80
click socket.server:80
click happening
wait_for "the answer" has attach.answer
wait_for "a drawn answer" drawn 4-answer
kill "$window_pid"
wait "$window_pid" 2>/dev/null
window_pid=
echo "attach window: all held"
