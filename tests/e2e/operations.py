"""operations.py PROGRAM FOLDER: every operation of the description is asked with success, and with what most often goes wrong with it.

An operation that the description has and no line here asks is a failure: a new route brings its two lines. Every answer is
held against the description by serving.Server."""
import base64
import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

from provider import Provider
from serving import PASSWORD, Events, Server

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
RULE = """rules:
  win_rate_low: {name: Win rate too low, kpi: win_rate, who: each team, period: last-90-days, below: 99%, to: [hook]}
"""
HOOK = "kind: pipedrive\nsource: pipe\nuser: attain\nsecret: {file: secret.txt}\nobjects:\n  deal: {table: deals}\n"
PIPE = """source: pipe
tables:
  deals: {file: pipe.csv, extract: increment}
map:
  - to: opportunity
    from: deals
    columns: {id: id, name: title, created_at: add_time, amount: value}
"""
TOLD = {"meta": {"action": "create", "entity": "deal", "entity_id": "9", "id": "e-1", "timestamp": "2026-11-01T10:00:00.000Z"},
        "data": {"id": 9, "title": "Pump", "value": 250, "add_time": "2026-11-01T10:00:00Z"}, "previous": None}
DEAL = {"amount": 5, "name": "Ten vans", "created_at": "2026-11-02T09:00:00Z"}
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


class Refusing(http.server.BaseHTTPRequestHandler):
    """A receiver of alerts that takes none."""

    def do_POST(self):
        self.send_error(410)

    def log_message(self, *_):
        pass


def make_company(receiver, provider):
    demo = FOLDER / "demo"
    subprocess.run([PROGRAM, "demo", demo, "--people", "12", "--deals", "1000", "--until", "2026-11-19"], check=True, capture_output=True)
    (demo / "alerts").mkdir(exist_ok=True)
    (demo / "webhooks").mkdir(exist_ok=True)
    (demo / "alerts/sales.yaml").write_text(RULE)
    (demo / "webhooks/pipe.yaml").write_text(HOOK)
    (demo / "sources/pipe.yaml").write_text(PIPE)
    (demo / "secret.txt").write_text("s3cr3t-of-the-app\n")
    with open(demo / "attain.yaml", "a") as file:
        file.write(f'\nalerts: {{channels: {{hook: {{webhook: "http://127.0.0.1:{receiver.server_port}/"}}}}}}\n')
        file.write(f"sign_in: {{issuer: '{provider.issuer}', client: {provider.CLIENT}, client_secret_env: TEST_CLIENT_SECRET,"
                   " address: 'http://127.0.0.1:1', new_users: rep}\n")
    return demo


class Asker:
    """Somebody with a token or a session."""

    def __init__(self, server, head):
        self.server, self.head = server, head

    def ask(self, method, path, body=None, wanted=200, **head):
        path = path.replace(" ", "%20").replace("'", "%27")
        head = {name.replace("_", "-"): value for name, value in {**self.head, **head}.items()}
        if body is not None:
            head.setdefault("Content-Type", "application/json")
        data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        whole = path if path.startswith("/") else "/api/v1/" + path
        status, got, text = self.server.fetch(method, whole, data, head)
        for fault in self.server.description.faults(method, whole, status, got, text):
            check(False, fault)
        check(status == wanted, f"{method} {path}: {status}, not {wanted}: {text[:300]}")
        return json.loads(text) if text and "json" in got.get("Content-Type", "") else text

    def refused(self, method, path, wanted, words, body=None, **head):
        """A problem that says these words."""
        told = self.ask(method, path, body, wanted, **head)
        detail = told.get("detail", "") + json.dumps(told.get("rejected", ""))
        check(words in detail, f"{method} {path}: {detail!r} says {words!r}")


def sign_in(server, link):
    """Somebody who uses a one-time link, with session and mark."""
    status, head, text = server.fetch("POST", "/api/v1/invitation", json.dumps({"secret": link, "password": PASSWORD}),
                                      {"Content-Type": "application/json"})
    check(status == 200, f"the link signs in: {text[:200]}")
    return Asker(server, {"Cookie": head["Set-Cookie"].split(";")[0], "X-Attain-CSRF": json.loads(text)["csrf"]})


