#!/usr/bin/env bash
# Strangers' servers: what is wrong with them is found, they are followed, and killed while watched.
set -uo pipefail
program=$1 artefacts=$2
mkdir -p "$artefacts"
command -v python3 > /dev/null || { echo "needs python3"; exit 77; }
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
# Until the command succeeds, 20 s at most: told at once, however slow the machine is.
await() {
    for _ in $(seq 400); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}
expect_code() {
    local wanted=$1 code=0
    shift
    "$@" > "$artefacts/out" 2> "$artefacts/err" || code=$?
    [ "$code" = "$wanted" ] || fail "'${*:2}' returned $code instead of $wanted: $(head -c 300 "$artefacts/out" "$artefacts/err")"
}

# What nobody can mean.
expect_code 2 timeout 20 "$program" live --listener 1.2.3:x
expect_code 2 timeout 20 "$program" live --connection 127.0.0.1:80
expect_code 2 timeout 20 "$program" live --pid none
expect_code 2 timeout 20 "$program" live --for soon
expect_code 2 timeout 20 "$program" live --pid 1 --listener :80
expect_code 2 timeout 20 "$program" live --pair --for 1s
# What is not there.
expect_code 1 timeout 20 "$program" live --listener 127.0.0.1:1
expect_code 1 timeout 20 "$program" live --connection 127.0.0.1:1,127.0.0.1:2

# A program that accepts nothing at one port and closes nothing at another.
cat > "$artefacts/sick.py" <<'PYTHON'
import socket, sys
def serve(backlog):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(backlog)
    return server, server.getsockname()[1]
stuck, stuck_port = serve(1)
clients = []
for _ in range(4):
    client = socket.socket()
    client.setblocking(False)
    try:
        client.connect(("127.0.0.1", stuck_port))
    except BlockingIOError:
        pass
    clients.append(client)
leaking, leaking_port = serve(16)
held = []
for _ in range(5):
    with socket.create_connection(("127.0.0.1", leaking_port)):
        held.append(leaking.accept()[0])
for connection in held:
    connection.recv(1)
print(stuck_port, leaking_port, flush=True)
sys.stdin.read()
PYTHON
coproc SICK { exec python3 "$artefacts/sick.py"; }
sick=$SICK_PID
trap 'kill -9 $sick 2> /dev/null' EXIT
read -r -t 20 stuck leaking <&"${SICK[0]}" || fail "the sick program did not start"

# The leak counts after three seconds in CLOSE_WAIT: looked at until it is said.
for _ in $(seq 15); do
    timeout 20 "$program" live --format json > "$artefacts/machine.json" || fail "live returned $?"
    found=$(grep '"condition":"close_wait_leak"' "$artefacts/machine.json" | grep "\"pid\":$sick,")
    [ -n "$found" ] && break
done
grep -q '"count":5' <<< "$found" || fail "5 sockets in CLOSE_WAIT were not charged to process $sick: $found"
grep -q 'and not called close()' <<< "$found" || fail "that it read the end of file is not said: $found"
full=$(grep '"condition":"accept_queue_full"' "$artefacts/machine.json" | grep "\"port\":$stuck,")
grep -q 'accept queue 2 · limit 1 (+1 fits), full for' <<< "$full" || fail "the full queue is not said: $full"
grep -q 'is not calling accept()' <<< "$full" || fail "who is to blame is not said: $full"
grep -q "\"who\":\"python3 ($sick)\"" <<< "$full" || fail "the process is not named: $full"
grep -q '"ss":"ss -lnt '"'"'sport = :'"$stuck" <<< "$full" || fail "no ss command: $full"
python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$artefacts/machine.json" || fail "not JSON"
timeout 20 "$program" live > "$artefacts/machine.txt" || fail "text: $?"
head -1 "$artefacts/machine.txt" | grep -q "this network namespace" || fail "no scope sentence"

