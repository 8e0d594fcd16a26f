#!/usr/bin/env python3
"""Events tell nobody what is not theirs, and everybody of what is: feed_sight.py ATTAIN FOLDER [SEED].

Three teams with a leader and three people each. Records come by puts, loads of files and webhooks, and people move from
team to team; each write here says itself whose records of which table it changes. A reader's event may name only people
whom its reader leads, tables that a write changed of theirs since the event before, and comes only if there was such a
write; every such write is in an event. The same holds of a reader who was away while the server ended, or was killed."""
import base64
import copy
import json
import pathlib
import random
import sys

from serving import Events, Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
dice = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20261122)
TEAMS = ("North", "South", "West")
team_of = {f"{team}er {i}": team for team in TEAMS for i in (1, 2, 3)}
leader_of = {team: f"Lead of {team}" for team in TEAMS}
files = {"deals": [], "activities": []}
SOURCE = """source: crm
folder: exports
date_format: ymd
tables:
  teams:      {file: teams.csv}
  people:     {file: people.csv}
  deals:      {file: deals.csv}
  activities: {file: activities.csv}
map:
  - to: team
    from: teams
    columns: {id: Team, name: Team, manager: Lead}
  - to: person
    from: people
    columns: {id: Name, name: Name, team: Team}
  - to: opportunity
    from: deals
    columns: {id: Deal, owner: Owner, created_at: Opened, stage: Stage, amount: Value}
  - to: activity
    from: activities
    columns: {id: Activity, owner: Owner, done_at: At, kind: Kind}
"""
HOOK = """source: pipe
tables:
  deals: {file: deals.csv, extract: increment}
map:
  - to: opportunity
    from: deals
    columns: {id: id, owner: {of: owner_id, source: crm}, created_at: add_time, amount: value}
"""


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def write_files():
    def table(name, head, rows):
        (folder / "exports" / f"{name}.csv").write_text("\n".join([head] + [",".join(map(str, row)) for row in rows]) + "\n")

    (folder / "exports").mkdir(exist_ok=True)
    table("teams", "Team,Lead", [(team, leader_of[team]) for team in TEAMS])
    table("people", "Name,Team", list(team_of.items()) + [(leader_of[team], team) for team in TEAMS])
    table("deals", "Deal,Owner,Opened,Stage,Value", files["deals"])
    table("activities", "Activity,Owner,At,Kind", files["activities"])


def configure():
    write_files()
    (folder / "sources").mkdir()
    (folder / "webhooks").mkdir()
    (folder / "attain.yaml").write_text("name: Teams\ncurrency: EUR\n")
    (folder / "sources" / "crm.yaml").write_text(SOURCE)
    (folder / "sources" / "pipe.yaml").write_text(HOOK)
    (folder / "secret.txt").write_text("word\n")
    (folder / "webhooks" / "pipe.yaml").write_text(
        "kind: pipedrive\nsource: pipe\nuser: attain\nsecret: {file: secret.txt}\nobjects:\n  deal: {table: deals}\n")


class Writes:
    """What was written: of each load whose records of which tables."""

    def __init__(self, server):
        self.server, self.of_load, self.n = server, {}, 0
        self.moves, self.team_after, self.teams_of = {}, {}, {who: {team} for who, team in team_of.items()}

    def done(self, load, touched):
        assert load > max(self.of_load, default=0), (load, touched)
        self.of_load[load] = touched

    def name(self):
        self.n += 1
        return f"r{self.n}"

    def put(self, person=None):
        """One record of somebody's, or several people's in one commit."""
        table, people = dice.choice(("opportunity", "activity")), [person] if person else dice.sample(sorted(team_of), dice.choice((1, 1, 3)))
        records = [{"id": self.name(), "owner": who} | ({"created_at": "2026-10-01", "stage": "Open", "amount": 5} if table == "opportunity"
                                                       else {"done_at": "2026-10-02", "kind": "call"}) for who in people]
        status, report = self.server.call("POST", f"/records/{table}?source=web&references=crm", records)
        same((status, report["n_accepted"]), (200, len(records)), "a put")
        self.done(report["load"], {(table, who) for who in people})

    def hand_over(self):
        """A deal changes hands: both are concerned."""
        one, other = dice.sample(sorted(team_of), 2)
        record, name = {"owner": one, "created_at": "2026-10-01", "stage": "Open", "amount": 5}, self.name()
        for who, touched in ((one, (one,)), (other, (one, other))):
            report = self.server.call("PUT", f"/records/opportunity/{name}?source=web&references=crm", record | {"owner": who})[1]
            self.done(report["load"], {("opportunity", person) for person in touched})

    def load(self):
        """New rows of files: deals of some, activities of others."""
        deals, calls = dice.sample(sorted(team_of), 2), dice.sample(sorted(team_of), dice.choice((0, 2)))
        files["deals"] += [(self.name(), who, "2026-10-03", "Open", 7) for who in deals]
        files["activities"] += [(self.name(), who, "2026-10-04", "call") for who in calls]
        write_files()
        status, report = self.server.call("POST", "/sources/crm/load")
        same(status, 200, "a load")
        self.done(report["load"], {("opportunity", who) for who in deals} | {("activity", who) for who in calls})

    def hook(self):
        """A webhook's deal, of which the system tells nothing but the owner by name."""
        who = dice.choice(sorted(team_of))
        body = {"v": 1, "meta": {"action": "added", "object": "deal", "id": self.n + 1, "timestamp": 1790000000 + self.n},
                "current": {"id": self.n + 1, "value": 3, "add_time": "2026-10-05 10:00:00", "owner_id": who}, "previous": None, "event": "added.deal"}
        self.n += 1
        login = base64.b64encode(b"attain:word").decode()
        status, told = self.server.call("POST", "/webhooks/pipe", body, {"Authorization": "Basic " + login})
        same((status, told["n_accepted"]), (200, 1), "a webhook")
        self.done(told["load"], {("opportunity", who)})

    def move(self, person, team):
        """To another team, today."""
        team_of[person] = team
        write_files()
        report = self.server.call("PUT", f"/records/person/{person.replace(' ', '%20')}?source=crm", {"name": person, "team": team})[1]
        self.done(report["load"], {("person", person)})
        self.moves[report["load"]], self.team_after[report["load"]] = person, team
        self.teams_of[person].add(team)


