"""Nobody reads what is not theirs, over any route: random organisations, users and questions against `attain serve`.

Amounts are powers of two and names occur nowhere else (sight_company.py). A sum of revenue therefore says in its binary digits
whose deals are in it, and a text that holds one of those names or amounts gives its owner away.

    sight.py ATTAIN [SEED [COMPANIES]]
"""
import json
import random
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from sight_company import TODAY, TODAY_MONTH, Company, grid_of, months_of

PASSWORD = "a lighthouse far from any harbour"


class Server:
    """`attain serve` on a free port, until the block ends."""

    def __init__(self, attain, folder):
        self.attain, self.folder = attain, folder

    def __enter__(self):
        self.process = subprocess.Popen(
            [self.attain, "-C", self.folder, "--now", TODAY, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.address = link = None
        for line in self.process.stdout:
            address = re.search(r"http://127\.0\.0\.1:\d+", line)
            self.address = self.address or (address and address.group(0))
            link = link or re.search(r"/welcome#(\S+)", line)
            if self.address and link:
                self.become_administrator(link.group(1))
                return self
        raise SystemExit("the server did not start")

    def become_administrator(self, link):
        body = json.dumps({"secret": link, "password": PASSWORD}).encode()
        request = urllib.request.Request(self.address + "/api/v1/invitation", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            csrf, cookie = json.load(reply)["csrf"], reply.headers["Set-Cookie"].split(";")[0]
        self.head = {"Cookie": cookie, "X-Attain-CSRF": csrf}

    def manage(self, path, body):
        """What the administrator does."""
        head = dict(self.head, **{"Content-Type": "application/json"})
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), head)
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.read()
        if self.process.wait() != 0:
            raise SystemExit("the server ended with %d" % self.process.returncode)

    def get(self, path, token, query=(), body=None, method=None, kind="application/json"):
        url = self.address + path + ("?" + urllib.parse.urlencode(query) if query else "")
        head = {"Authorization": "Bearer " + token}
        data = None
        if body is not None:
            data, head["Content-Type"] = (body if isinstance(body, str) else json.dumps(body)).encode(), kind
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, head, method=method), timeout=120) as reply:
                return reply.status, reply.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")


class Reader:
    """A user with a token, and what they may see."""

    def __init__(self, server, company, person):
        self.person = person
        if person is None:
            self.user, role = "boss", "executive"
            server.manage("/api/v1/users", {"user": self.user, "role": role})
        else:
            self.user, role = "p%d" % person, "leader" if person in company.leaders_ever() else "rep"
            server.manage("/api/v1/users", {"user": self.user, "role": role, "person": company.people[person]})
        self.token = server.manage("/api/v1/tokens", {"name": "test", "user": self.user, "may": ["read", "see_all"] if person is None else ["read", "alert", "target"]})["token"]
        self.said = set()
        self.look(company)

    def look(self, company):
        """Finds out what they may see."""
        person = self.person
        self.spans = list(company.spans) if person is None else company.visible(person)
        seen = {s.person for s in company.spans if person is None or any(
            company.sees(person, s.person, month) for month in range(s.start, s.until or 13))} | ({person} - {None})
        above = {r.person for t in range(len(company.teams)) for r in company.reigns[t] for s in company.spans
                 if s.person in seen and s.team in company.below(t)}
        self.hidden_words = {s.canary for s in company.spans} - {s.canary for s in self.spans}
        self.hidden_words |= {company.people[p].split()[1] for p in range(len(company.people)) if p not in seen | above}
        self.hidden_amounts = {s.amount for s in company.spans} - {s.amount for s in self.spans}
        self.bits = sum(s.amount for s in self.spans)
        told = {cell for cell in company.targets if person is None or company.is_told(person, cell[0], cell[1], months_of(cell[2]))}
        self.targets = {cell: company.targets[cell] for cell in told}
        self.hidden_amounts |= {amount for cell, amount in company.targets.items() if cell not in told}


