"""policy_edit.py PROGRAM FOLDER: policy.yaml is edited while somebody is signed in and reads events: what they may, the boards that
they get and the events that they are told follow it, without signing in anew; a faulty edit changes nothing and is told.

Nothing waits for time: the server says when it has read the files."""
import copy
import json
import pathlib
import sys

from serving import Events, Server

PROGRAM, COMPANY = sys.argv[1], pathlib.Path(sys.argv[2])
SOURCE = """source: crm
folder: exports
date_format: ymd
tables:
  people: {file: people.csv}
  deals:  {file: deals.csv}
map:
  - to: person
    from: people
    columns: {id: Name, name: Name}
  - to: opportunity
    from: deals
    columns: {id: Deal, owner: Owner, created_at: Opened, amount: Value}
"""
ALL = """roles:
  rep: {sees: all}
shared:
  boards:
    league: {kpis: [created_deals], by: rep, names: shown, grain: year, to: rep}
"""
READ = "the workspace's files were read anew"
HELD = "what was read before still holds"


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def configure():
    for name in ("exports", "sources"):
        (COMPANY / name).mkdir()
    (COMPANY / "attain.yaml").write_text("name: Policies\ncurrency: EUR\n")
    (COMPANY / "sources" / "crm.yaml").write_text(SOURCE)
    (COMPANY / "exports" / "people.csv").write_text("Name\nAna\nBen\nCem\n")
    (COMPANY / "exports" / "deals.csv").write_text("Deal,Owner,Opened,Value\n1,Ana,2026-02-03,5\n2,Ben,2026-02-04,7\n3,Cem,2026-02-05,9\n")


class Person:
    """Ana, a rep: by her session's cookie and by a token of hers, which sees her own numbers whatever she sees; a stream of
    events by each."""

    def __init__(self, server):
        status, added = server.call("POST", "/users", {"user": "ana", "role": "rep", "person": "Ana"})
        same(status, 200, added)
        self.by_token = copy.copy(server)
        self.by_token.token = None
        self.by_token.sign_in(added["path"].split("#")[-1], ["read"])
        self.by_session = copy.copy(self.by_token)
        self.by_session.token, self.by_session.headers = None, lambda extra=None: {**self.by_token.session, **(extra or {})}
        self.ways = (self.by_session, self.by_token)
        self.listen()

    def listen(self):
        self.streams = [Events(way) for way in self.ways]
        for stream in self.streams:
            same(stream.next()["event"], "ready", "a stream begins")

    def sees(self, *names):
        for way, theirs in zip(self.ways, (names, ["Ana"])):
            status, answer = way.call("GET", "/ask?kpi=created_deals&by=rep&period=2026")
            assert status == 200, answer
            same(sorted(row["members"]["rep"] for row in answer["rows"]), sorted(theirs), "whose numbers")

    def has_league(self, wanted):
        for way in self.ways:
            same("league" in [board["board"] for board in way.call("GET", "/boards")[1]["boards"]], wanted, "whether the board is theirs")

    def is_told_of(self, *people):
        """The next event of the session's stream, and of the token's, too, if it is about Ana."""
        for stream in self.streams[: 1 + (people == ("Ana",))]:
            event = stream.next()
            self.last = event["id"]
            same((event["event"], sorted(event["data"]["for"].get("people", []))), ("change", sorted(people)), f"an event: {event}")


    def hear_reset(self):
        for stream in self.streams:
            same(stream.next()["event"], "reset", "an edit that was read is told")

    def came_back(self, after, wanted):
        """What the session's stream begins with for who was away since."""
        stream = Events(self.by_session, after)
        same(stream.next()["event"], wanted, f"who comes back after {after}")
        stream.close()


class Edits:
    """Edits of policy.yaml; each waits until the server has said what it makes of it."""

    def __init__(self, server):
        self.server, self.n_read, self.n_held = server, 0, 0

    def write(self, text):
        (COMPANY / "policy.new").write_text(text)
        (COMPANY / "policy.new").rename(COMPANY / "policy.yaml")

    def good(self, text):
        self.write(text)
        self.n_read += 1
        self.server.wait_for(READ, self.n_read)
        same(self.readiness(), "as they are", "readyz")

    def faulty(self, text, words):
        self.write(text)
        self.n_held += 1
        self.server.wait_for(HELD, self.n_held)
        self.server.wait_for(words)
        same(self.readiness(), "a faulty edit; those before it hold", "readyz")

    def readiness(self):
        status, _, body = self.server.fetch("GET", "/readyz")
        same(status, 200, "readyz")
        return json.loads(body)["files"]


def put(server, owner):
    """A new deal of theirs."""
    put.n = getattr(put, "n", 0) + 1
    record = {"owner": owner, "created_at": "2026-03-01", "amount": 1}
    status, report = server.call("PUT", f"/records/opportunity/p{put.n}?source=web&references=crm", record)
    same(status, 200, report)


def test_before(server, ana):
    ana.sees("Ana")
    ana.has_league(False)
    put(server, "Cem")
    put(server, "Ana")
    ana.is_told_of("Ana")


def test_more(server, ana, edits):
    ana.came_back(ana.last, "ready")
    edits.good(ALL)
    ana.hear_reset()
    ana.came_back(ana.last, "reset")
    ana.sees("Ana", "Ben", "Cem")
    ana.has_league(True)
    put(server, "Cem")
    ana.is_told_of("Cem")


def test_faulty(server, ana, edits):
    edits.faulty("roles:\n  rep: {sees: own}\n  leader: {sees: everything}\n", "policy.yaml:3")
    edits.faulty("roles:\n  rep: {sees: own\n", "policy.yaml:")
    ana.sees("Ana", "Ben", "Cem")
    ana.has_league(True)
    put(server, "Ben")
    ana.is_told_of("Ben")


def test_less(server, ana, edits):
    edits.good("roles:\n  rep: {sees: own}\n")
    ana.hear_reset()
    ana.sees("Ana")
    ana.has_league(False)
    put(server, "Ben")
    put(server, "Ana")
    ana.is_told_of("Ana")


def test_nothing(server, ana, edits):
    """Who may read no more is told so, and their streams end; once they may, their session is still theirs."""
    edits.good("roles:\n  rep: {may: []}\n")
    for stream in ana.streams:
        same(stream.next(), None, "the stream of who may read no more")
    for way in ana.ways:
        status, problem = way.call("GET", "/ask?kpi=created_deals&period=2026")
        same(status, 403, problem)
    edits.good("")
    ana.listen()
    ana.sees("Ana")


configure()
with Server(PROGRAM, COMPANY) as running:
    assert running.call("POST", "/sources/crm/load")[0] == 200
    person, policy = Person(running), Edits(running)
    test_before(running, person)
    for test in (test_more, test_faulty, test_less, test_nothing):
        test(running, person, policy)
        print("ok", test.__name__, flush=True)
