"""Nobody's number follows from shared boards: random companies and policies against `attain serve`.

In a quarter every deal is a power of two of its own, so a sum of revenue says in its binary digits which deals are in it.
From all sums on all boards that a user gets, and the deals that they see anyway, it is worked out here, with
fractions and no rounding, whether some sum of them, each times any number, is of fewer people than the policy's smallest
group: whether there is a set of so few people to whom a combination of rows belongs alone. What is shown must also be
right, and what is written later must not change it.

    boards.py ATTAIN [SEED [COMPANIES]]
"""
import csv
import io
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
from fractions import Fraction

import sight

QUARTERS = ["2026-Q1", "2026-Q2", "2026-Q3"]
LOADED = "2026-10-20T12:00"
FIRST_BIT = 5  # below it are counts


class Deal:
    def __init__(self, rng, number, person, team, quarter, bit, company):
        self.id, self.person, self.team, self.quarter = "D-%d" % number, person, team, quarter
        self.amount, self.source = 1 << bit, rng.choice(company.sources)
        self.region = company.regions[team]
        self.closed = "2026-%02d-%02d" % (3 * quarter + 2, rng.randint(3, 20))


class Company:
    """Teams in regions, each with a leader; people who change their team between quarters or stay."""

    def __init__(self, rng):
        self.rng = rng
        self.regions = [rng.choice(["North", "South", "West"]) for _ in range(rng.randint(3, 6))]
        self.people = ["Person%02d" % i for i in range(rng.randint(12, 22))]
        self.sources = ["Web", "Fair", "Partner", "Referral"][:rng.randint(2, 4)]
        self.leads = [rng.randrange(len(self.people)) for _ in self.regions]
        self.team_of = []  # by quarter, by person
        for quarter in range(3):
            self.team_of.append([self.team_of[-1][p] if self.team_of and rng.random() < 0.8 else rng.randrange(len(self.regions))
                                 for p in range(len(self.people))])
        self.deals = []
        for quarter in range(3):
            owners = [p for p in range(len(self.people)) if rng.random() < 0.85]
            owners += [p for p in owners if rng.random() < 0.4]
            bits = rng.sample(range(FIRST_BIT, FIRST_BIT + len(owners)), len(owners))
            for person, bit in zip(owners, bits):
                self.deals.append(Deal(rng, len(self.deals), person, self.team_of[quarter][person], quarter, bit, self))

    def team(self, number):
        return "T%d" % number

    def write(self, folder, policy):
        os.makedirs(folder + "/exports")
        os.makedirs(folder + "/sources")

        def table(name, head, rows):
            with open("%s/exports/%s.csv" % (folder, name), "w") as out:
                out.write("\n".join([head] + [",".join("" if v is None else str(v) for v in row) for row in rows]) + "\n")

        table("teams", "Team,Lead", [(self.team(t), self.people[lead]) for t, lead in enumerate(self.leads)])
        table("people", "Name,Team", [(name, self.team(self.team_of[2][p])) for p, name in enumerate(self.people)])
        starts = [None, "2026-04-01", "2026-07-01"]
        table("history", "Person,Team,Region,Since,Until",
              [(name, self.team(self.team_of[q][p]), self.regions[self.team_of[q][p]], starts[q], starts[q + 1] if q < 2 else None)
               for p, name in enumerate(self.people) for q in range(3)])
        table("deals", "Deal,Owner,Stage,Opened,Closed,Value,Origin",
              [(d.id, self.people[d.person], "Closed Won", d.closed, d.closed, d.amount, d.source) for d in self.deals])
        with open(folder + "/attain.yaml", "w") as out:
            out.write("name: Boards\ncurrency: EUR\ntime_zone: Europe/Berlin\n")
        with open(folder + "/sources/crm.yaml", "w") as out:
            out.write(SOURCE)
        os.makedirs(folder + "/kpis")
        with open(folder + "/kpis/own.yaml", "w") as out:
            out.write(PART)
        with open(folder + "/policy.yaml", "w") as out:
            json.dump(policy, out)  # JSON is YAML


PART = """kpis:
  web_revenue:
    name: Revenue of the web
    question: How much of the revenue came from the web?
    formula: sum(opportunity.amount where outcome = 'won' and source = 'Web' on closed_at)
    better: higher
    timing: lagging
    category: financial
"""

SOURCE = """source: crm
folder: exports
date_format: ymd
tables:
  deals:    {file: deals.csv}
  people:   {file: people.csv}
  teams:    {file: teams.csv}
  history:  {file: history.csv}
map:
  - to: team
    from: teams
    columns: {id: Team, name: Team, manager: Lead}
  - to: person
    from: people
    columns: {id: Name, name: Name, team: Team}
  - to: membership
    from: history
    columns:
      id: {sql: "Person || '/' || Team || '/' || coalesce(Since, '')"}
      person: Person
      team: Team
      region: Region
      from_at: Since
      until_at: Until
  - to: stage
    rows:
      - {id: Open, name: Open, position: 1, outcome: open}
      - {id: Closed Won, name: Closed Won, position: 2, outcome: won}
  - to: opportunity
    from: deals
    columns:
      id: Deal
      owner: Owner
      stage: Stage
      created_at: Opened
      closed_at: Closed
      amount: Value
      source: Origin
"""


