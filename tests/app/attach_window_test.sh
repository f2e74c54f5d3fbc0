#!/bin/bash
# My server in the real window: the door, a sample stuck server, its verdict, the listener in full,
# back to the list; and from a card in Simulate to the question whether it is happening here.
set -u
here=$(dirname "$0")
# shellcheck source=tests/app/window_driver.sh
. "$here/window_driver.sh"

# Other servers of this machine may be as stuck and as leaking: the sample is known by its port and by
# the process that holds it.
sample_runs() { label attach.sample | grep -q '(:[0-9]*)'; }
sample_rests() { label attach.sample | grep -q "^Start"; }
leak_of_sample() {
  leaking=$(grep -F "twomsl ($window_pid)" "$probe" | grep -o '"listener\.[0-9]*\.' | grep -o '[0-9]*' |
    grep -vx "$port")
  [ -n "$leaking" ] && has "verdict.open.close_wait_leak.$leaking"
}
only_match() { label attach.found | grep -q '^1 match'; }
filtered() {
  click attach.filter
  xdotool key ctrl+a
  xdotool type --window "$window" ":$port"
  for _ in $(seq 60); do
    only_match && return 0
    sleep 0.05
  done
  return 1
}
nothing_of_sample() {
  has_not "verdict.open.accept_queue_full.$port" && has_not "verdict.open.close_wait_leak.$leaking" &&
    ! grep -q "\"listener\.$port\." "$probe"
}

start_display 1600x1000
start_window
click home
wait_for "the doors" has home.attach
click home.attach
wait_for "the first look" has attach.scope
wait_for "the rest of the verdicts" has attach.rest
for absent in next back play step; do
  has_not "$absent" || fail "$absent is there, though nothing can be stepped"
done
click_until attach.sample sample_runs
port=$(label attach.sample | grep -o '[0-9]*')
wait_for "the verdict on the sample" has "verdict.open.accept_queue_full.$port"
wait_for "the leak of the sample" leak_of_sample
wait_for "the queue beside the list" shows 'accept_queue'
wait_for "a drawn list" drawn 1-list
wait_for "the match" filtered
press Return
wait_for "the listener in full" has attach.back
label free_play.text | grep -q ":$port twomsl ($window_pid)" ||
  fail "another listener was opened: $(label free_play.text)"
wait_for "its accept queue" shows '"accept_queue": 3, "limit": 2'
wait_for "its clients" shows '"state": "SYN_SENT"'
wait_for "a drawn listener" drawn 2-listener
has_not next || fail "Next is there, though nothing can be stepped"
click_until attach.back has attach.filter
click_until attach.sample sample_rests
wait_for "the end of the sample" nothing_of_sample
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
