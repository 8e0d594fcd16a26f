"""killed.py ATTAIN FOLDER [ROUNDS [SEED]]: a server that is killed (SIGKILL) while several put single records and batches under keys,
a CRM sends webhooks, and files are loaded; again and again. After each start: what was acknowledged is there, of a batch that was not there is all or
nothing, what is sent again under its key is there once, and the records behind revenue are those that were sent, to the cent."""
import base64
import datetime
import pathlib
import random
import sys
import threading

from serving import Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 2
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 20261122
SECRET, BATCH = "s3cr3t-of-the-app", 5
BEGAN, WON = (str(datetime.date.today() - datetime.timedelta(days)) for days in (60, 40))
PERIOD = WON[:7]


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def configure():
    with open(folder / "attain.yaml", "a") as file:
        file.write("\nserver:\n  limits: {requests_per_minute: 1000000}\n")
    (folder / "sources/pipe.yaml").write_text(
        "source: pipe\ntables:\n  deals: {file: pipe.csv, extract: increment}\nmap:\n  - to: opportunity\n    from: deals\n    columns:\n"
        "      id: id\n      name: title\n      owner: owner_id\n      created_at: add_time\n      closed_at: won_time\n      outcome: status\n"
        "      amount: value\n      currency: currency\n")
    (folder / "sources/drop.yaml").write_text(
        "source: drop\ntables:\n  deals: {file: \"drop-*.csv\", extract: increment}\nmap:\n  - to: opportunity\n    from: deals\n    columns:\n"
        "      id: id\n      name: name\n      owner: owner\n      created_at: created_at\n      closed_at: closed_at\n      outcome: outcome\n"
        "      amount: amount\n      currency: currency\n")
    (folder / "webhooks").mkdir(exist_ok=True)
    (folder / "secret.txt").write_text(SECRET)
    (folder / "webhooks/pipe.yaml").write_text(
        "kind: pipedrive\nsource: pipe\nuser: attain\nsecret: {file: secret.txt}\nobjects:\n  deal: {table: deals}\n")


def deal(number):
    return {"id": f"k{number}", "name": f"killed {number}", "owner": "rep-1", "amount": number, "currency": "EUR", "outcome": "won",
            "created_at": BEGAN + "T09:00:00Z", "closed_at": WON + "T09:00:00Z"}


class Sent:
    """Something that is sent, and what it makes: `numbers` of deals, each of as many euros."""

    def __init__(self, numbers):
        self.numbers, self.key, self.report = numbers, f"killed-{numbers[0]}", None

    def send(self, server, connection=None):
        extra = {"Idempotency-Key": self.key}
        return server.call("POST", "/records/opportunity?source=web&all_or_nothing=true", [deal(n) for n in self.numbers], extra, connection)


class Single(Sent):
    def send(self, server, connection=None):
        record = deal(self.numbers[0])
        return server.call("PUT", f"/records/opportunity/{record.pop('id')}?source=web", record, {"Idempotency-Key": self.key}, connection)


class Told(Sent):
    """By a webhook: its event's number is what makes it known when it comes again."""

    def send(self, server, connection=None):
        number = self.numbers[0]
        body = {"meta": {"action": "create", "entity": "deal", "entity_id": str(number), "id": f"e-{number}", "version": "2.0",
                         "timestamp": WON + "T10:00:00.000Z", "company_id": "1"},
                "data": {"id": number, "title": f"killed {number}", "value": number, "currency": "EUR", "owner_id": "rep-1", "status": "won",
                         "add_time": BEGAN + "T09:00:00Z", "won_time": WON + "T09:00:00Z"}, "previous": None}
        login = base64.b64encode(f"attain:{SECRET}".encode()).decode()
        return server.call("POST", "/webhooks/pipe", body, {"Authorization": "Basic " + login}, connection)