def random_policy(rng):
    """Some boards to reps and leaders; the p% rule is off, for of powers of two the largest is always nearly all."""
    candidates = {
        "teams": {"kpis": ["average_deal_size", "won_deals"], "by": ["team"]},
        "tree": {"kpis": ["revenue"], "by": ["region", "team"]},
        "regions": {"kpis": ["web_revenue", "revenue"], "by": ["region"]},
        "sources": {"kpis": ["revenue"], "by": ["source"]},
        "crossed": {"kpis": ["revenue", "win_rate"], "by": ["source", "region"]},
        "whole": {"kpis": ["revenue"], "by": []},
        "league": {"kpis": ["revenue"], "by": ["rep"], "names": "own"},
    }
    names = rng.sample(sorted(candidates), rng.randint(2, 4))
    boards = {name: dict(candidates[name], to=["rep", "leader"], grain="quarter", periods=3) for name in names}
    return {"shared": {"smallest_group": rng.choice([3, 4]), "within": 0, "boards": boards}}


# --- whole numbers and fractions, no rounding ---

def reduce(rows):
    """The rows in reduced echelon form, and the columns of their pivots."""
    rows, pivots = [[Fraction(value) for value in row] for row in rows], []
    for column in range(len(rows[0]) if rows else 0):
        done = len(pivots)
        pivot = next((r for r in range(done, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for r, row in enumerate(rows):
            if r != done and row[column]:
                rows[r] = [value - row[column] * head for value, head in zip(row, rows[done])]
        pivots.append(column)
    return rows[:len(pivots)], pivots


def told(sums, deals, smallest):
    """A set of fewer people than `smallest` of whom alone a combination of `sums` (sets of deals) is; None: there is none.

    A combination of rows in echelon form that is 0 in the columns of all others has only rows whose pivots are in the
    set's own columns; there is one besides 0 where these rows depend on one another in the columns of the others."""
    columns = sorted({(deal.person, tuple(deal.id in s for s in sums)) for deal in deals})  # one for each person and set of sums
    rows, pivots = reduce([[int(signature[r]) for _, signature in columns] for r in range(len(sums))])
    owners = [person for person, _ in columns]
    for size in range(1, smallest):
        for people in itertools.combinations(sorted(set(owners)), size):
            own = [row for row, pivot in zip(rows, pivots) if owners[pivot] in people]
            others = [[value for value, owner in zip(row, owners) if owner not in people] for row in own]
            if own and len(reduce(others)[1]) < len(own):
                return people
    return None


# --- what a board says ---

def decode(mean, n, deals):
    """The deals of `n` times a mean, which is told to six digits after the point; None where it is no sum of these."""
    value = mean * n
    whole = round(value)
    found = [d for d in deals if whole & d.amount]
    return found if abs(value - whole) < n * 1e-6 and sum(d.amount for d in found) == whole else None


def in_group(deal, row, company):
    if row["kpi"] == "web_revenue" and deal.source != "Web":
        return False
    own = {"team": company.team(deal.team), "region": deal.region, "source": deal.source}
    return all(own[dimension] == member for dimension, member in row["members"].items())


class Reader:
    def __init__(self, server, company, person):
        self.company, self.person, self.user = company, person, "p%d" % person
        self.role = "leader" if person in company.leads else "rep"
        server.manage("/api/v1/users", {"user": self.user, "role": self.role, "person": company.people[person]})
        self.token = server.manage("/api/v1/tokens", {"name": "test", "user": self.user, "may": ["read"]})["token"]
        led = {t for t, lead in enumerate(company.leads) if lead == person}
        self.seen = {d.id for d in company.deals if d.person == person or d.team in led}


class Check:
    def __init__(self, company, policy):
        self.company, self.smallest, self.bad, self.n_shown, self.n_hidden = company, policy["shared"]["smallest_group"], 0, 0, 0

    def fail(self, reader, words):
        self.bad += 1
        print("FAILED: %s (%s): %s" % (reader.user, reader.role, words))

    def sums_of(self, reader, board, period, deals):
        """The sets of deals that a board's table of a period tells the sum of."""
        sums = []
        for row in period["rows"]:
            if row["kpi"] in ("revenue", "web_revenue", "average_deal_size"):
                found = decode(row["value"], row["n"] if row["kpi"] == "average_deal_size" else 1, deals)
                expected = [d for d in deals if in_group(d, row, self.company)]
                if found != expected:
                    self.fail(reader, "board %s has %s of %s, which are not those of the group" % (board, row["value"], row["members"]))
            sums.append({d.id for d in deals if in_group(d, row, self.company)})
            self.n_shown += 1
        self.n_hidden += sum(h["n_rows"] for h in period["hidden"])
        for standing in period["standings"]:
            self.check_standing(reader, standing, deals)
            for part in standing["parts"]:
                if part["mean"] is None:
                    self.n_hidden += 1
                    continue
                found = decode(part["mean"], part["n_people"], deals)
                if found is None or len({d.person for d in found}) != part["n_people"]:
                    self.fail(reader, "board %s: a part of %d people is no sum of theirs: %s" % (board, part["n_people"], part["mean"]))
                    continue
                sums.append({d.id for d in found})
                self.n_shown += 1
        return sums

    def check_standing(self, reader, standing, deals):
        revenue = {}
        for deal in deals:
            revenue[deal.person] = revenue.get(deal.person, 0) + deal.amount
        own = revenue.get(reader.person)
        if standing["value"] != own:
            self.fail(reader, "own revenue is %s and not %s" % (standing["value"], own))
        if standing["rank"] is not None and standing["rank"] != 1 + sum(v > own for v in revenue.values()):
            self.fail(reader, "the rank is %s" % standing["rank"])

    def reader(self, reader, answers):
        for number, quarter in enumerate(QUARTERS):
            deals = [d for d in self.company.deals if d.quarter == number]
            sums = []
            for board, answer in answers.items():
                for period in answer["periods"]:
                    if period["period"]["name"] == quarter:
                        sums += self.sums_of(reader, board, period, deals)
            hidden = [d for d in deals if d.id not in reader.seen]
            sums = [s for s in {frozenset(s - reader.seen) for s in sums} if s]
            people = told(sums, hidden, self.smallest)
            if people:
                self.fail(reader, "%s: what %s have follows from the boards %s" % (quarter, people, sorted(answers)))


def ask(server, reader, board):
    status, text = server.get("/api/v1/boards/" + board, reader.token)
    if status != 200:
        raise SystemExit("%s asks for board %s: %d %s" % (reader.user, board, status, text))
    return text


def check_csv(server, reader, board, answer):
    """A form has nothing that another has not."""
    _, text = server.get("/api/v1/boards/" + board, reader.token, [("format", "csv")])
    rows = list(csv.DictReader(io.StringIO(text)))
    wanted = sum(len(p["rows"]) + len(p["standings"]) for p in answer["periods"])
    return len(rows) == wanted


def check_company(attain, rng):
    company, policy = Company(rng), random_policy(rng)
    check = Check(company, policy)
    with tempfile.TemporaryDirectory() as folder:
        company.write(folder, policy)
        subprocess.run([attain, "-C", folder, "--now", LOADED, "load"], stdout=subprocess.DEVNULL, check=True)
        with sight.Server(attain, folder) as server:
            people = set(rng.sample(range(len(company.people)), 4)) | set(company.leads[:2])
            readers = [Reader(server, company, person) for person in sorted(people)]
            boards = sorted(policy["shared"]["boards"])
            texts = {}
            for reader in readers:
                answers = {board: json.loads(ask(server, reader, board)) for board in boards}
                for board in boards:
                    if not check_csv(server, reader, board, answers[board]):
                        check.fail(reader, "board %s as CSV has other rows" % board)
                texts[reader.user] = json.dumps(answers)
                check.reader(reader, answers)
            put(server, {"owner": company.people[0], "stage": "Closed Won", "amount": 77, "currency": "EUR",
                         "created_at": "2026-09-02T09:00:00Z", "closed_at": "2026-09-03T09:00:00Z"})
        for reader in rng.sample(readers, 2):
            answers = {board: json.loads(command(attain, folder, board, reader)) for board in boards}
            if texts[reader.user] != json.dumps(answers):
                check.fail(reader, "a deal of a quarter that had settled changes the boards")
    return check


def command(attain, folder, board, reader):
    """The board anew, after the server."""
    words = [attain, "-C", folder, "--now", sight.TODAY, "board", board, "--format", "json", "--as", reader.user]
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout


def put(server, deal):
    head = dict(server.head, **{"Content-Type": "application/json"})
    request = urllib.request.Request(server.address + "/api/v1/records/opportunity/late?source=crm", json.dumps(deal).encode(), head, method="PUT")
    with urllib.request.urlopen(request, timeout=120) as reply:
        if json.load(reply)["n_new"] != 1:
            raise SystemExit("the late deal was not put")


def main():
    attain = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    n_companies = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    print("seed %d" % seed)
    rng = random.Random(seed)
    shown = hidden = bad = n_done = 0
    while n_done < n_companies or shown == 0 or hidden == 0:  # of which all or nothing is shown says little
        check = check_company(attain, rng)
        shown, hidden, bad, n_done = shown + check.n_shown, hidden + check.n_hidden, bad + check.bad, n_done + 1
    print("%d companies: %d rows shown, %d hidden, %d failures" % (n_done, shown, hidden, bad))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