# --- with success and with what goes wrong, part by part ---

def numbers(boss, rep, nobody):
    boss.ask("GET", "ask?kpi=revenue,win_rate&by=team&compare=previous")
    boss.refused("GET", "ask?kpi=revenu", 404, "revenue")
    boss.ask("POST", "ask", {"questions": [{"kpis": ["revenue"]}, {"kpis": ["win_rate"], "by": ["team"]}]})
    boss.refused("POST", "ask", 400, "period", {"questions": [{"kpis": ["revenue"], "perod": "2026"}]})
    boss.ask("GET", "explain?kpi=win_rate")
    boss.refused("GET", "explain", 400, "kpi")
    boss.ask("GET", "decompose?kpi=win_rate&by=team&compare=year-ago")
    rep.ask("GET", "decompose?kpi=revenue&by=rep&period=2026-Q3")
    boss.refused("GET", "decompose?kpi=sales_cycle&by=team", 422, "a median or quantile")
    boss.ask("GET", "records?kpi=revenue&limit=10000")
    boss.refused("GET", "records?kpi=revenue&limit=1&format=csv", 413, "1")
    boss.ask("GET", "changes?kpi=revenue&since=2026-11-01")
    boss.refused("GET", "changes?kpi=revenue&since=soon", 400, "soon")
    boss.ask("GET", "scorecard?by=team&compare=year-ago")
    boss.refused("GET", "scorecard?who=rep:Nobody", 404, "Nobody")
    boss.ask("GET", "boards")
    nobody.refused("GET", "boards", 401, "token")
    boss.ask("GET", "boards/marketing")
    rep.refused("GET", "boards/marketing", 403, "policy.yaml")
    boss.ask("POST", "periods", {"period": "2026-Q3", "note": "for the board"})
    rep.refused("POST", "periods", 403, "the right to run", {"period": "2026-Q2"})
    boss.ask("GET", "periods")
    nobody.refused("GET", "periods", 401, "token")
    boss.ask("GET", "reported?period=2026-Q3")
    boss.refused("GET", "reported?period=2025-Q1", 404, "2025-Q1")


def kpis(boss, rep, nobody):
    boss.ask("GET", "kpis?role=rep")
    boss.refused("GET", "kpis?role=king", 400, "manager")
    boss.ask("GET", "kpis/revenue")
    boss.refused("GET", "kpis/revenu", 404, "revenue")
    boss.ask("GET", "goals")
    boss.refused("GET", "goals?format=pdf", 400, "json")
    boss.ask("GET", "choose?goal=growth")
    boss.refused("GET", "choose", 400, "goal")
    boss.ask("GET", "lint")
    boss.refused("GET", "lint?rule=no_such", 404, "no_such")
    boss.ask("GET", "lint/rules")
    nobody.refused("GET", "lint/rules", 401, "token")
    boss.ask("GET", "check")
    rep.refused("GET", "check", 403, "the right to run")


def targets(boss, rep, nobody):
    said = {"act": "propose", "sentence": "reach 120k revenue next quarter", "who": "company"}
    boss.ask("POST", "targets", {**said, "dry_run": True})
    number = boss.ask("POST", "targets", said)["targets"][0]["target"]
    boss.refused("POST", "targets", 422, "target", {"act": "set", "sentence": "do better"})
    boss.ask("GET", "targets?all=1")
    boss.refused("GET", "targets?of=1", 400, "of")
    boss.ask("GET", f"targets/{number}")
    boss.refused("GET", "targets/99999", 404, "99999")
    boss.ask("POST", f"targets/{number}", {"act": "comment", "reason": "two deals slipped"})
    boss.refused("POST", f"targets/{number}", 400, "reason", {"act": "withdraw"})
    boss.ask("POST", "targets/1/parts", {"to": "team", "by": "equal", "dry_run": True})
    boss.refused("POST", "targets/1/parts", 400, "planet", {"to": "planet", "by": "equal", "dry_run": True})
    grid = boss.ask("GET", "targets/grid?kpi=revenue&period=2027-Q2&grain=quarter&format=csv").decode()
    boss.refused("GET", "targets/grid", 400, "kpi")
    lines = grid.split("\r\n")
    lines[1] += "90000"
    boss.ask("PUT", "targets/grid?dry_run=1", "\r\n".join(lines).encode(), Content_Type="text/csv")
    boss.refused("PUT", "targets/grid", 400, "grid", "", Content_Type="text/csv")
    boss.ask("GET", "targets/suggest?kpi=revenue")
    boss.refused("GET", "targets/suggest", 400, "kpi")
    boss.ask("POST", "objectives", {"name": "Win more often", "kpis": ["win_rate"]})
    boss.refused("POST", "objectives", 400, "name", {"kpis": ["win_rate"]})
    boss.ask("GET", "objectives")
    nobody.refused("GET", "objectives", 401, "token")