class Loaded(Sent):
    """A file of several deals that is laid beside the others, and then loaded."""

    def send(self, server, connection=None):
        deals = [deal(number) for number in self.numbers]
        lines = [",".join(deals[0])] + [",".join(str(value) for value in one.values()) for one in deals]
        (folder / f"drop-{self.numbers[0]}.csv").write_text("\n".join(lines) + "\n")
        return server.call("POST", "/sources/drop/load", None, None, connection)


def work(server, kind, first, sent, wake, enough):
    """Sends until the server is gone."""
    connection, number = server.connect(), first
    while True:
        numbers = list(range(number, number + (BATCH if kind in (Sent, Loaded) else 1)))
        number += len(numbers)
        one = kind(numbers)
        sent.append(one)
        try:
            status, report = one.send(server, connection)
        except Exception:  # the connection ends in any place, within a reply too
            return
        assert status == 200, report
        one.report = report
        if sum(each.report is not None for each in sent) >= enough:
            wake.set()


def ask(server, done):
    connection = server.connect()
    while not done.is_set():
        try:
            server.ask("GET", f"/ask?kpi=revenue&by=rep&period={PERIOD}", connection=connection)
        except Exception:
            return


def listed(server):
    """{number: amount} of what revenue rests on."""
    status, answer = server.call("GET", f"/records?kpi=revenue&period={PERIOD}&limit=10000")
    same(status, 200, "the records")
    rows = [row for measure in answer["measures"] for row in measure["records"] if row["name"].startswith("killed ")]
    found = {int(row["name"].split()[1]): row["value"] for row in rows}
    same(len(found), len(rows), "each record once")
    return found


def revenue(server):
    return server.call("GET", f"/ask?kpi=revenue&period={PERIOD}")[1]["rows"][0]["value"]


def one_round(server, rng, first):
    """Everything that was sent when the server was killed."""
    kinds = [Single, Single, Sent, Sent, Told, Told, Loaded]
    lists, wake, done = [[] for _ in kinds], threading.Event(), threading.Event()
    enough = rng.randint(3, 15)
    threads = [threading.Thread(target=work, args=(server, kind, first + 1000 * n, lists[n], wake, enough)) for n, kind in enumerate(kinds)]
    threads.append(threading.Thread(target=ask, args=(server, done)))
    [thread.start() for thread in threads]
    assert wake.wait(300), "nothing is acknowledged"
    server.kill()
    done.set()
    [thread.join() for thread in threads]
    return [one for each in lists for one in each]


def check(server, known, sent, before):
    """What is there after the kill, and after all of it was sent again."""
    there = listed(server)
    for one in known:
        for number in one.numbers:
            same(there.get(number), number, f"record {number} of an earlier round")
    for one in sent:
        n_there = sum(number in there for number in one.numbers)
        assert n_there in ((len(one.numbers),) if one.report else (0, len(one.numbers))), f"{one.key}: {n_there} of {len(one.numbers)} are there"
    for one in sent:
        status, report = one.send(server)
        same(status, 200, f"{one.key} again")
        if one.report and not isinstance(one, (Told, Loaded)):
            same(report, one.report, f"the answer of {one.key}, again")
        if one.report and isinstance(one, Told):
            same((report["n_seen"], report["load"]), (1, 0), f"{one.key} is known")
    wanted = {number: number for one in known + sent for number in one.numbers}
    same(listed(server), wanted, "what was sent, each once")
    same(round(100 * revenue(server)), round(100 * before) + 100 * sum(wanted), "revenue")


configure()
rng, known, sent, token = random.Random(SEED), [], [], None
print("seed", SEED, flush=True)
for turn in range(ROUNDS + 1):
    with Server(attain, folder, token) as running:
        token = running.token
        if turn == 0:
            before = revenue(running)
        else:
            check(running, known, sent, before)
            print(f"ok round {turn}: {sum(one.report is not None for one in sent)} of {len(sent)} acknowledged", flush=True)
            known += sent
        if turn < ROUNDS:
            sent = one_round(running, rng, 100000 + 10000 * turn)
