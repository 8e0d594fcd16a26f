"""later.py PROGRAM FOLDER: what may take long is answered later: watched, ended, and told to nobody else.

Nothing waits for time. A load that runs as long as the test wants reads a pipe that nobody writes to; what is cut short at
any moment is tried again and again, and each time all of it is there or nothing."""
import json
import os
import pathlib
import subprocess
import sys

from serving import Events, Server

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
LATER = {"Prefer": "respond-async"}
SLOW = """source: slow
tables:
  deals: {file: slow.csv}
map:
  - to: opportunity
    from: deals
    columns: {id: id, name: title, created_at: day, amount: value}
"""
N_RECORDS, MAX_TRIES = 3000, 60


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def later(server, method, path, body=None, **extra):
    """The address of work that was taken, below /api/v1."""
    status, headers, text = server.ask(method, path, body, {**LATER, **extra}, whole=True)
    same(status, 202, f"{method} {path}: {text[:200]}")
    same(headers["Preference-Applied"], "respond-async", "what was preferred is done")
    same(headers["Location"], json.loads(text)["at"], "the address")
    return headers["Location"].removeprefix("/api/v1")


def follow(server, at):
    """All that the stream of a piece of work tells, up to its end."""
    events, told = Events(server, path=at + "/events"), []
    while event := events.next():
        told.append(event)
    events.close()
    same([event["event"] for event in told], ["progress"] * (len(told) - 1) + ["end"], "the last event is the end")
    return [event["data"] for event in told]


# --- answers ---

def check_answers(server):
    """What is answered later is what would have been answered at once."""
    questions = {"questions": [{"kpis": ["revenue"], "by": ["team"]}, {"kpis": ["win_rate"]}]}
    for method, path, body in [("GET", "/records?kpi=revenue&limit=10000", None), ("GET", "/scorecard?by=team&format=csv", None),
                               ("GET", "/records?kpi=revenue&limit=10000&format=xlsx", None), ("GET", "/changes?kpi=revenue&since=2026-11-01", None),
                               ("GET", "/explain?kpi=win_rate", None), ("POST", "/ask", questions), ("GET", "/lint", None)]:
        at = later(server, method, path, body)
        last = follow(server, at)[-1]
        same((last["state"], last["status"], last["answer"]), ("done", 200, f"/api/v1{at}/answer"), path)
        status, headers, text = server.ask("GET", at + "/answer", whole=True)
        at_once = server.ask(method, path, body, whole=True)
        same((status, headers["Content-Type"]), (200, at_once[1]["Content-Type"]), path)
        if "xlsx" not in path and "explain" not in path:
            same(text, at_once[2], path)
    at = later(server, "POST", "/records/opportunity?source=web", [{"id": "w1", "name": "Vans", "created_at": "2026-11-01", "amount": 5}])
    same(follow(server, at)[-1]["state"], "done", "a put")
    same(server.call("GET", at + "/answer")[1]["n_new"], 1, "its report")
    same(server.call("PUT", "/records/opportunity/w1?source=web", {"amount": 5})[1]["n_unchanged"], 1, "it is there")
    at = later(server, "POST", "/records/opportunity?source=web", [{"id": "w2", "amount": "ten"}])
    same((follow(server, at)[-1]["state"], server.ask("GET", at + "/answer")[0]), ("failed", 422), "a put that was refused")
    same(server.ask("GET", "/records?kpi=revenu", extra=LATER)[0], 202, "a mistake is told later, too")
    same(server.ask("DELETE", at)[0], 200, "it is forgotten")
    same(server.ask("GET", at)[0], 404, "and is gone")


# --- ending it ---

def next_state(events, state):
    """Reads on to the state."""
    while (event := events.next())["data"]["state"] != state:
        pass
    return event["data"]


def check_load_is_ended(server, folder):
    """A load that holds the writer's turn, and a put that waits for it, end without a trace."""
    before = server.call("GET", "/loads?limit=1000")[1]["loads"]
    at = later(server, "POST", "/sources/slow/load")
    events = Events(server, path=at + "/events")
    next_state(events, "running")
    pipe = os.open(folder / "slow.csv", os.O_WRONLY)  # it comes back when the load has opened the other end
    waiting = later(server, "POST", "/records/opportunity?source=web", [{"id": "w3", "name": "Late", "created_at": "2026-11-01", "amount": 5}])
    behind = Events(server, path=waiting + "/events")
    next_state(behind, "running")
    same(server.call("DELETE", waiting)[1]["state"], "cancelling", "a put that waits for its turn")
    same(server.ask("GET", waiting + "/answer")[0], 409, "there is no answer yet")
    os.close(pipe)
    last = follow(server, at)[-1]
    same(last["state"], "failed", "a load of a pipe that ends")
    same(follow(server, waiting)[-1]["state"], "cancelled", "the put behind it")
    same(server.ask("GET", waiting + "/answer")[0], 409, "it has no answer")
    same(server.ask("DELETE", "/records/opportunity/w3?source=web")[0], 404, "nothing of it is there")
    same(server.call("GET", "/loads?limit=1000")[1]["loads"], before, "no load is told of")


