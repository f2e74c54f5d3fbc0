#!/usr/bin/env bash
# A stranger's connections over IPv4 and IPv6, watched by the program with all that is permitted,
# kept in a recording, shown again, and exported for the real tshark. One segment of each is lost.
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
import ctypes, socket, struct, sys
address = sys.argv[1]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
server = socket.socket(family)
server.bind((address, 0))
server.listen(4)
print(server.getsockname()[1], flush=True)
sys.stdin.readline()
client = socket.create_connection(server.getsockname()[:2])
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
accepted = server.accept()[0]
client.sendall(b"secret words")
accepted.recv(100)
# What this socket's own filter drops is lost: a segment with 1000 bytes and a header of 32.
code = struct.pack("HBBI" * 4, 0x80, 0, 0, 0, 0x15, 0, 1, 1032, 0x06, 0, 0, 0, 0x06, 0, 0, 0xFFFFFFFF)
held = ctypes.create_string_buffer(code)
accepted.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HxxxxxxP", 4, ctypes.addressof(held)))
client.sendall(b"s" * 1000)
client.sendall(b"s" * 500)
accepted.settimeout(0.05)
try:
    accepted.recv(1)
    print("nothing was lost", flush=True)
except TimeoutError:
    pass
accepted.settimeout(10)
accepted.setsockopt(socket.SOL_SOCKET, 27, 0)
got = 0
while got < 1500:
    got += len(accepted.recv(2000))
client.shutdown(socket.SHUT_WR)
accepted.recv(1)
accepted.close()
client.close()
print("done", flush=True)
sys.stdin.readline()
PYTHON