class Leader:
    """Reads events as the leader of a team, and holds them to what was written."""

    def __init__(self, server, team):
        self.team, self.server = team, copy.copy(server)
        user = team.lower()
        status, added = server.call("POST", "/users", {"user": user, "role": "leader", "person": leader_of[team]})
        assert status == 200, added
        self.server.token = None
        self.server.sign_in(added["path"].split("#")[-1], ["read"])
        self.teams = dict(team_of)  # as of `last`
        self.open()

    def open(self, last=None, server=None):
        if server:
            self.server.port = server.port
        self.events, self.last = Events(self.server, last), last
        if last is None:
            ready = self.events.next()
            same(ready["event"], "ready", "the first event")
            self.last = ready["id"]

    def hold(self, event, writes):
        """All of an event is theirs, of the commits since the one before."""
        of, since = event["data"], [load for load in writes.of_load if self.last < load <= event["id"]]
        moved = [load for load in since if load in writes.moves]
        before, after = dict(self.teams), dict(self.teams)
        for load in moved:
            after[writes.moves[load]] = writes.team_after[load]
        mine = {who for who in team_of if self.team in (before[who], after[who])}
        named = {who for who in team_of if self.team == before[who] == after[who]}
        theirs = {load for load in since if any(who in mine for _, who in writes.of_load[load])}
        was_theirs = {who for load in since for _, who in writes.of_load[load] if self.team in writes.teams_of[who]}
        if of["for"]["everyone"] and not of["tables"] and not of["sources"] and not theirs:
            assert was_theirs or moved, f"{self.team} is told of a commit of nobody who ever was theirs: {event}"
            self.teams, self.last = after, event["id"]
            return
        same(event["id"] in theirs, True, f"{self.team} is told of a commit that is not theirs: {event}, {writes.of_load.get(event['id'])}")
        told = set(of["for"].get("people", []))
        assert told <= named, (self.team, event, named)
        assert set(of["for"].get("teams", [])) <= {self.team}, event
        tables = {table for load in since for table, who in writes.of_load[load] if who in named}
        assert set(of["tables"]) <= tables, (self.team, event, tables)
        assert tables <= set(of["tables"]) or moved, (self.team, event, tables)
        assert set(of["sources"]) <= {"crm", "web", "pipe"} and bool(of["sources"]) == bool(of["tables"]), event
        assert moved or of["loads"] <= len(theirs), (event, theirs)
        if not of["for"]["everyone"]:
            same(told, {who for load in theirs for _, who in writes.of_load[load] if who in named}, "those of theirs who are told")
        self.teams, self.last = after, event["id"]

    def read(self, until, writes):
        """Up to the load `until`, which is theirs: every load of theirs is in an event."""
        while self.last < until:
            event = self.events.next()
            assert event and event["event"] in ("change", "ready"), event
            if event["event"] == "change":
                self.hold(event, writes)


def everybody_reads(leaders, writes):
    """Something for each of them, so that their events end with a known one."""
    last = {}
    for leader in leaders:
        writes.put(next(who for who, team in sorted(team_of.items()) if team == leader.team))
        last[leader] = max(writes.of_load)
    for leader in leaders:
        leader.read(last[leader], writes)


def check_moved(leaders, writes):
    """From leader to leader, with deals before and after in quick succession: neither hears of what is the other's."""
    for _ in range(6):
        who = dice.choice([person for person, team in sorted(team_of.items()) if list(team_of.values()).count(team) > 1])
        writes.put(who)
        writes.move(who, dice.choice([team for team in TEAMS if team != team_of[who]]))
        writes.put(who)
        everybody_reads(leaders, writes)


def check_random(leaders, writes):
    for _ in range(12):
        for _ in range(dice.randint(1, 5)):
            dice.choice((writes.put, writes.put, writes.hand_over, writes.load, writes.hook))()
        everybody_reads(leaders, writes)


def missed(leaders, writes, server):
    """They come back to another server and are told what they missed, then what comes."""
    for leader in leaders:
        leader.open(leader.last, server)
    everybody_reads(leaders, writes)


configure()
with Server(attain, folder) as first:
    first.call("POST", "/sources/crm/load")
    writes = Writes(first)
    leaders = [Leader(first, team) for team in TEAMS]
    check_random(leaders, writes)
    print("ok random", flush=True)
    check_moved(leaders, writes)
    print("ok moved", flush=True)
    [leader.events.close() for leader in leaders]
    for _ in range(9):
        dice.choice((writes.put, writes.hand_over, writes.load, writes.hook))()
with Server(attain, folder, first.token) as second:
    writes.server = second
    missed(leaders, writes, second)
    print("ok ended and started", flush=True)
    [leader.events.close() for leader in leaders]
    for _ in range(9):
        dice.choice((writes.put, writes.hand_over, writes.load, writes.hook))()
    second.kill()
with Server(attain, folder, first.token) as third:
    writes.server = third
    missed(leaders, writes, third)
    print("ok killed and started", flush=True)
