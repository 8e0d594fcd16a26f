"""Two companies that differ only in what somebody may not see are one to them.

The simulated company is made twice. In the second, records with which the reader has nothing to do are gone, or of other amounts,
outcomes and names; so are people, but for who leads teams. Whatever the reader asks, by whichever KPI, both answer the same, to the last
digit of each total, record, rank, note and error. Who sees everything is answered otherwise: else the two would not differ.

    twins.py ATTAIN FOLDER [SEED]
"""
import csv
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
from urllib.parse import urlencode

from serving import Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
NOW = "2026-10-31T20:00"
N_KPIS = int(os.environ.get("TWINS_KPIS", "12"))
REFUSED = {"/loads", "/lint", "/choose", "/alerts/findings"}  # of who runs the workspace
# Of each export the column that says whose a row is.
OWNER = {"opportunities": "Owner ID", "order_lines": "Rep ID", "subscription_changes": "Rep ID", "leads": "Owner ID", "activities": "Owner ID",
         "quotas": "User ID", "support_cases": "Agent ID", "surveys": "About User ID", "feedback": "About User ID", "trainings": "User ID",
         "coaching": "User ID", "actions": "User ID"}
AMOUNTS = ("Amount", "List Amount", "Net Amount", "Cost", "MRR Change", "Annual Revenue", "Annual Cost")
NAMES = ("Opportunity Name", "Lead Name", "Account Name", "Subject", "What", "Text")


def read(path):
    with open(path, newline="") as file:
        rows = csv.DictReader(file)
        return list(rows), rows.fieldnames


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        out = csv.DictWriter(file, head)
        out.writeheader()
        out.writerows(rows)


class Twin:
    """The exports of a company, in which what is not `reader`'s, and no record of theirs refers to, becomes another."""

    def __init__(self, exports, reader, rng):
        self.exports, self.reader, self.rng = exports, reader, rng
        self.tables = {path.stem: read(path) for path in sorted(exports.glob("*.csv"))}
        self.kept = {key: set() for key in ("Opportunity ID", "Lead ID", "Account ID")}
        self.gone = {key: set() for key in self.kept}

    def rows(self, table):
        return self.tables[table][0]

    def find_kept(self):
        """Deals, leads and accounts of the reader, and those to which records of theirs refer."""
        theirs = [row for table, column in OWNER.items() for row in self.rows(table) if row[column] == self.reader]
        theirs += [row for row in self.rows("opportunity_splits") if row["User ID"] == self.reader]
        theirs += [row for row in self.rows("opportunity_history") if row["Changed By"] == self.reader]
        theirs += [row for row in self.rows("accounts") if row["Owner ID"] == self.reader]
        theirs += self.find_first()
        for _ in range(3):  # what those refer to in turn
            for key, ids in self.kept.items():
                ids |= {row[key] for row in theirs if row.get(key)}
            theirs += [row for row in self.rows("opportunities") if row["Opportunity ID"] in self.kept["Opportunity ID"]]
            theirs += [row for row in self.rows("leads") if row["Lead ID"] in self.kept["Lead ID"]]

    def find_first(self):
        """The first rows of each table: since when there are records is the company's, and nobody's."""
        first = []
        for table in OWNER:
            for column in self.tables[table][1]:
                dated = [row for row in self.rows(table) if re.match(r"20\d\d-\d\d-\d\d", row[column])]
                least = min((row[column] for row in dated), default="")
                first += [row for row in dated if row[column] == least]
        self.first = {id(row) for row in first}
        return first

    def is_kept(self, table, row):
        if id(row) in self.first:
            return True
        of_reader = row[OWNER[table]] in (self.reader, "") or row.get("Coach ID") == self.reader
        key = {"opportunities": "Opportunity ID", "leads": "Lead ID"}.get(table)
        return of_reader or (key is not None and row[key] in self.kept[key])

    def alter(self, row):
        for column in AMOUNTS:
            if row.get(column):
                row[column] = "%.2f" % (float(row[column]) * self.rng.choice((0.21, 1.37, 2.9)))
        for column in NAMES:
            if row.get(column):
                row[column] = "Zq " + row[column][::-1]
        if row.get("Stage") == "Closed Won" and self.rng.random() < 0.5:
            row["Stage"] = "Closed Lost"

    def alter_facts(self):
        for table in OWNER:
            rows = self.rows(table)
            for row in [row for row in rows if not self.is_kept(table, row)]:
                if self.rng.random() < 0.3:
                    rows.remove(row)
                    for key in {"opportunities": ["Opportunity ID"], "leads": ["Lead ID"]}.get(table, []):
                        self.gone[key].add(row[key])
                else:
                    self.alter(row)
        for table in [*OWNER, "opportunity_splits", "opportunity_history"]:
            refers = [key for key in ("Opportunity ID", "Lead ID") if key in self.tables[table][1]]
            self.rows(table)[:] = [row for row in self.rows(table) if not any(row[key] in self.gone[key] for key in refers)]

    def alter_others(self):
        for row in self.rows("accounts"):
            if row["Account ID"] not in self.kept["Account ID"]:
                self.alter(row)
        for row in self.rows("users"):
            if row["User ID"] != self.reader and row["Profile"] not in ("Management", "Team Leader"):
                row["Full Name"], row["Email"] = "Zx " + row["Full Name"][::-1], "zx." + row["Email"]
                self.alter(row)

    def write(self):
        self.find_kept()
        self.alter_facts()
        self.alter_others()
        for table, (rows, head) in self.tables.items():
            write(self.exports / (table + ".csv"), head, rows)


