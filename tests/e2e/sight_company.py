"""Random companies for the tests of who sees what: teams in a tree, people who move between them, leaders who follow one another.

Each span that somebody spent in a team has one won deal, of an amount that is a power of two of its own and with names
that occur nowhere else; so have targets. What each may see is worked out here, from the rules of docs/security.md, not by the
program.
"""
import os
import subprocess

FIRST_BIT = 12  # below it are counts, days and shares
TARGET_BIT = 41  # of targets; below it are deals
TODAY = "2026-11-20T12:00"
TODAY_MONTH = 11


class Span:
    """Somebody's time in a team, and its one deal."""

    def __init__(self, person, team, start, until, bit, canary):
        self.person, self.team, self.start, self.until, self.bit, self.canary = person, team, start, until, bit, canary

    @property
    def amount(self):
        return 1 << self.bit


class Reign:
    """Somebody's time as the leader of a team, in months of 2026; who leads it first always did."""

    def __init__(self, person, start, until):
        self.person, self.start, self.until = person, start, until


class Company:
    """Teams in a tree, people who move between them, leaders who follow one another, one deal a span."""

    def __init__(self, rng):
        self.rng = rng
        self.teams = [("T%d" % i, None if i < 2 else rng.randrange(i)) for i in range(rng.randint(3, 6))]
        self.people = ["Person%02d %s" % (i, self.word()) for i in range(rng.randint(8, 14))]
        # Each team is led by somebody of its own, who may be a leader of others, too; a history of the source's tells
        # of them, or else they are found out by loads, one a change.
        self.reigns = [self.reigns_of_a_team() for _ in self.teams]
        self.tells_leaders = rng.random() < 0.5
        self.spans = []
        for person in range(len(self.people)):
            months = sorted(rng.sample(range(2, 11), rng.randint(0, 1)))
            starts = [1] + months
            for start, until in zip(starts, months + [None]):
                bit = FIRST_BIT + len(self.spans)
                self.spans.append(Span(person, rng.randrange(len(self.teams)), start, until, bit, self.word()))

    def word(self):
        return "".join(self.rng.choice("bcdfghjklmnpqrstvwxz") for _ in range(9))

    def reigns_of_a_team(self, among=None):
        starts = [1] + sorted(self.rng.sample(range(2, 12), self.rng.choice([0, 1, 1, 2])))
        return [Reign(self.rng.choice(among or range(len(self.people))), start, until) for start, until in zip(starts, starts[1:] + [13])]

    def leader(self, team, month):
        return next(r.person for r in self.reigns[team] if r.start <= month < r.until)

    def leaders_ever(self):
        return sorted({r.person for reigns in self.reigns for r in reigns})

    def led(self, person, month):
        """The teams that somebody leads in a month, and all below."""
        return {below for team in range(len(self.teams)) if self.leader(team, month) == person for below in self.below(team)}

    def team_of(self, person, month):
        return next(s.team for s in self.spans if s.person == person and s.start <= month < (s.until or 13))

    def sees(self, reader, person, month):
        return reader == person or self.team_of(person, month) in self.led(reader, month)

    def below(self, team):
        found = {team}
        while True:
            more = {i for i, (_, parent) in enumerate(self.teams) if parent in found} - found
            if not more:
                return found
            found |= more

    def aim(self, attain, folder):
        """An objective of its own for the target of each of three people; and one without targets."""
        self.aims = {p: "Aim " + self.word() for p in self.rng.sample(range(len(self.people)), 3)}
        attain = [attain, "-C", folder, "--now", TODAY]
        for name in [*self.aims.values(), "Unserved"]:
            subprocess.run(attain + ["objective", "set", name, "--kpi", "win_rate"], stdout=subprocess.DEVNULL, check=True)
        for person, name in self.aims.items():
            subprocess.run(attain + ["target", "set", "reach 1000 revenue next month", "--for", "rep:" + self.people[person], "--objective", name],
                           stdout=subprocess.DEVNULL, check=True)

    def set_targets(self, attain, folder):
        """Targets of some people and teams for quarters of 2026, each a power of two of its own: {(by, who, quarter): amount}."""
        cells = [("rep", p, q) for p in range(len(self.people)) for q in (1, 2, 3, 4)]
        chosen = self.rng.sample(cells, 5) + [("team", t, self.rng.randint(1, 4)) for t in self.rng.sample(range(len(self.teams)), 3)]
        self.targets = {cell: 1 << TARGET_BIT + i for i, cell in enumerate(chosen)}
        for by, names in (("rep", self.people), ("team", [name for name, _ in self.teams])):
            with open(folder + "/grid.csv", "w") as out:
                out.write(grid_of(by, {(names[who], q): amount for (of, who, q), amount in self.targets.items() if of == by}))
            subprocess.run([attain, "-C", folder, "--now", "2026-01-01T12:00", "target", "grid", "--load", folder + "/grid.csv", "--reason", "plan"],
                           stdout=subprocess.DEVNULL, check=True)

    def close_quarters(self, attain, folder):
        for quarter in (1, 2, 3):
            subprocess.run([attain, "-C", folder, "--now", TODAY, "snapshot", "2026-Q%d" % quarter, "--note", "asked for by " + self.people[0]],
                           stdout=subprocess.DEVNULL, check=True)

    def concerns(self, reader, by, who):
        """Whether somebody is theirs today: themselves, or somebody or a team that they lead."""
        led = self.led(reader, TODAY_MONTH)
        return who in led if by == "team" else who == reader or self.team_of(who, TODAY_MONTH) in led

    def is_told(self, reader, by, who, months):
        """Whether somebody is told of a target: it is theirs today, and in some of these months, unless nobody was in the team."""
        people = [who] if by == "rep" else range(len(self.people))
        days = [(p, m) for p in people for m in months if by == "rep" or self.team_of(p, m) == who]
        return self.concerns(reader, by, who) and (not days or any(self.sees(reader, p, m) for p, m in days))

    def visible(self, person):
        """The spans whose deal somebody sees: their own, and those in teams that they led in its month and all below."""
        return [s for s in self.spans if self.sees(person, s.person, s.start)]

    def write(self, folder):
        os.makedirs(folder + "/exports")
        os.makedirs(folder + "/sources")
        os.makedirs(folder + "/alerts")

        def table(name, head, rows):
            with open("%s/exports/%s.csv" % (folder, name), "w") as out:
                out.write("\n".join([head] + [",".join("" if v is None else str(v) for v in row) for row in rows]) + "\n")

        table("people", "Name,Email,Team",
              [(name, "p%d@example.org" % i, self.teams[[s for s in self.spans if s.person == i][-1].team][0])
               for i, name in enumerate(self.people)])
        month = lambda m: None if m is None else "2026-%02d-01" % m
        self.write_leaders(folder)
        table("history", "Person,Team,Since,Until",
              [(self.people[s.person], self.teams[s.team][0], None if s.start == 1 else month(s.start), month(s.until))
               for s in self.spans])
        table("deals", "Deal,Owner,Account,Stage,Opened,Closed,Value",
              [("deal-" + s.canary, self.people[s.person], "account-" + s.canary, "Closed Won", "2026-%02d-03" % s.start,
                "2026-%02d-%02d" % (s.start, self.rng.randint(5, 25)), s.amount) for s in self.spans])
        with open(folder + "/attain.yaml", "w") as out:
            out.write("name: Canaries\ncurrency: EUR\ntime_zone: Europe/Berlin\n"
                      "alerts:\n  channels:\n    log: {command: [\"true\"]}\n")
        with open(folder + "/sources/crm.yaml", "w") as out:
            out.write(SOURCE + (LEADERS if self.tells_leaders else ""))

    def write_teams(self, folder, month):
        """The records of teams as a CRM gives them: who leads each in this month."""
        with open(folder + "/exports/teams.csv", "w") as out:
            out.write("Team,Parent,Lead\n")
            for i, (name, parent) in enumerate(self.teams):
                out.write("%s,%s,%s\n" % (name, "" if parent is None else self.teams[parent][0], self.people[self.leader(i, month)]))

    def write_leaders(self, folder):
        with open(folder + "/exports/reigns.csv", "w") as out:
            out.write("Team,Lead,Since,Until\n")
            for (name, _), reigns in zip(self.teams, self.reigns):
                for r in reigns:
                    out.write("%s,%s,%s,%s\n" % (name, self.people[r.person], "" if r.start == 1 else "2026-%02d-01" % r.start,
                                                 "" if r.until == 13 else "2026-%02d-01" % r.until))

    def others_lead(self, attain, folder, leaders):
        """It turns out that others led a team, and when: loaded beside the server."""
        self.reigns[self.rng.randrange(len(self.teams))] = self.reigns_of_a_team(leaders)
        self.write_leaders(folder)
        self.write_teams(folder, TODAY_MONTH)
        subprocess.run([attain, "-C", folder, "--now", TODAY, "load"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)

    def load(self, attain, folder):
        """Where the source tells of no leaders, a load on each day on which one follows another."""
        changes = [] if self.tells_leaders else sorted({r.start for reigns in self.reigns for r in reigns})
        for month in changes:
            self.write_teams(folder, month)
            subprocess.run([attain, "-C", folder, "--now", "2026-%02d-01T12:00" % month, "load"], stdout=subprocess.DEVNULL, check=True)
        with open(folder + "/alerts/all.yaml", "w") as out:
            out.write(ALERTS % {"team": self.rng.choice(self.teams)[0], "rep": self.rng.choice(self.people)})
        self.write_teams(folder, TODAY_MONTH)
        subprocess.run([attain, "-C", folder, "--now", TODAY, "load"], stdout=subprocess.DEVNULL, check=True)


# Whatever somebody has sold, all of these fire, and say how much it is.
ALERTS = """rules:
  everyone: {kpi: revenue, who: each rep, period: 2026, incomplete: true, above: 1, to: [log]}
  teams: {kpi: revenue, who: each team, period: 2026, incomplete: true, above: 1, to: [log]}
  managers: {kpi: revenue, who: each manager, period: 2026, incomplete: true, above: 1, to: [log]}
  accounts: {kpi: revenue, who: each account, period: 2026, incomplete: true, above: 1, to: [log]}
  company: {kpi: revenue, who: company, period: 2026, incomplete: true, above: 1, to: [log]}
  one_team: {kpi: revenue, who: "team:%(team)s", period: 2026, incomplete: true, above: 1, to: [log]}
  one_rep: {kpi: revenue, who: "rep:%(rep)s", period: 2026, incomplete: true, above: 1, to: [log]}
  told: {kpi: revenue, who: each rep, period: 2026, incomplete: true, above: 1, where: ["rep = '%(rep)s'"], to: [log]}
"""

SOURCE = """source: crm
folder: exports
date_format: ymd
tables:
  deals:    {file: deals.csv}
  people:   {file: people.csv}
  teams:    {file: teams.csv}
  history:  {file: history.csv}
  reigns:   {file: reigns.csv}
map:
  - to: team
    from: teams
    columns: {id: Team, name: Team, parent: Parent, manager: Lead}
  - to: person
    from: people
    columns: {id: Name, name: Name, email: Email, team: Team}
  - to: membership
    from: history
    columns:
      id: {sql: "Person || '/' || Team || '/' || coalesce(Since, '')"}
      person: Person
      team: Team
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
      account: Account
      stage: Stage
      created_at: Opened
      closed_at: Closed
      amount: Value
"""

LEADERS = """  - to: leadership
    from: reigns
    columns:
      id: {sql: "Team || '/' || coalesce(Since, '')"}
      team: Team
      person: Lead
      from_at: Since
      until_at: Until
"""


def months_of(quarter):
    return range(3 * quarter - 2, 3 * quarter + 1)


def grid_of(by, cells):
    """A grid of revenue as CSV, of {(name, quarter): amount}; quarter 5 is the first of 2027."""
    quarters = sorted({q for _, q in cells})
    lines = ["revenue by %s," % by + ",".join("2027-Q1" if q == 5 else "2026-Q%d" % q for q in quarters)]
    for name in sorted({name for name, _ in cells}):
        lines.append(name + "," + ",".join(str(cells.get((name, q), "")) for q in quarters))
    return "\n".join(lines) + "\n"
