#!/usr/bin/env python3
"""How soon readers are told: SUBSCRIBERS streams of events while RECORDS records a second come in, singly put over several connections.
Told are the times from the moment a put was answered to the moment each reader had its event, and the memory of a reader who waits.

    events.py ATTAIN FOLDER [SECONDS]      FOLDER: a workspace of `attain demo`, loaded and not served before; it is copied
"""
import asyncio
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "e2e"))
from serving import Server  # noqa: E402

SUBSCRIBERS, RECORDS, WRITERS = 500, 1000, 100
attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
LIMITS = "\nserver:\n  limits:\n    requests_per_minute: 1000000\n    connections: 2000\n    connections_by_address: 2000\n"


def resident_kb(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.split("\n") if line.startswith("VmRSS")).split()[1])


async def subscribe(server, told):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = [f"GET /api/v1/events HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Authorization: Bearer {server.token}"]
    writer.write("\r\n".join(head + ["", ""]).encode())
    await reader.readuntil(b"\r\n\r\n")

    async def follow():
        async for line in reader:
            if line.startswith(b"id: "):
                told.append((int(line[4:]), time.perf_counter()))

    return asyncio.create_task(follow()), writer


async def put_all(server, number, answered, end):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    due, every = time.perf_counter() + number * WRITERS / RECORDS / WRITERS, WRITERS / RECORDS
    n = 0
    while due < end:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        body = json.dumps({"owner": f"rep-{n % 50}", "created_at": "2026-10-01", "stage": "Proposal", "amount": n})
        path = f"/api/v1/records/opportunity/b{number}-{n}?source=bench"
        writer.write((f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\nContent-Type: application/json\r\n"
                      f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length"))
        answer = await reader.readexactly(length)
        assert " 200 " in head.split("\r\n")[0], (head, answer)
        answered.append((json.loads(answer)["load"], time.perf_counter(), time.perf_counter() - due))
        n, due = n + 1, due + every
    writer.close()


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def measure(server):
    before = resident_kb(server)
    told = [[] for _ in range(SUBSCRIBERS)]
    tasks = [await subscribe(server, list_) for list_ in told]
    await asyncio.sleep(2)
    idle = (resident_kb(server) - before) / SUBSCRIBERS
    answered, begin = [], time.perf_counter()
    await asyncio.gather(*(put_all(server, n, answered, begin + seconds) for n in range(WRITERS)))
    took = time.perf_counter() - begin
    await asyncio.sleep(1)
    late = []
    for one in told:
        at = 0
        for load, when, _ in sorted(answered):
            while at < len(one) and one[at][0] < load:
                at += 1
            assert at < len(one), "a reader was not told of a load"
            late.append(max(0, one[at][1] - when) * 1000)
    loads = len({load for load, _, _ in answered})
    waits = [wait * 1000 for _, _, wait in answered]
    print(f"{len(answered) / took:.0f} records a second in {loads / took:.0f} commits a second, to {SUBSCRIBERS} readers")
    print(f"answered after (ms): median {statistics.median(waits):.1f}, 99th percentile {percentile(waits, 0.99):.1f}")
    print(f"told after the answer (ms): median {statistics.median(late):.1f}, 99th percentile {percentile(late, 0.99):.1f}, most {max(late):.1f}")
    print(f"memory of a reader who waits: {idle:.1f} KB")
    for task, writer in tasks:
        task.cancel()
        writer.close()


with tempfile.TemporaryDirectory() as scratch:
    copy = pathlib.Path(scratch) / "company"
    shutil.copytree(folder, copy)
    with open(copy / "attain.yaml", "a") as configuration:
        configuration.write(LIMITS)
    with Server(attain, copy) as server:
        asyncio.run(measure(server))
