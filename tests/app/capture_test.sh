#!/bin/bash
# Captures that we write, opened by the real tshark: no complaint, and what it reads is what was played.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
if ! command -v tshark >/dev/null || ! command -v tcpdump >/dev/null; then
  echo "twomsl-skipped: tshark or tcpdump is not installed; third_party/install-deps.sh --tests brings it"
  exit 77
fi

cat >"$work/loss.twomsl" <<'FILE'
title   Data is lost once
hosts   client server
wire    client server delay 10ms
isn     client#1 1000
isn     server~client#1 5000
0       server listen :80 backlog 1
+0      client connect :80
+0      server accept :80
+50ms   wire   drop client>server DATA
+0      client#1 write 5
+1s     client#1 write 2000
+1s     expect server~client#1 recv_queue 2005
FILE
# read_back FIELD...: what tshark reads, a line for each packet; a complaint of its own is a failure.
read_back() {
  local fields=()
  for field in "$@"; do fields+=(-e "$field"); done
  timeout 60 tshark -r "$work/loss.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
    -T fields -E separator=' ' "${fields[@]}" 2>"$work/complaints"
  grep -v 'Running as user' "$work/complaints" && fail "tshark complains"
}
# holds TEXT IN: TEXT is a line of IN.
holds() { grep -qxF -- "$1" <<<"$2" || fail "expected '$1' among: $2"; }

timeout 60 "$program" run "$work/loss.twomsl" --format pcapng -o "$work/loss.pcapng" || fail "no capture was written"
numbers=$(read_back tcp.srcport tcp.seq_raw tcp.ack_raw tcp.len tcp.flags.str)
[ -n "$numbers" ] || fail "tshark reads no packet"
holds "$(sed -n 1p <<<"$numbers" | cut -d' ' -f1) 1000 0 0 ··········S·" "$numbers"
[ "$(grep -c ' 1001 5001 5 ' <<<"$numbers")" -eq 2 ] || fail "the lost segment and its repetition: $numbers"
[ "$(read_back frame.time_epoch | head -2 | tail -1)" = 0.010000000 ] || fail "the SYN+ACK leaves after 10 ms, to the nanosecond"
holds client "$(read_back frame.interface_name)"
holds server "$(read_back frame.interface_name)"
[[ $(read_back frame.comment) == *lost* ]] || fail "nothing says that a segment was lost"
names=$(timeout 60 tshark -r "$work/loss.pcapng" -N nN 2>/dev/null | head -1)
[[ $names == *client*server* ]] || fail "the hosts have no names: $names"
# libpcap is stricter about several interfaces than Wireshark is.
read=$(timeout 60 tcpdump -nr "$work/loss.pcapng" 2>"$work/complaints" | wc -l)
[ "$read" -gt 0 ] && [ "$read" -eq "$(wc -l <<<"$numbers")" ] || fail "tcpdump reads $read packets: $(cat "$work/complaints")"
# Malformed packets, wrong checksums: nothing of the kind, and no note but those of the repetition.
wrong=$(timeout 60 tshark -r "$work/loss.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
  -Y '_ws.malformed or ip.checksum.status == 0 or tcp.checksum.status == 0 or _ws.expert.severity == "Error"' 2>/dev/null)
[ -z "$wrong" ] || fail "tshark finds fault with: $wrong"

# A full disk, a folder in the way: one sentence, nothing half written.
timeout 60 "$program" run "$work/loss.twomsl" --format pcapng -o /dev/full/x 2>&1 | grep -q 'cannot write' ||
  fail "a place that cannot be written is named"
mkdir "$work/folder"
timeout 60 "$program" run "$work/loss.twomsl" --format pcapng -o "$work/folder" 2>&1 | grep -q 'cannot write' ||
  fail "a folder is not overwritten"
[ "$(find "$work" -name '*.new' | wc -l)" -eq 0 ] || fail "something half written is left"

[ "$failures" -eq 0 ] && echo "tshark reads $(wc -l <<<"$numbers") packets"
exit "$failures"
