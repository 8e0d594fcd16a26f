"""full.py ATTAIN FOLDER: a disk that is full while a server writes, made by a limit on the size of its files, which can be lifted again
without a mount of one's own. What was acknowledged before is there after a kill, and nothing that was refused."""
import pathlib
import resource
import sys

from serving import Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
NONE, MOST = resource.RLIM_INFINITY, 2000


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def put(server, number):
    record = {"name": f"full {number}", "owner": "rep-1", "amount": number, "currency": "EUR", "outcome": "won",
              "created_at": "2026-10-01T09:00:00Z", "closed_at": "2026-10-20T09:00:00Z"}
    return server.call("PUT", f"/records/opportunity/f{number}?source=web", record)


def listed(server):
    answer = server.call("GET", "/records?kpi=revenue&period=2026-10&limit=10000")[1]
    rows = [row for measure in answer["measures"] for row in measure["records"] if row["name"].startswith("full ")]
    return sorted(row["value"] for row in rows)


def limit(server, n_bytes):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (n_bytes, NONE))


def fill(server, first, spare):
    """Puts until the log may not grow any more: the numbers that were acknowledged."""
    log = max((path.stat().st_size for path in folder.rglob("*.wal")), default=0)
    limit(server, log + spare)
    for number in range(first, first + MOST):
        status, answer = put(server, number)
        if status != 200:
            break
    same((status, answer["status"]), (503, 503), f"a put to a full disk: {answer}")
    assert "the disk is full" in answer["detail"] and "make room" in answer["detail"], answer
    return list(range(first, number))


def check_full(server, wanted):
    """Readers go on, writers are told."""
    same(listed(server), wanted, "the records while the disk is full")
    same(server.call("GET", "/ask?kpi=revenue&by=rep&period=2026-10")[0], 200, "a question of cells")
    same(server.fetch("GET", "/readyz")[0], 200, "it serves")
    for number in (90001, 90002):
        answer = put(server, number)[1]
        assert "the disk is full" in answer["detail"], answer



def main():
    with Server(attain, folder) as server:
        token = server.token
        wanted = []
        for spare in (3000, 20000, 1):
            first = len(wanted) + 1
            same(put(server, first)[0], 200, "a put while there is room")
            wanted += [first] + fill(server, first + 1, spare)
            check_full(server, wanted)
            limit(server, NONE)
        server.kill()
    with Server(attain, folder, token) as server:
        same(listed(server), wanted, "what was acknowledged, after the kill")
        same(put(server, len(wanted) + 1)[0], 200, "a put")


main()
