#!/bin/bash
# The command line from outside: what it prints, where, and with which exit code.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset LANG LC_ALL LC_MESSAGES COLUMNS
failures=0

# expect CODE TEXT ARGS…: runs the program; TEXT must be part of what it prints (stdout and stderr).
expect() {
  local code=$1 text=$2 output status
  shift 2
  output=$(timeout 60 "$program" "$@" 2>&1 </dev/null)
  status=$?
  if [ "$status" -ne "$code" ]; then
    echo "FAILED: twomsl $* returned $status, expected $code"
    failures=$((failures + 1))
  fi
  if [[ $output != *"$text"* ]]; then
    printf 'FAILED: twomsl %s printed\n%s\nexpected to find: %s\n' "$*" "$output" "$text"
    failures=$((failures + 1))
  fi
}

cat >good.twomsl <<'FILE'
title     A handshake
title.zh  一次握手
hosts     client server
isn       client#1 1000
isn       server~client#1 5000
0         server listen :80 backlog 1
0         client connect :80 -> 0
15ms      predict client#1 state after 10ms
          option ESTABLISHED It has the answer.
          option SYN_SENT It waits.
50ms      expect client#1 ESTABLISHED
note      Both are connected.
note.zh   双方已连接。
FILE
sed 's/client#1 ESTABLISHED/client#1 SYN_SENT/' good.twomsl >wrong.twomsl
sed 's/option SYN_SENT/option CLOSE_WAIT/; s/option ESTABLISHED/option LAST_ACK/' good.twomsl >unasked.twomsl
sed 's/backlog 1/backlgo 1/' good.twomsl >typo.twomsl
mkdir -p empty folder/below
cp good.twomsl folder/below/one.twomsl
printf 'title T\nhosts a b\n0 a connect :80\n0 expect never sent a>b FIN 1 until 2s\n' >folder/two.twomsl

expect 0 'twomsl check PATH...' --help
expect 0 'twomsl 0.' --version
expect 2 'paly' paly
expect 2 "'20' is not a scale; expected 75 to 300" --scale 20 good.twomsl
expect 2 "there is no option '--colour' here" run good.twomsl --colour
expect 2 '--lang takes en or zh' lessons --lang fr
expect 2 'run takes one file' run
expect 2 'check takes files or folders' check
expect 2 'cannot read missing.twomsl: No such file or directory' run missing.twomsl
expect 2 'cannot read folder: Is a directory' run folder
expect 2 'there is no .twomsl file below empty' check empty
expect 2 "expected one of the profiles linux-6.18, rfc9293, linux-6.1, " run good.twomsl --profile linux-1.0
expect 2 "typo.twomsl:6:29: found 'backlgo', expected backlog N" check typo.twomsl
expect 2 "typo.twomsl:6:29: found 'backlgo', expected backlog N" run typo.twomsl

expect 0 'good.twomsl: held (2 expectations, 1 question)' check good.twomsl
expect 0 'folder/below/one.twomsl: held' check folder
expect 0 'folder/two.twomsl: held (1 expectation, 0 questions)' check folder
expect 1 'wrong.twomsl:11: expected client#1 SYN_SENT, found ESTABLISHED' check good.twomsl wrong.twomsl
expect 1 'server.80 > client.40002: Flags [S.], seq 5000, ack 1001' check wrong.twomsl
expect 1 'unasked.twomsl:8: expected exactly one option to be right, found none: the answer is ESTABLISHED' check unasked.twomsl
expect 2 'wrong.twomsl:11' check wrong.twomsl typo.twomsl

expect 0 '├── SYN  seq 1000' run good.twomsl
expect 0 '✓ ESTABLISHED: It has the answer.' run good.twomsl
expect 0 'Both are connected.' run good.twomsl
expect 0 '双方已连接。' run good.twomsl --lang zh
expect 0 '一次握手' run --lang=zh good.twomsl
expect 0 'Of 2 expectations 2 held.' run good.twomsl --profile rfc9293
expect 1 'wrong.twomsl:11: expected client#1 SYN_SENT, found ESTABLISHED' run wrong.twomsl
expect 0 '"kind": "transition"' run good.twomsl --format json
expect 0 'h0->>h1: 10 ms: SYN  seq 1000' run good.twomsl --format mermaid
expect 0 'Note over h0,h1: 2. 双方已连接。' run good.twomsl --format mermaid --lang zh
expect 0 '<title>一次握手</title>' run good.twomsl --format svg --lang zh
expect 2 'a picture is of one world' run good.twomsl --format svg --on both
expect 2 '--format takes text, json, mermaid, svg or pcapng' run good.twomsl --format dot
expect 0 ' 1  The three-way handshake' lessons
expect 0 '三次握手' lessons --lang zh

# Every row of the catalogue names a file that plays, whatever the folder one stands in.
"$program" lessons | while read -r row; do
  timeout 60 "$program" run "${row##* }" >/dev/null || echo "cannot play ${row##* }" >>bad
done
[ -s bad ] && { cat bad; failures=$((failures + 1)); }
"$program" run good.twomsl --width 60 | awk 'length($0) > 200 { exit 1 }' || failures=$((failures + 1))

if command -v python3 >/dev/null; then
  "$program" run good.twomsl --format json | python3 -c '
import json, sys
d = json.load(sys.stdin)
assert d["held"] and d["steps"][0]["options"][0]["value"] == "ESTABLISHED", d["steps"]
assert [f["right"] for f in d["findings"] if f["what"] == "question"] == [["ESTABLISHED"]]
' || { echo "FAILED: the JSON"; failures=$((failures + 1)); }
  "$program" run good.twomsl --format svg | python3 -c '
import sys, xml.etree.ElementTree as xml
svg = "{http://www.w3.org/2000/svg}"
root = xml.parse(sys.stdin).getroot()
words = [t.text for t in root.iter(svg + "text")]
for wanted in ("A handshake", "SYN", "seq 1000", "SYN+ACK", "ESTABLISHED", "client", ":80"):
    assert wanted in words, (wanted, words)
height = float(root.get("height"))
assert all(0 < float(t.get("y")) < height for t in root.iter(svg + "text"))
' || { echo "FAILED: the SVG"; failures=$((failures + 1)); }
fi
[ "$failures" -eq 0 ]
