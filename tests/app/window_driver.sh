# Drives the real window under Xvfb: sourced by the journeys. Nothing sleeps for luck: every wait is
# for a condition, with a limit. $1 of a journey is the program, $2 the folder for pictures.

fail() { echo "FAILED: $*" >&2; exit 1; }

program=$1
pictures=$2
mkdir -p "$pictures"
work=$(mktemp -d)
probe=$work/probe.json
export XDG_CONFIG_HOME=$work/config
cleanup() {
  [ -n "${window_pid:-}" ] && kill "$window_pid" 2>/dev/null
  [ -n "${x_pid:-}" ] && kill "$x_pid" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

# start_display WIDTHxHEIGHT
start_display() {
  Xvfb -displayfd 3 -screen 0 "$1x24" -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
  x_pid=$!
  wait_for "an X server" test -s "$work/display"
  DISPLAY=:$(cat "$work/display")
  export DISPLAY
}

# start_window [ARGUMENTS]
start_window() {
  "$program" --probe "$probe" "$@" >"$work/log" 2>&1 &
  window_pid=$!
  wait_for "the window's probe" test -s "$probe"
  window=$(xdotool search --sync --onlyvisible --class twomsl | tail -n 1)
  xdotool windowfocus --sync "$window"
}

# wait_for WHAT COMMAND...: until the command succeeds, 20 s at most.
wait_for() {
  local what=$1 i
  shift
  for i in $(seq 400); do
    "$@" && return 0
    if [ -n "${window_pid:-}" ] && ! kill -0 "$window_pid" 2>/dev/null; then
      cat "$work/log" >&2
      fail "the window ended while waiting for $what"
    fi
    sleep 0.05
  done
  cp "$probe" "$pictures/probe-at-failure.json" 2>/dev/null
  picture at-failure
  fail "waited 20 s for $what"
}

# The probe: one control a line.
has() { grep -qF "\"id\": \"$1\"" "$probe"; }
has_not() { ! has "$1"; }
label() { grep -F "\"id\": \"$1\"" "$probe" | head -n 1 | sed 's/.*"label": "\([^"]*\)".*/\1/'; }
shows() { grep -qF "$1" "$probe"; } # any text of the probe
step_is() { label lesson_step | grep -q "[^0-9]$1[^0-9]"; }
centre() {
  grep -F "\"id\": \"$1\"" "$probe" | head -n 1 |
    sed 's/.*"rect": \[\([0-9.-]*\), \([0-9.-]*\), \([0-9.-]*\), \([0-9.-]*\)\].*/\1 \2 \3 \4/' |
    awk '{ printf "%d %d", $1 + $3 / 2, $2 + $4 / 2 }'
}
# click ID [BUTTON]
click() {
  wait_for "the control $1" has "$1"
  # shellcheck disable=SC2046
  xdotool mousemove --window "$window" $(centre "$1") click "${2:-1}"
}
# click_until ID COMMAND...: what stands below may move between the look at the probe and the click, so
# one that hit nothing is repeated.
click_until() {
  local id=$1 i j
  shift
  for i in 1 2 3 4; do
    "$@" && return 0
    click "$id"
    for j in $(seq 100); do
      "$@" && return 0
      sleep 0.05
    done
  done
  picture at-failure
  fail "clicks on $id do not lead to '$*'"
}
# step_forward_to N: Next until the story is at step N. A press during a motion only finishes it, so a
# slow machine needs one more.
step_forward_to() {
  local i
  for i in 1 2 3 4; do
    step_is "$1" && return 0
    press Right
    for _ in $(seq 60); do
      step_is "$1" && return 0
      sleep 0.05
    done
  done
  picture at-failure
  fail "Next does not lead to step $1, but to '$(label lesson_step)'"
}
press() { xdotool key "$1"; }
picture() { import -window root "$pictures/$1.png"; }
# A picture in which something was drawn, with more than a few colours.
drawn() {
  picture "$1"
  [ "$(identify -format %k "$pictures/$1.png")" -gt 20 ]
}