def run(company, *arguments):
    return subprocess.run([attain, "-C", company, "--now", NOW, *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def token_of(company, user, role, person, *may):
    run(company, "user", "add", user, "--role", role, *(["--person", person] if person else []))
    return run(company, "token", "add", user, "twins", *(word for right in may for word in ("--may", right))).strip()


def shown(value):
    """Without when it was loaded and what numbers the request: nothing of these is of records. A sum's last digit may go by their order."""
    if isinstance(value, dict):
        return {key: shown(one) for key, one in value.items() if key not in ("load", "loaded_at", "made_at", "instance") and not key.endswith("_ms")}
    if isinstance(value, list):
        return [shown(one) for one in value]
    return float("%.12g" % value) if isinstance(value, float) else value


def questions(kpis, person, rng):
    """Everything that can be asked of numbers, of some KPIs; and what else tells of people and records."""
    yield from ("/kpis", "/organisation", "/organisation?part=memberships", "/sources", "/alerts", "/alerts/history", "/targets?all=true", "/objectives",
                "/periods", "/boards", "/work", "/lint", "/choose?goal=growth", "/loads", "/alerts/findings")
    ways = [{}, {"by": "rep"}, {"by": "team,rep"}, {"by": "manager"}, {"by": "account", "sort": "value", "top": 3}, {"by": "region"}, {"by": "source"}, {"by": "stage"},
            {"period": "2025", "grain": "month", "compare": "previous"}, {"compare": "year-ago", "by": "rep"}, {"as_of": "2026-10-31"}, {"credit": "now", "by": "rep"},
            {"where": "amount * 9007199254740992 > 0"}, {"where": "account.owner.cost > 70000"}, {"where": "rep <> '%s'" % person}, {"by": "account.owner"}, {"by": "rep", "format": "csv"}]
    for kpi in kpis:
        for way in rng.sample(ways, 8):
            yield "/ask?" + urlencode({"kpi": kpi, "period": "2026-Q1", **way})
        for path in ("explain", "records", "scorecard", "reported"):
            yield "/%s?%s" % (path, urlencode({"kpi": kpi, "period": "2026-Q1", **({"by": "rep"} if path == "reported" else {})}))
        yield "/changes?" + urlencode({"kpi": kpi, "period": "2026-Q1", "since": "2026-01-01"})
        yield "/targets/suggest?" + urlencode({"kpi": kpi, "who": "rep:" + person, "period": "2027-Q1"})
        yield "/targets/grid?" + urlencode({"kpi": kpi, "by": "rep", "period": "2026", "grain": "quarter"})


def ask_both(servers, tokens, path):
    answers = []
    for server, token in zip(servers, tokens):
        status, answer = server.call("GET", path, None, {"Authorization": "Bearer " + token})
        answers.append((status, shown(answer)))
    return answers


def check(servers, tokens, bosses, person, rng):
    kpis = [kpi.get("kpi") or kpi["name"] for kpi in servers[0].call("GET", "/kpis")[1]["kpis"]]
    n_asked, told, routes = 0, set(), set()
    for path in questions(["revenue", *rng.sample(kpis, N_KPIS)], person, rng):
        one, other = ask_both(servers, tokens, path)
        assert one[0] not in (429, 500), (path, one)
        assert one == other, "%s tells the companies apart:\n%s\n%s" % (path, json.dumps(one)[:3000], json.dumps(other)[:3000])
        n_asked += 1
        routes.add(path.split("?")[0])
        told |= {path.split("?")[0]} if one[0] == 200 else set()
    assert routes - told == REFUSED, routes - told
    one, other = ask_both(servers, bosses, "/ask?kpi=revenue&period=2026-Q1&by=rep")
    assert one != other, "the companies do not differ"
    print("ok: %d questions of %s" % (n_asked, person))


def main():
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    print("seed %d" % seed, flush=True)
    rng = random.Random(seed)
    one, other = folder / "one", folder / "other"
    subprocess.run([attain, "demo", one, "--people", "20", "--deals", "1000", "--until", "2026-10-31", "--no-load"], check=True, stdout=subprocess.DEVNULL)
    with open(one / "attain.yaml", "a") as out:
        out.write("\nserver:\n  limits: {requests_per_minute: 1000000}\n")
    reader = rng.choice([row for row in read(one / "exports" / "users.csv")[0] if row["Profile"] == "Sales"])
    shutil.copytree(one, other)
    Twin(other / "exports", reader["User ID"], rng).write()
    for company in (one, other):
        run(company, "load")
        run(company, "snapshot", "2026-Q1")
    tokens = [token_of(company, "reader", "rep", reader["Full Name"], "read", "target") for company in (one, other)]
    bosses = [token_of(company, "boss", "executive", None, "read", "see_all") for company in (one, other)]
    with Server(attain, one, bosses[0], now=NOW) as first, Server(attain, other, bosses[1], now=NOW) as second:
        check((first, second), tokens, bosses, reader["Full Name"], rng)


if __name__ == "__main__":
    main()