server=
trap '[ -n "$server" ] && kill -9 $server 2> /dev/null' EXIT
watch() { # address, as it is written before a port, version of IP
    local address=$1 written=$2 ip=$3 out="$artefacts/ip$3-${1//[^0-9a-f]/}" port watcher wrong
    coproc SERVER { exec python3 "$artefacts/server.py" "$address"; }
    server=$SERVER_PID
    read -r -t 20 port <&"${SERVER[0]}" || fail "the server did not start at $address"
    rm -f "$out".*
    timeout 60 "$program" live --listener "$written:$port" --for 4s --format json --record "$out.kept" \
        > "$out.json" &
    watcher=$!
    for _ in $(seq 200); do
        [ "$(grep -cE '"kind":"(segments|transitions)"' "$out.json" 2> /dev/null)" = 2 ] && break
        sleep 0.02
    done
    holds '"kind":"segments","text":"Segments: captured' "$out.json"
    holds '"kind":"transitions","text":"Transitions: every one' "$out.json"
    echo go >&"${SERVER[1]}"
    wait "$watcher" || fail "live returned $?"
    read -r -t 5 said <&"${SERVER[0]}"
    [ "$said" = done ] || fail "the server said $said"
    kill -9 "$server" 2> /dev/null
    wait "$server" 2> /dev/null
    server=
    python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$out.json" || fail "not JSON"
    holds '"kind":"transition".*"from":"FIN_WAIT_2","to":"TIME_WAIT","certainty":"exact"' "$out.json"
    holds '"kind":"segment".*"flags":"FIN\+ACK".*"certainty":"exact"' "$out.json"
    holds '"flags":"ACK".*"sack":\[\[[0-9]+,[0-9]+\]\]' "$out.json"
    holds '"len":1000,.*"transmission":2' "$out.json"

    timeout 60 "$program" run "$out.kept" --width 120 > "$out.txt" || fail "run returned $?"
    holds 'every transition told' "$out.txt"
    holds 'TIME_WAIT' "$out.txt"
    holds 'PSH\+ACK' "$out.txt"
    timeout 60 "$program" run "$out.kept" --format pcapng -o "$out.pcapng" || fail "no capture"
    grep -q "secret" "$out.kept" "$out.pcapng" && fail "payload was kept"
    local checked=(-o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE)
    timeout 60 tshark -r "$out.pcapng" "${checked[@]}" -T fields -e tcp.flags.str -e tcp.len \
        > "$out.fields" 2> "$out.complaints"
    grep -v 'Running as user' "$out.complaints" && fail "tshark complains"
    # SYN, SYN+ACK, ACK, 12 bytes, ACK, … FIN, FIN with or after its ACK, ACK
    [ "$(head -4 "$out.fields" | tr '\t\n' '  ')" = "··········S· 0 ·······A··S· 0 ·······A···· 0 ·······AP··· 12 " ] ||
        fail "what tshark reads: $(cat "$out.fields")"
    [ "$(grep -c F "$out.fields")" = 2 ] || fail "two FINs: $(cat "$out.fields")"
    wrong=$(timeout 60 tshark -r "$out.pcapng" "${checked[@]}" \
        -Y '_ws.malformed or ip.checksum.status == 0 or tcp.checksum.status == 0 or _ws.expert.severity == "Error"' 2> /dev/null)
    [ -z "$wrong" ] || fail "tshark finds fault with: $wrong"
    # Of all without payload the checksum was looked at and is right.
    [ "$(timeout 60 tshark -r "$out.pcapng" "${checked[@]}" -Y 'tcp.checksum.status == 1' 2> /dev/null | wc -l)" -ge 6 ] ||
        fail "no checksum is right at $address"
    local all of_ip
    all=$(wc -l < "$out.fields")
    if [ "$ip" = 6 ]; then
        of_ip=$(timeout 60 tshark -r "$out.pcapng" -Y "ipv6.addr == $address and ipv6.plen > 0" 2> /dev/null | wc -l)
    else
        of_ip=$(timeout 60 tshark -r "$out.pcapng" -Y "ip.addr == $address" 2> /dev/null | wc -l)
    fi
    [ "$of_ip" = "$all" ] || fail "$of_ip of $all packets have the address $address"
    # The lost segment, what was acknowledged beyond it, and its repetition.
    [ "$(timeout 60 tshark -r "$out.pcapng" -Y 'tcp.options.sack.count == 1 and tcp.options.timestamp.tsval' 2> /dev/null | wc -l)" -ge 1 ] ||
        fail "no SACK block at $address"
    [ "$(timeout 60 tshark -r "$out.pcapng" -Y 'tcp.len == 1000' 2> /dev/null | wc -l)" -ge 2 ] ||
        fail "no repetition at $address"
}
watch 127.0.0.1 127.0.0.1 4
python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2> /dev/null && watch ::1 '[::1]' 6
# An address as a LAN has them, for this test alone.
cat > "$artefacts/lan.py" <<'PYTHON'
import fcntl, os, socket, struct, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
request = struct.pack("16sIi", socket.inet_pton(socket.AF_INET6, "fd00:77::5"), 64, socket.if_nametoindex("lo"))
fcntl.ioctl(socket.socket(socket.AF_INET6), 0x8916, request)  # SIOCSIFADDR
os.execvp(sys.argv[1], sys.argv[1:])
PYTHON
unseen=
if [ -n "${TWOMSL_IN_OWN_NETWORK:-}" ]; then
    watch fd00:77::5 '[fd00:77::5]' 6
elif [ ! -e /proc/net/if_inet6 ]; then
    unseen="a LAN's address needs IPv6"
elif ! unshare -n true 2> "$artefacts/unshare.txt"; then
    unseen="a LAN's address needs a network namespace: $(cat "$artefacts/unshare.txt")"
else
    TWOMSL_IN_OWN_NETWORK=1 unshare -n python3 "$artefacts/lan.py" bash "$0" "$program" "$artefacts/lan" ||
        fail "at fd00:77::5"
fi

# Nobody of ours is left.
for _ in $(seq 100); do
    pgrep -x twomsl-helper > /dev/null || break
    sleep 0.05
done
[ "$failures" = 0 ] && [ -n "$unseen" ] && skip "all but one held; $unseen"
[ "$failures" = 0 ] && echo "attach capture: all held"
exit "$failures"
