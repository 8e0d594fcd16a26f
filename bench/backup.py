#!/usr/bin/env python3
"""How long puts and asks wait while `attain backup` runs beside a server: the same writers and readers first with nothing else going on,
then until the backup has ended. A wait is from the moment a request was due (not sent: one that waits keeps the next waiting) to its answer.

    backup.py ATTAIN FOLDER [SECONDS]      FOLDER: a workspace of `attain demo`, loaded; it is copied
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

WRITERS, PUTS, READERS, ASKS = 20, 100, 4, 20  # of each kind; PUTS and ASKS a second, of all together
QUESTION = "/api/v1/ask?kpi=revenue&kpi=win_rate&by=team&period=2026-01..2026-10&grain=month"
attain, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 10
LIMITS = "\nserver:\n  limits:\n    requests_per_minute: 1000000\n    connections: 2000\n    connections_by_address: 2000\n"


class Client:
    """One connection that sends a request whenever one is due."""

    def __init__(self, server, number, of, every):
        self.server, self.number, self.every, self.waits, self.due, self.n = server, number, every, [], number * every / of, 0

    async def ask(self, reader, writer, method, path, body=""):
        writer.write((f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.server.token}\r\nContent-Type: application/json\r\n"
                      f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length"))
        answer = await reader.readexactly(length)
        assert " 200 " in head.split("\r\n")[0], (head, answer)

    async def run(self, is_over, request):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        self.waits, due = [], time.perf_counter() + self.due
        while not is_over():
            await asyncio.sleep(max(0, due - time.perf_counter()))
            await self.ask(reader, writer, *request(self))
            self.waits.append((time.perf_counter() - due) * 1000)
            due += self.every
        writer.close()


def put(client):
    client.n += 1
    body = json.dumps({"name": "bench", "created_at": "2026-10-01", "amount": client.n})
    return "PUT", f"/api/v1/records/opportunity/b{client.number}-{client.n}?source=bench", body


def question(client):
    return "GET", QUESTION


async def hold(writers, readers, is_over):
    """The waits of puts and of asks until it is over."""
    await asyncio.gather(*(one.run(is_over, put) for one in writers), *(one.run(is_over, question) for one in readers))
    return [wait for one in writers for wait in one.waits], [wait for one in readers for wait in one.waits]


async def back_up(copy, target):
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(attain, "backup", target, cwd=copy, stdout=asyncio.subprocess.DEVNULL)
    code = await process.wait()
    assert code == 0, f"attain backup ended with {code}"
    return time.perf_counter() - began


def told(waits):
    ordered = sorted(waits)
    return f"{statistics.median(ordered):10.1f} {ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]:10.1f} {ordered[-1]:10.1f}   of {len(ordered)}"


async def measure(server, copy, target):
    writers = [Client(server, n, WRITERS, WRITERS / PUTS) for n in range(WRITERS)]
    readers = [Client(server, n, READERS, READERS / ASKS) for n in range(READERS)]
    until = time.perf_counter() + 2
    await hold(writers, readers, lambda: time.perf_counter() > until)  # cells are counted, the fast way of puts is there
    until = time.perf_counter() + seconds
    quiet = await hold(writers, readers, lambda: time.perf_counter() > until)
    backup = asyncio.create_task(back_up(copy, target))
    beside = await hold(writers, readers, backup.done)
    took = await backup
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"backup: {size / 1e6:.0f} MB in {took:.1f} s, beside {PUTS} puts and {ASKS} asks a second")
    print(f"waits in ms                {'median':>10} {'99th':>10} {'longest':>10}")
    for what, before, during in zip(("puts", "asks"), quiet, beside):
        print(f"{what}, nothing else       {told(before)}\n{what}, during the backup {told(during)}")


with tempfile.TemporaryDirectory() as scratch:
    copy = pathlib.Path(scratch) / "company"
    shutil.copytree(folder, copy)
    with open(copy / "attain.yaml", "a") as configuration:
        configuration.write(LIMITS)
    with Server(attain, copy) as server:
        asyncio.run(measure(server, copy, pathlib.Path(scratch) / "backup"))
