#!/bin/bash
# Compare in the real window: a lesson on the real kernel beside the simulator, scrubbed, in another
# language and theme, and back to the lesson.
set -u
here=$(dirname "$0")
# shellcheck source=tests/app/window_driver.sh
. "$here/window_driver.sh"

over() { ! label compare.verdict | grep -q "plays this script now"; }
playing() { ! over; }

start_display 1920x1080
start_window assets/scenarios/handshake/nobody-listens.twomsl
wait_for "the lesson" has lesson_pane
wait_for "a drawn lesson" drawn 1-lesson
click_until more has mode.compare
click mode.compare
wait_for "the comparison" has compare.verdict
wait_for "the simulator's half" has sim.host.client
wait_for "the kernel's half" has host.client
wait_for "the kernel to have played" over
if label compare.verdict | grep -q "namespace"; then
  label compare.verdict
  exit 77
fi
# A busy machine may be late with a frame: as a user would, it is played again.
for try in 1 2 3; do
  label compare.verdict | grep -q "tell the same story" && break
  [ "$try" -lt 3 ] || fail "they differ: $(label compare.verdict)"
  click compare.again
  wait_for "the kernel to play again" playing
  wait_for "the kernel to have played again" over
done
# The ladders stand at their ends: the handshake after the refused one.
wait_for "a segment of the simulator" has sim.segment.4
wait_for "a segment of the kernel" has segment.4
wait_for "a drawn comparison" drawn 2-compare
press t
wait_for "the timeline" has timeline
press F2
wait_for "Chinese" shows "模拟器与内核讲的是同一个故事"
press F3
wait_for "a drawn comparison in Chinese and light" drawn 3-compare-zh-light
click compare.back
wait_for "the lesson again" has lesson_pane
wait_for "a drawn lesson again" drawn 4-lesson