def alerts(boss, rep, nobody):
    boss.ask("GET", "alerts")
    nobody.refused("GET", "alerts", 401, "token")
    boss.ask("GET", "alerts/findings")
    boss.refused("GET", "alerts/findings?rule=x", 400, "rule")
    boss.ask("GET", "alerts/win_rate_low/test?since=2026-11-01&hindsight=1")
    boss.refused("GET", "alerts/win_rate_lo/test", 404, "win_rate_low")
    boss.ask("POST", "alerts")
    rep.refused("POST", "alerts", 403, "the right to run")
    boss.ask("GET", "alerts/history")
    boss.refused("GET", "alerts/history?rul=no", 400, "rule")
    boss.ask("POST", "alerts/win_rate_low", {"act": "snooze", "for": "2 days", "reason": "known"})
    boss.refused("POST", "alerts/win_rate_low", 400, "act", {"reason": "known"})
    messages = boss.ask("GET", "outbox?all=1")["messages"]
    rep.refused("GET", "outbox", 403, "the right to run")
    check([m["state"] for m in messages] == ["refused"] * len(messages) and messages, "messages that the receiver refused")
    boss.ask("POST", f"outbox/{messages[0]['message']}", wanted=204)
    boss.refused("POST", "outbox/99999", 404, "99999")


def records(server, boss, rep, nobody):
    boss.ask("PUT", "records/opportunity/D-1?source=mine", DEAL)
    boss.refused("PUT", "records/opportunity/D-1?source=mine", 422, "ten", {"amount": "ten"})
    boss.ask("POST", "records/opportunity?source=mine", [{"id": "D-2", **DEAL}, {"id": "D-3", "amount": "ten"}])
    boss.refused("POST", "records/opportunity?source=mine", 422, "ten", [{"id": "D-3", "amount": "ten"}])
    boss.refused("POST", "records/opportunity?source=mine", 415, "application/json or application/x-ndjson or application/jsonl in UTF-8", "a,b", Content_Type="text/csv")
    boss.ask("DELETE", "records/opportunity/D-2?source=mine")
    boss.refused("DELETE", "records/opportunity/D-2?source=mine", 404, "D-2")
    boss.ask("POST", "sources/crm/load")
    boss.refused("POST", "sources/crn/load", 404, "crm")
    boss.ask("PUT", "sources/mine-too/files/deals.csv", b"Id,Value,Created\nA-1,10,2026-01-05\nA-2,20,2026-01-06\n", Content_Type="text/csv")
    boss.refused("PUT", "sources/crm/files/deals.csv", 422, "elsewhere", b"a,b\n1,2\n", Content_Type="text/csv")
    rep.refused("PUT", "sources/mine-too/files/deals.csv", 403, "the right to put", b"a,b\n1,2\n", Content_Type="text/csv")
    proposed = boss.ask("GET", "sources/mine-too/proposal")
    boss.refused("GET", "sources/nothing/proposal", 404, "no file was brought")
    boss.ask("POST", "sources/mine-too/trial", {"mapping": proposed["mapping"]})
    boss.refused("POST", "sources/mine-too/trial", 400, "`yaml`", {})
    boss.ask("PUT", "sources/mine-too", {"yaml": proposed["yaml"]})
    boss.refused("PUT", "sources/mine-too", 422, "there already", {"yaml": proposed["yaml"]})
    boss.ask("GET", "sources")
    rep.ask("GET", "sources")
    rep.refused("GET", "sources?source=crm", 400, "source")
    told = rep.ask("GET", "company")
    check(told["calendar"]["working_days"][0] == "monday" and [r["sees"] for r in told["roles"] if r["role"] == "rep"] == ["own"], told)
    nobody.refused("GET", "company", 401, "token")
    boss.ask("GET", "loads?limit=2")
    boss.refused("GET", "loads?cursor=nonsense", 422, "next")
    boss.ask("GET", "rejected")
    boss.refused("GET", "rejected?limit=many", 400, "whole number")
    secret = base64.b64encode(b"attain:s3cr3t-of-the-app").decode()
    nobody.ask("POST", "webhooks/pipe", TOLD, Authorization="Basic " + secret)
    nobody.refused("POST", "webhooks/pipe", 401, "signature", TOLD)
    events = Events(server)
    check(events.next()["event"] == "ready", "events begin with where they are")
    events.close()
    nobody.refused("GET", "events", 401, "token")