# Asked more often than what only those in charge may ask.
OFTEN = ("/grid", "/reported", "/suggest", "/ask", "/explain", "/decompose", "/records", "/changes", "/scorecard", "/targets", "/organisation", "/users", "/alerts", "/history")


def values(rng, company, name, schema):
    """Something that a curious reader would write for a parameter."""
    if schema.get("enum"):
        return rng.choice(schema["enum"])
    if schema.get("items", {}).get("enum"):
        return rng.choice(schema["items"]["enum"])
    other = rng.choice(company.spans)
    person, team = company.people[other.person], company.teams[other.team][0]
    pools = {
        "kpi": ["revenue", "won_deals", "win_rate", "average_deal_size", "open_pipeline", "revenue_per_rep", "sales_cycle", "largest_deal"],
        "by": ["rep", "team", "manager", "account", "stage", "team,rep", "rep,account", "source", "account.owner", "account.owner.email"],
        "where": ["rep = '%s'" % person, "team = '%s'" % team, "account = 'account-%s'" % other.canary, "amount > %d" % other.amount,
                  "amount * %d > 0" % (((1 << 63) - 1) // (100 * other.amount)), "amount + amount * 9007199254740992 > 0",
                  "owner.manager.cost > %d" % other.amount, "account . owner.cost > 1", "account.owner.name <> '%s'" % person,
                  "rep != '%s'" % person, "outcome = 'won'", "rep = '%s'" % person[:-1], "manager = '%s'" % person],
        "period": ["2026", "2026-Q1", "2026-01", "last-12-months", "2026-H1"],
        "as_of": ["2026-11-19", "2026-10-01"], "since": ["2026-01-01", "2026-11-19"],
        "member": [person, "rep:" + person, "team:" + team, team], "rep": [person], "team": [team], "person": [person],
        "who": ["rep:" + person, "rep:" + person[:-1], "team:" + team, "account:account-" + other.canary[:-1],
                "account.name:account-" + other.canary, "person.name:" + person[:-1], person[:-1]],
        "user": ["boss", "p%d" % other.person], "table": ["opportunity", "person", "account"], "id": ["deal-" + other.canary, "1", person],
        "goal": ["sell more"], "q": [other.canary[:5]], "limit": ["1", "100"], "top": ["1", "3"],
    }
    if name in pools:
        return rng.choice(pools[name])
    if schema.get("type") == "integer":
        return str(rng.randint(0, 3))
    if schema.get("type") == "boolean":
        return rng.choice(["true", "false"])
    return rng.choice([person, team, "deal-" + other.canary, "revenue", "2026"])


def request(rng, company, path, parameters):
    query = []
    for parameter in parameters:
        schema = parameter.get("schema", {})
        if parameter["in"] == "path":
            value = urllib.parse.quote(values(rng, company, parameter["name"], schema), safe="")
            path = path.replace("{%s}" % parameter["name"], value)
        elif parameter["in"] == "query" and (parameter.get("required") or parameter["name"] == "kpi" or rng.random() < 0.4):
            if parameter["name"] == "format":
                query.append(("format", rng.choice(["json", "csv"])))
            else:
                query.append((parameter["name"], values(rng, company, parameter["name"], schema)))
    return path, query


def numbers(text):
    return {int(n.replace(",", "")) for n in re.findall(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\d.])\d{4,18}(?!\d)", text)}


def faults(reader, asked, status, text, path=""):
    found = []
    then = reader.said if path.endswith(("/alerts", "/alerts/history")) else set()
    if status >= 500 and status != 503:
        found.append("an error of the server's own")
    for word in reader.hidden_words:
        if word in text and word not in asked:
            found.append("the name %s" % word)
    told = numbers(text)
    if status >= 400:  # errors of a computation would tell cents
        told |= {n // 100 for n in told}
    for number in (told & reader.hidden_amounts) - then:
        if str(number) not in asked:
            found.append("the amount %d" % number)
    return found


def revenue_of(text):
    """Every value of revenue in an answer."""
    return [int(row["value"]) for part in ("rows", "totals") for row in json.loads(text).get(part, []) if row.get("value") is not None]


def check_alerts(server, company, reader):
    """Exactly those alerts that are about the reader, whom they lead today and their teams, and figures of what they see only."""
    if reader.person is None:
        return 0
    led = company.led(reader.person, TODAY_MONTH)
    now = {s.person: s.team for s in company.spans}  # of each the last
    reps = {}
    for person in [p for p, team in now.items() if p == reader.person or team in led]:
        spans = [s for s in company.spans if s.person == person]
        whole = all(company.sees(reader.person, person, month) for month in range(1, 13))
        reps["rep:" + company.people[person]] = sum(s.amount for s in spans) if whole else None
    answer = json.loads(server.get("/api/v1/alerts", reader.token)[1])
    states = {rule["rule"]: {state["who"]: state["value"] for state in rule["states"]} for rule in answer["rules"]}
    history = json.loads(server.get("/api/v1/alerts/history", reader.token)[1])["events"]
    told = {(event["rule"], event["who"]) for event in history}
    # What was said of them as a manager stays said when it turns out that others led.
    reader.said |= {int(event["value"] or 0) for event in history if event["who"] == "manager:" + company.people[reader.person]}
    wrong = []
    if states.get("everyone") != reps:
        wrong.append("is told of %s, not of %s" % (states.get("everyone"), reps))
    if not set(states.get("teams", {})) <= {"team:" + company.teams[t][0] for t in led}:
        wrong.append("is told of teams %s" % states["teams"])
    for value in [value for of in states.values() for value in of.values()] + [event["value"] for event in history]:
        if int(value or 0) & ~reader.bits:
            wrong.append("is told the figure %s" % value)
    if told != {(rule, who) for rule, of in states.items() for who in of} or any(event["event"] for event in history):
        wrong.append("has the history %s" % sorted(told))
    if {"company", "accounts", "told"} & set(states):
        wrong.append("is told of the rules %s" % sorted(states))
    aims = {aim["name"] for aim in json.loads(server.get("/api/v1/objectives", reader.token)[1])["objectives"]}
    if aims != {name for p, name in company.aims.items() if "rep:" + company.people[p] in reps}:
        wrong.append("is told of the objectives %s" % sorted(aims))
    # Others' objectives are as if there were none, also by a name that is nearly theirs.
    for name in [*sorted(set(company.aims.values()) - aims), "Unserved"]:
        details = []
        for said in (name, name[:-1], "Nonesuch"):
            proposal = {"act": "propose", "sentence": "reach 1000 revenue in 2027-Q2", "who": "rep:" + company.people[reader.person], "objective": said, "dry_run": True}
            status, text = server.get("/api/v1/targets", reader.token, body=proposal)
            details.append((status, json.loads(text).get("detail", "").replace(said, "")))
        if len(set(details)) != 1 or details[0][0] != 404:
            wrong.append("is told of the objective %s: %s" % (name, details))
    strangers = [p for p in now if "rep:" + company.people[p] not in reps]

    def say(rule, who):
        status, text = server.get("/api/v1/alerts/" + rule, reader.token, body={"act": "acknowledge", "who": who})
        return status, json.loads(text)

    status, event = say("everyone", "rep:" + company.people[reader.person])
    if (status, event.get("event")) != (200, None):
        wrong.append("cannot see to their own: %s" % event)
    refused = [say("everyone", "rep:" + company.people[p])[0] for p in strangers[:2]] + [say("everyone", "rep:Nobody Atall")[0]]
    hidden = [say(rule, "company")[1]["detail"].replace(rule, "") for rule in ("company", "nonesuch")]
    if set(refused) != {404} or hidden[0] != hidden[1] or say("everyone", None)[0] != 403:
        wrong.append("may say of others: %s, %s" % (refused, hidden))
    for line in wrong:
        print("FAILED: of alerts %s %s" % (reader.user, line))
    return len(wrong)


def check_grid(server, company, reader, by):
    """Exactly the rows of whom the reader leads today and their own, with the targets of days that are theirs."""
    names = company.people if by == "rep" else [name for name, _ in company.teams]
    status, text = server.get("/api/v1/targets/grid", reader.token, [("kpi", "revenue"), ("by", by), ("period", "2026"), ("grain", "quarter")])
    if status != 200:
        return ["is answered %d: %s" % (status, text)]
    grid = json.loads(text)
    told = {(cell["member"], cell["period"]): cell["amount"] for cell in grid["cells"]}
    wanted = {(names[who], "2026-Q%d" % q): amount for (of, who, q), amount in reader.targets.items() if of == by}
    if reader.person is None:
        rows = set(grid["members"])
    else:
        known = set(range(len(names))) if by == "rep" else company.led(reader.person, TODAY_MONTH) | {
            company.team_of(p, m) for p in range(len(company.people)) for m in range(1, 13) if company.sees(reader.person, p, m)}
        rows = {names[who] for who in range(len(names)) if any(company.is_told(reader.person, by, who, months_of(q)) for q in (1, 2, 3, 4))
                and (who in known or names[who] in {name for name, _ in wanted})}
    wrong = [] if told == wanted else ["is told %s, not %s" % (told, wanted)]
    return wrong + ([] if set(grid["members"]) == rows else ["has rows of %s, not of %s" % (grid["members"], sorted(rows))])


def check_standings(server, company, reader):
    """Exactly the targets that are the reader's, with what was attained where all who count towards it are theirs on all days so far."""
    wrong, told = [], set()
    for target in json.loads(server.get("/api/v1/targets", reader.token, [("all", "true")])[1])["targets"]:
        if target["target"] is None:  # sums for who sees all
            continue
        by, name = target["who"].split(":")
        month, names = int(target["start"][5:7]), company.people if by == "rep" else [n for n, _ in company.teams]
        if month == 12:  # served by an objective
            continue
        who, quarter = names.index(name), (month + 2) // 3
        told.add((by, who, quarter))
        days = [(p, m) for p in range(len(company.people)) for m in months_of(quarter) if m <= TODAY_MONTH
                and who == (p if by == "rep" else company.team_of(p, m))]
        sold = sum(s.amount for s in company.spans if s.start in months_of(quarter) and who == (s.person if by == "rep" else s.team))
        wanted = sold if reader.person is None or all(company.sees(reader.person, p, m) for p, m in days) else None
        if target["actual"] != wanted:
            wrong.append("is told that %s attained %s in quarter %d, not %s" % (name, target["actual"], quarter, wanted))
    return wrong + ([] if told == set(reader.targets) else ["has the targets %s, not %s" % (sorted(told), sorted(reader.targets))])


def check_reported(server, company, reader):
    """Of closed quarters exactly the numbers of whom the reader sees on all their days, and no totals."""
    wrong = []
    closed = json.loads(server.get("/api/v1/periods", reader.token)[1])["snapshots"]
    if reader.person is not None and any(one["note"] is not None or one["values"] is not None for one in closed):
        wrong.append("is told more of closed periods than that they are: %s" % closed)
    for by, names in (("rep", company.people), ("team", [name for name, _ in company.teams])):
        for quarter in (1, 2, 3):
            status, text = server.get("/api/v1/reported", reader.token, [("kpi", "revenue"), ("by", by), ("period", "2026-Q%d" % quarter)])
            if status != 200:
                wrong.append("is answered %d: %s" % (status, text))
                continue
            told = {row["members"].get(by, "(all)"): row["reported"]["value"] for row in json.loads(text)["rows"]}
            wanted = {}
            for who in range(len(names)):
                days = [(p, m) for p in range(len(company.people)) for m in months_of(quarter) if who == (p if by == "rep" else company.team_of(p, m))]
                if reader.person is None or all(company.sees(reader.person, p, m) for p, m in days):
                    sold = [s.amount for s in company.spans if s.start in months_of(quarter) and who == (s.person if by == "rep" else s.team)]
                    wanted.update({names[who]: sum(sold)} if sold else {})
            if reader.person is None:
                told.pop("(all)", None)
            if told != wanted:
                wrong.append("is told of 2026-Q%d by %s %s, not %s" % (quarter, by, told, wanted))
    if reader.person is not None and server.get("/api/v1/reported", reader.token, [("kpi", "revenue"), ("period", "2026-Q1")])[0] != 403:
        wrong.append("is told what was reported of all")
    return wrong


def check_setting(server, company, reader, rng):
    """Targets of the coming year are set for whom the reader leads, and for nobody else; what is refused tells of nobody."""
    wrong = []
    for by, who in [("rep", rng.randrange(len(company.people))) for _ in range(4)] + [("team", rng.randrange(len(company.teams)))]:
        name = company.people[who] if by == "rep" else company.teams[who][0]
        body = grid_of(by, {(name, 5): 1000})
        status, text = server.get("/api/v1/targets/grid", reader.token, [("dry_run", "true")], body, "PUT", "text/csv")
        own = (by, who) == ("rep", reader.person) or (by == "team" and company.leader(who, TODAY_MONTH) == reader.person)
        may = company.concerns(reader.person, by, who) and not own
        if (status == 200) != may:
            wrong.append("sets a target of %s: %d %s" % (name, status, text))
        wrong += ["is told %s: %s" % (fault, text) for fault in faults(reader, body, status, text)]
    return wrong


def check_parts(server, company, reader, boss):
    """Targets are handed down to those whom the reader leads; of others' targets, and of days that were others', nothing is told."""
    wrong = []
    numbers_of = {t["target"]: t for t in json.loads(server.get("/api/v1/targets", boss.token, [("all", "true")])[1])["targets"]}
    for number, target in numbers_of.items():
        if number is None or not target["who"].startswith("team:"):
            continue
        team = [name for name, _ in company.teams].index(target["who"][5:])
        quarter = (int(target["start"][5:7]) + 2) // 3
        path = "/api/v1/targets/%d/parts" % number
        status, text = server.get(path, reader.token, body={"to": "rep", "by": "equal", "dry_run": True})
        if ("team", team, quarter) not in reader.targets:
            other = server.get("/api/v1/targets/9999/parts", reader.token, body={"to": "rep", "by": "equal", "dry_run": True})[1]
            if status != 404 or json.loads(text)["detail"].replace(str(number), "") != json.loads(other)["detail"].replace("9999", ""):
                wrong.append("is told of target %d: %d %s" % (number, status, text))
        elif status == 200:
            parts = {part["who"] for part in json.loads(text)["parts"]}
            days = [(p, m) for p in range(len(company.people)) for m in months_of(quarter) if company.team_of(p, m) == team]
            if not all(company.sees(reader.person, p, m) for p, m in days) or parts != {"rep:" + company.people[p] for p, _ in days}:
                wrong.append("hands target %d down to %s" % (number, sorted(parts)))
        elif status not in (400, 403, 422):
            wrong.append("hands target %d down: %d %s" % (number, status, text))
        # Halves of a target may be another's amount: names tell.
        wrong += ["is told %s: %s" % (fault, text) for fault in faults(reader, "", status, text) if "amount" not in fault]
    return wrong


def check_targets(server, company, reader, boss, rng):
    wrong = check_grid(server, company, reader, "rep") + check_grid(server, company, reader, "team") + check_reported(server, company, reader)
    wrong += check_standings(server, company, reader)
    if reader.person is not None:
        wrong += check_setting(server, company, reader, rng) + check_parts(server, company, reader, boss)
    for line in wrong:
        print("FAILED: of targets %s %s" % (reader.user, line))
    return len(wrong)


def check_overflow(server, reader):
    """A condition that overflows for others' records is answered all the same: an error would tell that there are such records."""
    for condition in ("amount * 9007199254740992 > 0", "amount * amount * amount * amount > 0"):
        question = [("kpi", "revenue"), ("period", "2026"), ("where", condition)]
        for path in ("/api/v1/ask", "/api/v1/records", "/api/v1/explain"):
            status, text = server.get(path, reader.token, question)
            if status != 200:
                print("FAILED: %s asks %s where %s: %d %s" % (reader.user, path, condition, status, text))
                return 1
    return 0


def check_questions(server, company, reader, routes, rng, n_requests):
    """Revenue has in it whose deals the reader sees, all of them and no others; and no answer on any route tells of others."""
    bad = 0
    by = rng.choice([[], ["rep"], ["team"], ["manager", "rep"], ["account"]])
    question = [("kpi", "revenue"), ("period", "2026")] + ([("by", ",".join(by))] if by else [])
    status, text = server.get("/api/v1/ask", reader.token, question)
    if status != 200:
        raise SystemExit("%s asks for revenue: %d %s" % (reader.user, status, text))
    for value in revenue_of(text):
        if value & ~reader.bits:
            bad += 1
            print("FAILED: %s sees revenue %d of others, by %s" % (reader.user, value & ~reader.bits, by))
    if not by and revenue_of(text) != [reader.bits]:
        bad += 1
        print("FAILED: %s sees revenue %s of %d" % (reader.user, revenue_of(text), reader.bits))
    bad += check_overflow(server, reader)
    for _ in range(n_requests):
        path, query = request(rng, company, *rng.choice(routes))
        asked = urllib.parse.unquote(path) + json.dumps(query)
        status, text = server.get(path, reader.token, query)
        for fault in faults(reader, asked, status, text, path):
            bad += 1
            print("FAILED: %s asks %s %s and is told %s:\n%s" % (reader.user, path, query, fault, text[:2000]))
    return bad


def check_company(attain, rng, n_requests):
    company = Company(rng)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        company.write(folder)
        company.load(attain, folder)
        company.aim(attain, folder)
        company.set_targets(attain, folder)
        company.close_quarters(attain, folder)
        with Server(attain, folder) as server:
            leaders = company.leaders_ever()
            others = [p for p in range(len(company.people)) if p not in leaders]
            people = rng.sample(leaders, min(4, len(leaders))) + rng.sample(others, min(3, len(others)))
            readers = [Reader(server, company, p) for p in people + [None]]
            description = json.loads(server.get("/api/v1/openapi.json", readers[0].token)[1])
            routes = [(path, at["get"].get("parameters", [])) for path, at in sorted(description["paths"].items())
                      if "get" in at and not path.endswith("/events")]
            routes += [route for route in routes if route[0].endswith(OFTEN)] * 5
            for reader in readers:
                bad += check_alerts(server, company, reader)
                bad += check_targets(server, company, reader, readers[-1], rng)
                bad += check_questions(server, company, reader, routes, rng, n_requests)
            for _ in range(2 if company.tells_leaders else 0):
                company.others_lead(attain, folder, leaders)
                for reader in readers:
                    reader.look(company)
                    bad += check_targets(server, company, reader, readers[-1], rng)
                    bad += check_questions(server, company, reader, routes, rng, n_requests // 4)
    return bad


def main():
    attain = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    n_companies = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    print("seed %d" % seed)
    rng = random.Random(seed)
    bad = sum(check_company(attain, rng, 40) for _ in range(n_companies))
    print("%d answers told what they must not" % bad)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
