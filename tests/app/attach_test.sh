#!/usr/bin/env bash
# Strangers' servers: what is wrong with them is found, they are followed, and killed while watched.
set -uo pipefail
program=$1 artefacts=$2
mkdir -p "$artefacts"
command -v python3 > /dev/null || { echo "needs python3"; exit 77; }
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
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

# The leak counts after three seconds in CLOSE_WAIT: looked at until it is said, for a while.
found=""
for _ in 1 2 3 4 5 6; do
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
timeout 20 "$program" live --listener "127.0.0.1:$leaking" --for 6s > "$artefacts/killed.txt" &
watcher=$!
for _ in $(seq 100); do
    grep -q "CLOSE_WAIT" "$artefacts/killed.txt" && break
    sleep 0.05
done
kill -9 "$sick"
wait "$watcher" || fail "watching a killed program returned $?"
grep -q "must have passed before we came" "$artefacts/killed.txt" || fail "the past is not told as inferred"
grep -q "nothing is left of it" "$artefacts/killed.txt" || fail "the end of a killed program is not told"
grep -Eq "LISTEN -> CLOSED" "$artefacts/killed.txt" || fail "the listener's end is not told"

# Somebody's ordinary server.
if command -v curl > /dev/null; then
    rm -f "$artefacts/http.log"
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$artefacts" > "$artefacts/http.log" 2>&1 &
    sick=$!
    for _ in $(seq 200); do
        port=$(grep -os "port [0-9]*" "$artefacts/http.log" | cut -d' ' -f2)
        [ -n "$port" ] && break
        sleep 0.05
    done
    timeout 20 "$program" live --listener ":$port" --for 4s --format json > "$artefacts/http.json" &
    watcher=$!
    for _ in $(seq 100); do
        grep -q accept_queue "$artefacts/http.json" && break
        sleep 0.05
    done
    for _ in 1 2 3; do curl -s "http://127.0.0.1:$port/sick.py" > /dev/null || fail "curl"; done
    wait "$watcher" || fail "watching http.server returned $?"
    # Faster than any look: seen by their TIME_WAIT, or by the kernel's announcement alone.
    grep -Eq '"state":"TIME_WAIT"|"kind":"unseen"' "$artefacts/http.json" || fail "curl's connections left no trace"
fi
[ "$failures" = 0 ] && echo "attach: all held"
exit "$failures"