# One process, one listener; killed while it is watched.
expect_code 0 timeout 20 "$program" live --pid "$sick" --for 700ms
grep -q "CLOSE_WAIT" "$artefacts/out" || fail "--pid shows no CLOSE_WAIT"
timeout 60 "$program" live --listener "127.0.0.1:$leaking" > "$artefacts/killed.txt" &
watcher=$!
await grep -q "CLOSE_WAIT" "$artefacts/killed.txt" || fail "--listener shows no CLOSE_WAIT"
kill -9 "$sick"
# The listener and five ends in CLOSE_WAIT are gone; what their FINs left is five TIME_WAITs, for a minute.
all_gone() { [ "$(grep -c "nothing is left of it" "$artefacts/killed.txt")" = 6 ]; }
await all_gone || fail "not every end of a killed program is told"
kill -TERM "$watcher"
wait "$watcher" || fail "watching a killed program returned $?"
grep -q "must have passed before we came" "$artefacts/killed.txt" || fail "the past is not told as inferred"
grep -q "nothing is left of it" "$artefacts/killed.txt" || fail "the end of a killed program is not told"
grep -Eq "LISTEN -> CLOSED" "$artefacts/killed.txt" || fail "the listener's end is not told"

# Somebody's ordinary server, watched in two ways at once: by looks alone, which are slower than curl,
# and with the kernel's trace where that is permitted.
if command -v curl > /dev/null; then
    rm -f "$artefacts"/{http.log,looks.json,told.json}
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$artefacts" > "$artefacts/http.log" 2>&1 &
    sick=$!
    await grep -qs "port [0-9]" "$artefacts/http.log" || fail "http.server did not start"
    port=$(grep -o "port [0-9]*" "$artefacts/http.log" | cut -d' ' -f2)
    timeout 60 "$program" live --listener ":$port" --sampled --format json > "$artefacts/looks.json" &
    by_looks=$!
    timeout 60 "$program" live --listener ":$port" --format json > "$artefacts/told.json" &
    by_trace=$!
    await grep -q accept_queue "$artefacts/looks.json" || fail "the first look is not told"
    await grep -q '"kind":"transitions"' "$artefacts/told.json" || fail "whether transitions are told is not said"
    for _ in 1 2 3; do curl -s "http://127.0.0.1:$port/sick.py" > /dev/null || fail "curl"; done
    # The server's end of each: met by a look, if only in TIME_WAIT, or announced by the kernel alone.
    all_met() {
        local met unseen
        met=$(grep '"kind":"appeared"' "$artefacts/$1" | grep -c "\"addresses\":\"127.0.0.1:$port → 127")
        unseen=$(grep '"kind":"unseen"' "$artefacts/$1" | grep -o '"count":[0-9]*' | awk -F: '{ n += $2 } END { print n + 0 }')
        [ $((met + unseen)) -ge 3 ]
    }
    await all_met looks.json || fail "looks: curl's connections left no trace"
    if grep -q '"kind":"transitions","text":"Transitions: every one' "$artefacts/told.json"; then
        # Each of six ends has come to ESTABLISHED, and left it, at an instant that the kernel told.
        exact() { grep '"kind":"transition"' "$artefacts/told.json" | grep "\"$1\":\"ESTABLISHED\"" | grep -c '"certainty":"exact"'; }
        all_told() { [ "$(exact to)" = 6 ] && [ "$(exact from)" = 6 ]; }
        await all_told || fail "the trace told of $(exact to) arrivals in ESTABLISHED and $(exact from) ends of it instead of 6"
    else
        await all_met told.json || fail "untold: curl's connections left no trace"
    fi
    kill -TERM "$by_looks" "$by_trace"
    wait "$by_looks" || fail "watching http.server by looks returned $?"
    wait "$by_trace" || fail "watching http.server returned $?"
fi
[ "$failures" = 0 ] && echo "attach: all held"
exit "$failures"
