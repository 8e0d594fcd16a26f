"""tending.py PROGRAM FOLDER: the alerts that a server judges and sends by itself, to the receivers in FOLDER/recv.

Nothing waits for time: the server's clock stands where it is told to, what it does is read from what it says, and a receiver
that is late is let go by the test."""
import json
import pathlib
import re
import subprocess
import sys

from serving import Server

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
RECEIVERS, COMPANY = FOLDER / "recv", FOLDER / "co"
RULES = """rules:
  low: {kpi: win_rate, period: last-month, below: 60%, remind: 2 days, to: [hook]}
"""
token = None


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def settings(more=""):
    port = json.loads((RECEIVERS / "ports.json").read_text())["http"]
    (COMPANY / "alerts").mkdir(parents=True, exist_ok=True)
    (COMPANY / "alerts" / "a.yaml").write_text(RULES)
    (COMPANY / "attain.yaml").write_text(
        "name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\nalerts:\n  quiet_hours: 19:00-07:30\n"
        f'  channels:\n    hook: {{webhook: "http://127.0.0.1:{port}/hook"}}\n{more}')


def serve(now):
    return Server(PROGRAM, COMPANY, token, now=now)


def put(server, deal, outcome):
    record = {"created_at": "2026-10-01", "closed_at": "2026-10-10", "outcome": outcome, "amount": 100}
    status, answer = server.call("PUT", f"/records/opportunity/{deal}?source=web", record)
    assert status in (200, 201), answer


def answer_with(text):
    (RECEIVERS / "http-answer").write_text(text)


def came():
    """What the receiver was sent: the key and the states told of."""
    path = RECEIVERS / "http.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(line["key"], [alert["state"] for alert in line["body"]["alerts"]]) for line in lines]


def metrics(server):
    text = server.fetch("GET", "/metrics", headers=server.headers())[2].decode()
    return {name: int(value) for name, value in re.findall(r"^attain_alert_messages_(\w+) (\d+)$", text, re.M)}


def command(now, *arguments):
    done = subprocess.run([PROGRAM, "--now", now, *arguments, "--format", "json"], cwd=COMPANY, capture_output=True, text=True)
    return json.loads(done.stdout)


def check_commit():
    """A commit that makes a rule fire is told of at once; while the receiver is late, others write, and nobody sends it twice."""
    global token
    answer_with("200 held")
    with serve("2026-11-20T12:00") as server:
        token = server.token
        for deal, outcome in [("1", "won"), ("2", "lost")]:
            put(server, deal, outcome)
        (RECEIVERS / "came").read_text()  # half are won: it fires, and is under way
        put(server, "3", "lost")
        same(server.call("GET", "/outbox")[1]["messages"][0]["unsure"], True, "it is under way")
        same(command("2026-11-20T12:00", "alert", "run")["sent"], 0, "the command leaves it to the server")
        same(server.call("POST", "/alerts")[1]["sent"], 0, "so does another request")
        (RECEIVERS / "go").write_text("on\n")
        server.wait_for("attain: alerts: 1 sent, 0 to be tried again, 0 refused")
        same([states for _, states in came()], [["firing"]], "it came once")
        same(metrics(server), {"sent_total": 1, "failed_total": 0, "refused_total": 0, "waiting": 0}, "the figures")
        same(server.call("GET", "/outbox")[1]["messages"], [], "nothing waits")


def check_failure():
    """What fails waits, over the end of the server, and is sent when it is due, under the same key."""
    answer_with("503")
    with serve("2026-11-20T12:00") as server:
        for deal in "456789":
            put(server, deal, "won")
        server.wait_for("0 sent, 1 to be tried again, 0 refused: hook: answered 503")
        same(metrics(server), {"sent_total": 0, "failed_total": 1, "refused_total": 0, "waiting": 1}, "the figures")
        server.kill()
    answer_with("200")
    before = len(came())
    with serve("2026-11-20T12:01") as server:
        server.wait_for("1 sent")
    same([states for _, states in came()[before:]], [["recovered"]], "a minute later")
    same(came()[before][0], came()[before - 1][0], "its key")


def check_clock():
    """Nothing is loaded, and time passes: what fires is reminded of after two days, and what waited for the morning is told."""
    with serve("2026-11-20T20:00") as server:
        for deal in ("a", "b", "c", "d", "e", "f", "g"):
            put(server, deal, "lost")
        same(server.call("GET", "/alerts/history?rule=low")[1]["events"][-1]["due_at"], "2026-11-21T06:30:00Z", "in the morning")
        same(server.call("GET", "/outbox")[1]["messages"], [], "nothing is made before")
    before = len(came())
    with serve("2026-11-21T07:30") as server:
        server.wait_for("1 sent")
    with serve("2026-11-23T07:29") as server:
        server.call("GET", "/alerts")
    same([states for _, states in came()[before:]], [["firing"]], "not a minute too early")
    with serve("2026-11-23T07:30") as server:
        server.wait_for("1 sent")
    same([states for _, states in came()[before:]], [["firing"], ["still firing"]], "reminded after two days")


def check_killed():
    """Killed while it sends: the next server sends it once more, under the same key."""
    answer_with("200 held")
    before = len(came())
    server = serve("2026-11-25T12:00")
    with server:
        (RECEIVERS / "came").read_text()
        server.kill()
    (RECEIVERS / "go").write_text("on\n")
    answer_with("200")
    with serve("2026-11-25T12:00") as server:
        server.wait_for("1 sent")
    while len(came()) < before + 2:
        pass
    again = came()[before:]
    same((len(again), again[0] == again[1]), (2, True), "twice under one key")


def check_off():
    """With `alerts: no` it is left to the command."""
    settings("server:\n  alerts: no\n")
    with serve("2026-11-27T12:00") as server:
        same(metrics(server), {}, "no figures")
        same(command("2026-11-27T12:00", "alert", "run")["sent"], 1, "the command sends")


settings()
check_commit()
check_failure()
check_clock()
check_killed()
check_off()
