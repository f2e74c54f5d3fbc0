#!/usr/bin/env bash
# A stranger's connection, watched by the program with all that is permitted, kept in a recording,
# shown again, and exported for the real tshark.
set -uo pipefail
program=$1 artefacts=$2
mkdir -p "$artefacts"
skip() {
    echo "twomsl-skipped: $*"
    [ -z "${TWOMSL_NO_SKIP:-}" ] && exit 77
    exit 1
}
command -v python3 > /dev/null || skip "needs python3"
command -v tshark > /dev/null || skip "needs tshark; third_party/install-deps.sh --tests brings it"
[ "$(id -u)" = 0 ] || skip "needs root: packet sockets and the kernel's trace"
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
holds() { grep -qE -- "$1" "$2" || fail "expected '$1' in $2: $(tail -c 1500 "$2")"; }

cat > "$artefacts/server.py" <<'PYTHON'
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(4)
print(server.getsockname()[1], flush=True)
sys.stdin.readline()
client = socket.create_connection(server.getsockname())
accepted = server.accept()[0]
client.sendall(b"secret words")
accepted.recv(100)
client.shutdown(socket.SHUT_WR)
accepted.recv(1)
accepted.close()
client.close()
print("done", flush=True)
sys.stdin.readline()
PYTHON
coproc SERVER { exec python3 "$artefacts/server.py"; }
server=$SERVER_PID
trap 'kill -9 $server 2> /dev/null' EXIT
read -r -t 20 port <&"${SERVER[0]}" || fail "the server did not start"
rm -f "$artefacts/kept" "$artefacts/live.json"
timeout 60 "$program" live --listener "127.0.0.1:$port" --for 3s --format json --record "$artefacts/kept" \
    > "$artefacts/live.json" &
watcher=$!
for _ in $(seq 200); do
    [ "$(grep -cE '"kind":"(segments|transitions)"' "$artefacts/live.json" 2> /dev/null)" = 2 ] && break
    sleep 0.02
done
holds '"kind":"segments","text":"Segments: captured' "$artefacts/live.json"
holds '"kind":"transitions","text":"Transitions: every one' "$artefacts/live.json"
echo go >&"${SERVER[1]}"
wait "$watcher" || fail "live returned $?"
python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$artefacts/live.json" || fail "not JSON"
holds '"kind":"transition".*"from":"FIN_WAIT_2","to":"TIME_WAIT","certainty":"exact"' "$artefacts/live.json"
holds '"kind":"segment".*"flags":"FIN\+ACK".*"certainty":"exact"' "$artefacts/live.json"

timeout 60 "$program" run "$artefacts/kept" --width 120 > "$artefacts/ladder.txt" || fail "run returned $?"
holds 'every transition told' "$artefacts/ladder.txt"
holds 'TIME_WAIT' "$artefacts/ladder.txt"
holds 'PSH\+ACK' "$artefacts/ladder.txt"
timeout 60 "$program" run "$artefacts/kept" --format pcapng -o "$artefacts/kept.pcapng" || fail "no capture"
grep -q "secret" "$artefacts/kept" "$artefacts/kept.pcapng" && fail "payload was kept"
timeout 60 tshark -r "$artefacts/kept.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -T fields \
    -e tcp.flags.str -e tcp.len > "$artefacts/fields" 2> "$artefacts/complaints"
grep -v 'Running as user' "$artefacts/complaints" && fail "tshark complains"
# SYN, SYN+ACK, ACK, 12 bytes, ACK, FIN, FIN with or after its ACK, ACK
[ "$(head -4 "$artefacts/fields" | tr '\t\n' '  ')" = "··········S· 0 ·······A··S· 0 ·······A···· 0 ·······AP··· 12 " ] ||
    fail "what tshark reads: $(cat "$artefacts/fields")"
[ "$(grep -c F "$artefacts/fields")" = 2 ] || fail "two FINs: $(cat "$artefacts/fields")"
wrong=$(timeout 60 tshark -r "$artefacts/kept.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
    -Y '_ws.malformed or ip.checksum.status == 0 or tcp.checksum.status == 0 or _ws.expert.severity == "Error" or tcp.analysis.flags' 2> /dev/null)
[ -z "$wrong" ] || fail "tshark finds fault with: $wrong"

# Nobody of ours is left.
for _ in $(seq 100); do
    pgrep -x twomsl-helper > /dev/null || break
    sleep 0.05
done
[ "$failures" = 0 ] && echo "attach capture: all held, $(wc -l < "$artefacts/fields") packets"
exit "$failures"