def service(boss, rep, nobody):
    for path in ("/healthz", "/readyz", "/api", "/api/page.css", "/api/page.js", "/welcome", "/welcome/page.js", "/sign-in", "/sign-in/page.js", "sign-in", "openapi.json"):
        nobody.ask("GET", path)
        nobody.refused("GET", path + "?x=1", 400, "there is no parameter x")
    for path in ("/", "/scorecard?by=team", "/kpi/revenue", "/person/Ana", "/team/North", "/funnel", "/pipeline", "/alerts",
                 "/data?view=loads", "/catalogue"):
        page = nobody.ask("GET", path)
    nobody.ask("GET", "/" + re.search(r"assets/[^\"]+", page.decode()).group())
    nobody.refused("GET", "/assets/none.js", 404, "no file assets/none.js")
    boss.ask("GET", "/metrics")
    rep.refused("GET", "/metrics", 403, "the right to manage")
    boss.ask("GET", "work")
    nobody.refused("GET", "work", 401, "token")
    boss.ask("DELETE", "work")
    rep.refused("DELETE", "work", 403, "the right to run")
    boss.ask("GET", "organisation")
    nobody.refused("GET", "organisation", 401, "token")


def is_page(path, operation):
    """What stands in a page's address is the page's own: nothing of it is refused."""
    return operation["tags"] == ["Pages"] and "/assets/" not in path


def misspelt(server, boss):
    """No operation passes over a parameter that it does not know, but the one to which another's page leads, and pages."""
    for path, operations in server.description.root["paths"].items():
        for method in operations:
            if path != "/api/v1/sign-in/callback" and not is_page(path, operations[method]):
                boss.refused(method.upper(), re.sub(r"\{\w+\}", "any", path) + "?refrences=crm", 400, "there is no parameter refrences")


def work(server, boss):
    at = boss.ask("GET", "goals", wanted=202, Prefer="respond-async")["at"]
    events = Events(server, path=at.removeprefix("/api/v1") + "/events")
    while events.next():
        pass
    events.close()
    check(boss.ask("GET", at)["state"] == "done", "work that was answered later is done")
    boss.ask("GET", at + "/answer")
    boss.ask("DELETE", at)
    for method, path in (("GET", at), ("GET", at + "/events"), ("GET", at + "/answer"), ("DELETE", at)):
        boss.refused(method, path, 404, "forgotten")


class Unled(urllib.request.HTTPRedirectHandler):
    """Where the provider sends a browser is looked at, not gone to."""

    def redirect_request(self, *_):
        return None


def signing_in(server, nobody):
    """A browser goes to the provider and comes back."""
    def go(path, **head):
        status, got, text = server.fetch("GET", path, headers=head)
        for fault in server.description.faults("GET", path, status, got, text):
            check(False, fault)
        check(status == 303, f"GET {path}: {status}, not 303: {text[:300]}")
        return got
    begun = go("/api/v1/sign-in/provider?to=/api")
    try:
        urllib.request.build_opener(Unled).open(begun["Location"])
    except urllib.error.HTTPError as answer:
        back = urllib.parse.urlsplit(answer.headers["Location"])
    go(back.path + "?" + back.query, Cookie=begun["Set-Cookie"].split(";")[0])
    nobody.refused("GET", "sign-in/provider?to=https://example.com/", 400, "path of this server")
    nobody.refused("GET", "sign-in/callback?state=guessed&code=x", 403, "begin again")


