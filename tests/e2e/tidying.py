"""tidying.py PROGRAM FOLDER: what a server takes out by itself at the quiet hour, of a company that tidy.sh made.

Nothing waits for time: the server's clock stands where it is told to, and what it did is read from what it says."""
import json
import pathlib
import subprocess
import sys

from serving import Server

PROGRAM, COMPANY = sys.argv[1], pathlib.Path(sys.argv[2])
GONE = "rows older than the policy keeps them are gone"


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def command(*arguments, now="2026-11-21"):
    done = subprocess.run([PROGRAM, "--now", now, *arguments], cwd=COMPANY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout) if "json" in arguments else done.stdout


def history():
    return [event["act"] for event in command("alert", "history", "--format", "json")["events"]]


# Fires, and is reminded of twice: of these the second alone still makes the state.
with open(COMPANY / "attain.yaml", "a") as settings:
    settings.write('\nserver: {alerts: no}\nalerts: {channels: {shown: {command: ["true"]}}}\n')
(COMPANY / "alerts").mkdir(exist_ok=True)
(COMPANY / "alerts/low.yaml").write_text("rules:\n  low: {kpi: win_rate, period: last-month, below: 99.9%, remind: 1 day, to: [shown]}\n")
for day in ("2026-11-21", "2026-11-23", "2026-11-25"):
    command("alert", "run", now=day + "T12:00")
same(history(), ["fire", "remind", "remind"], "what happened")
command("token", "add", "ben", "short", "--days", "1")
command("token", "add", "ben", "long", "--days", "300")
(COMPANY / "policy.yaml").write_text("retention: {alerts: 31, tokens: 90, audit: 31}\n")
before = command("audit", "--format", "json")["entries"]
held = command("audit", "--verify", "--format", "json")
assert "time_zone: Europe/Berlin" in (COMPANY / "attain.yaml").read_text()

# A minute before three in the company's zone, which is that of no machine.
with Server(PROGRAM, COMPANY, token="none", now="2027-03-01T02:59", environment={"TZ": "Asia/Tokyo"}) as server:
    same(command("audit", "--format", "json", now="2027-03-01T02:59")["entries"][: len(before)], before, "the log before the hour")
assert not any(GONE in line for line in server.output), server.output
same(history(), ["fire", "remind", "remind"], "the history before the hour")

with Server(PROGRAM, COMPANY, token="none", now="2027-03-01T03:00", environment={"TZ": "Asia/Tokyo"}) as server:
    server.wait_for(GONE)
    proof = command("audit", "--verify", "--format", "json", now="2027-03-01T03:00")
    same((proof["first_wrong"], proof["gone"] > held["gone"]), (None, True), "the log is whole, and says what is gone")
    left = command("audit", "--format", "json", now="2027-03-01T03:00")["entries"]
    done = [entry for entry in left if entry["who"] == "server"]
    same([entry["what"] for entry in done], ["tidied", "audit log tidied"], "who did it")
    same(done[0]["about"], "1 event of alerts, 1 ended token, 2 entries of this log", "what went")
    tokens = command("token", "--format", "json", now="2027-03-01T03:00")["tokens"]
    same([token["name"] for token in tokens], ["long"], "tokens")
same(history(), ["fire", "remind"], "the history after it")
# The next thing that happens goes on from the state: no second firing, and a number of its own.
command("alert", "run", now="2026-11-26T13:00")
events = command("alert", "history", "--format", "json")["events"]
same([event["act"] for event in events], ["fire", "remind", "remind"], "what is judged afterwards")
print("tidied by the server")
