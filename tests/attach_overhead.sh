#!/usr/bin/env bash
# What watching costs, beside ss at the same rate: tests/attach_overhead.sh PROGRAM [SECONDS] [PAIRS]
# Prints processor time of both and their ratio; nothing is asserted, the machine may be busy.
set -euo pipefail
program=${1:?usage: attach_overhead.sh PROGRAM [SECONDS] [PAIRS]}
seconds=${2:-5} pairs=${3:-100}
exec python3 - "$program" "$seconds" "$pairs" <<'PYTHON'
import resource, socket, subprocess, sys, time

program, seconds, pairs = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(128)
port = server.getsockname()[1]
ends = []
for _ in range(pairs):
    client = socket.create_connection(("127.0.0.1", port))
    ends += [client, server.accept()[0]]


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watching(*target):
    def cost(time):
        before = children()
        subprocess.run([program, "live", *target, "--for", f"{time}s"],
                       stdout=subprocess.DEVNULL, check=True)
        return children() - before
    # Starting and the first look are not watching: what a longer watch costs more.
    started = cost(1.5)
    return max(1e-6, (cost(1.5 + seconds) - started) / seconds)


one = ends[0]
connection = f"127.0.0.1:{one.getsockname()[1]},127.0.0.1:{port}"
pair = watching("--connection", connection)
listener = watching("--listener", f"127.0.0.1:{port}")
machine = watching()

before, rounds, end = children(), 0, time.monotonic() + seconds
while time.monotonic() < end:
    began = time.monotonic()
    subprocess.run(["ss", "-tani"], stdout=subprocess.DEVNULL, check=True)
    rounds += 1
    time.sleep(max(0, 1 / 60 - (time.monotonic() - began)))
ss = (children() - before) / seconds
each = ss / (rounds / seconds)
ss_at_60 = each * 60

print(f"{pairs} pairs, {seconds:g} s each; ss -tani ran {rounds / seconds:.0f} times a second")
for name, share in (("one connection, 60 Hz", pair), ("a listener, 60 Hz", listener),
                    ("the whole machine", machine)):
    print(f"twomsl live, {name:22} {share * 100:6.2f} % of a core   ss -tani at 60 Hz costs "
          f"{ss_at_60 / share if share else float('inf'):.0f} times that")
print(f"ss -tani at 60 Hz                   {ss_at_60 * 100:6.2f} % of a core")
PYTHON