def check_put_is_whole(server):
    """Cut short at any moment, a put of many records is there or is not; in the end one was cut short."""
    records = [{"id": f"m{n}", "name": "Many", "created_at": "2026-11-01", "amount": n} for n in range(N_RECORDS)]
    n_cancelled = 0
    for turn in range(MAX_TRIES):
        source = f"many{turn}"
        at = later(server, "POST", f"/records/opportunity?source={source}", records)
        events = Events(server, path=at + "/events")
        next_state(events, "running")
        server.ask("DELETE", at)
        events.close()
        state = follow(server, at)[-1]["state"] if server.ask("GET", at)[0] == 200 else "done"
        whole = server.call("POST", f"/records/opportunity?source={source}", records)[1]
        wanted = {"done": (0, N_RECORDS), "cancelled": (N_RECORDS, 0)}[state]
        same((whole["n_new"], whole["n_unchanged"]), wanted, f"{state}: put again, new and unchanged")
        n_cancelled += state == "cancelled"
        if n_cancelled == 3:
            return
    raise AssertionError(f"of {MAX_TRIES} puts none was cut short")


def check_asks_are_ended(server):
    """Asked of kept cells that are made for it, as of the past, and as a scorecard: cut short at any moment there is no answer; asked
    again there is the right one."""
    wheres = [f"amount >= {n}" for n in range(MAX_TRIES * 8)]
    scorecard = server.call("GET", "/scorecard?by=team")[1]["rows"]
    totals = {as_of: server.call("POST", "/ask", {"questions": [asked("amount >= 0", as_of)]})[1]["answers"][0]["totals"] for as_of in (None, "2026-06-30")}
    for as_of in (None, "2026-06-30"):
        n_cancelled = 0
        while n_cancelled < 3 and wheres:
            mine = [wheres.pop() for _ in range(4)]
            body = {"questions": [asked(where, as_of) for where in mine]}
            at = later(server, "POST", "/ask", body)
            events = Events(server, path=at + "/events")
            next_state(events, "running")
            server.ask("DELETE", at)
            events.close()
            state = follow(server, at)[-1]["state"] if server.ask("GET", at)[0] == 200 else "done"
            assert state in ("done", "cancelled"), state
            n_cancelled += state == "cancelled"
            again = server.call("POST", "/ask", body)[1]["answers"]
            same(len(again), 4, "asked again, all is answered")
        same(n_cancelled, 3, f"of the questions as of {as_of} so many were cut short")
        whole = server.call("POST", "/ask", {"questions": [asked("amount >= 0", as_of)]})[1]["answers"][0]
        same(whole["totals"], totals[as_of], "what was asked before")
    same(server.call("GET", "/scorecard?by=team")[1]["rows"], scorecard, "a scorecard")


def asked(where, as_of):
    question = {"kpis": ["revenue", "win_rate", "sales_cycle"], "by": ["rep"], "where": [where], "period": "2025-01..2026-11", "grain": "month"}
    return {**question, "as_of": as_of} if as_of else question


# --- whose it is ---

def check_others(server):
    """A piece of work is its user's, with the sight and the rights that they had."""
    at = later(server, "GET", "/scorecard?by=team")
    follow(server, at)
    link = server.call("POST", "/users", {"user": "other@example.com", "role": "administrator"})[1]["path"].split("#")[1]
    assert link
    session = {**server.session, "Authorization": ""}
    less = server.call("POST", "/tokens", {"name": "less", "may": ["read"]}, session)[1]["token"]
    other = server.call("POST", "/tokens", {"name": "theirs", "user": "other@example.com", "may": ["read", "see_all", "manage", "run", "put"]}, session)[1]["token"]
    for token, who in ((less, "a token that sees less"), (other, "somebody else")):
        extra = {"Authorization": "Bearer " + token}
        for method, path in (("GET", at), ("GET", at + "/answer"), ("GET", at + "/events"), ("DELETE", at)):
            same(server.ask(method, path, extra=extra)[0], 404, f"{who} asks {method} {path}")
    same(server.ask("GET", at + "/answer")[0], 200, "whose it is asks")
    same(server.ask("GET", at + "/answer", extra={"Authorization": ""})[0], 401, "nobody asks")
    same(server.ask("GET", "/work/x")[0], 400, "no number")
    same(server.ask("GET", "/work/99999")[0], 404, "no such work")


def check_too_much(server, folder):
    at = [later(server, "POST", "/sources/slow/load")]
    at += [later(server, "GET", "/lint") for _ in range(7)]
    status, headers, text = server.ask("GET", "/lint", extra=LATER, whole=True)
    same((status, headers["Retry-After"]), (429, "5"), "more than may be under way")
    for one in at[1:]:
        server.ask("DELETE", one)
    next_state(Events(server, path=at[0] + "/events"), "running")
    os.close(os.open(folder / "slow.csv", os.O_WRONLY))
    for one in at[1:]:
        same(follow(server, one)[-1]["state"], "cancelled", "one that waited")
    follow(server, at[0])
    same(follow(server, later(server, "GET", "/lint"))[-1]["state"], "done", "there is room again")


def main():
    demo = FOLDER / "demo"
    subprocess.run([PROGRAM, "demo", demo, "--people", "12", "--deals", "1000", "--until", "2026-11-19"], check=True, capture_output=True)
    (demo / "sources/slow.yaml").write_text(SLOW)
    os.mkfifo(demo / "slow.csv")
    with Server(PROGRAM, demo) as server:
        check_answers(server)
        check_others(server)
        check_load_is_ended(server, demo)
        check_put_is_whole(server)
        check_asks_are_ended(server)
        check_too_much(server, demo)
    same(server.process.returncode, 0, "the server ends when it is told to")


main()