def people(boss, rep, nobody):
    rep.ask("GET", "me")
    nobody.refused("GET", "me", 401, "token")
    boss.ask("GET", "users")
    nobody.refused("GET", "users", 401, "token")
    boss.ask("POST", "users", {"user": "late@example.com", "role": "rep"})
    boss.refused("POST", "users", 422, "already", {"user": "late@example.com", "role": "rep"})
    boss.ask("PATCH", "users/late@example.com", {"name": "Late"}, 204)
    boss.refused("PATCH", "users/nobody@example.com", 404, "nobody@example.com", {"name": "No"})
    boss.ask("POST", "users/late@example.com/lock", {"locked": True}, 204)
    boss.refused("POST", "users/late@example.com/lock", 400, "true or false", {"locked": "yes"})
    boss.ask("POST", "users/late@example.com/lock", {"locked": False}, 204)
    late = sign_in(boss.server, boss.ask("POST", "users/late@example.com/invitation")["path"].split("#")[1])
    late.ask("DELETE", "sessions", wanted=204)
    rep.refused("POST", "users/late@example.com/invitation", 403, "the right to manage")
    rep.ask("POST", "tokens", {"name": "mine", "may": ["read"]})
    rep.refused("POST", "tokens", 400, "see_all", {"name": "more", "may": ["everything"]})
    rep.ask("GET", "tokens")
    nobody.refused("GET", "tokens", 401, "token")
    rep.ask("DELETE", "tokens/mine", wanted=204)
    rep.refused("DELETE", "tokens/mine", 404, "mine")
    boss.ask("GET", "audit?limit=5")
    rep.refused("GET", "audit", 403, "the right to manage")
    boss.ask("GET", "audit/proof")
    rep.refused("GET", "audit/proof", 403, "the right to manage")
    who = boss.ask("GET", "organisation")["people"][-1]["name"]
    confirm = boss.ask("POST", "erase", {"who": who})["confirm"]
    boss.refused("POST", "erase", 422, "nobody was erased", {"who": who, "confirm": confirm[::-1] + "x"})
    rep.refused("POST", "erase", 403, "the right to manage", {"who": who})
    boss.ask("POST", "erase", {"who": who, "confirm": confirm})
    nobody.refused("POST", "invitation", 401, "link", {"secret": "guessed", "password": PASSWORD})
    nobody.ask("POST", "session", {"user": "rep@example.com", "password": PASSWORD})
    nobody.refused("POST", "session", 401, "password", {"user": "rep@example.com", "password": "guessed by somebody"})
    rep.ask("POST", "password", {"old": PASSWORD, "new": PASSWORD + " again"}, 204)
    rep.refused("POST", "password", 422, "12", {"old": PASSWORD + " again", "new": "short"})
    rep.ask("GET", "sessions")
    boss.refused("GET", "sessions", 400, "a token has none")
    boss.refused("DELETE", "sessions", 400, "a token has none")
    rep.ask("DELETE", "session", wanted=204)
    boss.refused("DELETE", "session", 400, "session")


def main():
    receiver = http.server.HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    provider = Provider()
    with Server(PROGRAM, make_company(receiver, provider), environment={"TEST_CLIENT_SECRET": provider.SECRET}) as server:
        boss, nobody = Asker(server, {"Authorization": "Bearer " + server.token}), Asker(server, {})
        person = next(row["name"] for row in boss.ask("GET", "organisation")["people"] if row["name"])
        link = boss.ask("POST", "users", {"user": "rep@example.com", "role": "rep", "person": person})["path"]
        rep = sign_in(server, link.split("#")[1])
        for part in (numbers, kpis, targets, alerts, service, people):
            if part is people:
                records(server, boss, rep, nobody)
                misspelt(server, boss)
                work(server, boss)
                signing_in(server, nobody)
            part(boss, rep, nobody)
        seen = server.description.seen
        for path, operations in server.description.root["paths"].items():
            for method in operations:
                statuses = seen.get((method.upper(), path), set())
                check(any(status < 400 for status in statuses), f"{method.upper()} {path} is asked with success")
                check(is_page(path, operations[method]) or any(400 <= status < 500 for status in statuses), f"{method.upper()} {path} is asked with what goes wrong")
    print(f"{len(seen)} operations, {len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
