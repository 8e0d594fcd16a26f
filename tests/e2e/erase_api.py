#!/usr/bin/env python3
"""A person who is erased over HTTP: erase_api.py ATTAIN FOLDER. Their name is put where answers tell names; what is asked before
and after is every GET that the server describes and that needs no more than these parameters. Nothing waits for time."""
import csv
import json
import pathlib
import sys
import unicodedata
import urllib.parse

from serving import PASSWORD, Events, Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
PERIOD = "period=2026-Q3"
QUERIES = {
    "/ask": [f"kpi=revenue,win_rate,average_deal_size&by=rep&{PERIOD}", f"kpi=revenue&by=rep&{PERIOD}&format=csv"],
    "/explain": [f"kpi=revenue&by=rep&{PERIOD}"], "/decompose": [f"kpi=revenue&by=rep&{PERIOD}"], "/records": [f"kpi=revenue&{PERIOD}&limit=1000"],
    "/changes": ["kpi=revenue&since=2026-11-01"], "/scorecard": [f"by=rep&{PERIOD}"], "/targets": ["all=1"],
    "/targets/grid": ["kpi=revenue&period=2027-Q1&by=rep"], "/targets/suggest": ["kpi=revenue"],
    "/reported": ["period=2026-Q2"], "/choose": ["goal=growth"], "/outbox": ["all=1"], "/audit": ["limit=10000"],
}
# Streams, sessions, which are of a browser and not of a token, and its way to a provider of sign-in.
APART = {"/events", "/sessions", "/sign-in/provider", "/sign-in/callback"}


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


people = list(csv.DictReader(open(folder / "exports" / "users.csv", newline="")))


def forms(*texts):
    whole = {unicodedata.normalize(form, text) for text in texts for form in ("NFC", "NFD")}
    return whole | {json.dumps(text)[1:-1] for text in whole}


def having(answers, texts):
    return sorted(path for path, body in answers.items() for text in texts if text.encode() in body)


def ask_all(server):
    """Path → what it answers, of everything that tells somebody who may and sees all."""
    answers, refused = {}, []
    for path, operations in server.description.root["paths"].items():
        short = path.removeprefix("/api/v1")
        if "get" not in operations or not path.startswith("/api/v1/") or "{" in short or short in APART:
            continue
        for query in QUERIES.get(short, [""]):
            status, _, body = server.ask("GET", short + ("?" + query if query else ""), whole=True)
            refused += [(short, query, status, body[:200])] if status != 200 else []
            answers[f"{short}?{query}"] = body
    assert not refused, refused
    for short in ("/targets/1", "/kpis/revenue", "/alerts/history?rule=low"):
        answers[short] = server.ask("GET", short, whole=True)[2]
    return answers


def numbers(server):
    return {path: json.loads(body) for path, body in ask_all(server).items()
            if path.startswith(("/ask?", "/reported?", "/scorecard?")) and "format=csv" not in path}


def renamed(thing, name):
    return json.loads(json.dumps(thing, ensure_ascii=False).replace(name, "Erased person 1"))


def by_line(answer):
    """An answer with its rows in no order: they may stand in that of names. Not which commit it is of."""
    if isinstance(answer, dict):
        return {key: by_line(value) for key, value in answer.items() if key not in ("load", "loaded_at")}
    if isinstance(answer, list):
        return sorted((by_line(item) for item in answer), key=lambda item: json.dumps(item, sort_keys=True))
    return answer


def erase(server, wanted=200, **said):
    status, answer = server.call("POST", "/erase", said)
    same(status, wanted, f"POST /erase {said}: {answer}")
    return answer


def later(server, path, method="GET", body=None):
    """Asks to be answered later, and waits for it."""
    status, told = server.call(method, path, body, {"Prefer": "respond-async"})
    same(status, 202, path)
    at = told["at"].removeprefix("/api/v1")
    events = Events(server, path=at + "/events")
    while events.next():
        pass
    events.close()
    return at


(folder / "alerts").mkdir(exist_ok=True)
(folder / "alerts" / "low.yaml").write_text("rules:\n  low: {kpi: win_rate, who: each rep, period: last-month, below: 99.9%, to: [shown]}\n")
with open(folder / "attain.yaml", "a") as settings:
    settings.write("\nalerts: {channels: {shown: {command: [\"true\"]}}}\n")

with Server(attain, folder, now="2026-11-21") as server:
    same(server.call("POST", "/sources/crm/load")[0], 200, "a load")
    status, revenue = server.call("GET", f"/ask?kpi=revenue&by=rep&{PERIOD}")
    sellers = {row["group"]["rep"] if isinstance(row.get("group"), dict) else json.dumps(row, ensure_ascii=False) for row in revenue["rows"]}
    person = next(p for p in people if not p["Full Name"].isascii() and any(p["Full Name"] in seller for seller in sellers))
    other = next(p for p in people if p["Full Name"].isascii() and any(p["Full Name"] in seller for seller in sellers))
    NAME, EMAIL = person["Full Name"], person["Email"]
    NAMES = forms(NAME, EMAIL)

    # Wherever answers tell names.
    same(server.call("POST", "/users", {"user": EMAIL, "role": "rep", "person": NAME, "name": NAME})[0], 200, "a user of theirs")
    link = server.call("POST", "/users", {"user": "rep@example.com", "role": "rep", "person": other["Full Name"]})[1]["path"]
    same(server.call("POST", "/targets", {"act": "set", "sentence": "reach revenue of EUR 300,000 in December 2026", "who": f"rep:{NAME}"})[0], 200, "a target")
    same(server.call("POST", "/periods", {"period": "2026-Q2", "kpis": ["revenue"], "by": ["rep"], "note": f"asked for by {NAME}"})[0], 200, "a closed period")
    same(server.call("POST", "/alerts")[0], 200, "alerts")
    same(server.call("PUT", "/records/activity/A-named?source=web", {"owner": "rep-1", "kind": "call", "created_at": "2026-10-01", "subject": f"Call with {NAME}"})[0], 200, "a call")
    same(server.call("POST", "/records/activity?source=web", [{"id": "A-bad", "owner": "rep-1", "created_at": f"when {NAME} came"}])[0], 422, "a call without a day")
    kept = later(server, f"/ask?kpi=revenue&by=rep&{PERIOD}")
    assert NAME.encode() in server.ask("GET", kept + "/answer", whole=True)[2], "an answer that is kept"
    stream = Events(server)
    same(stream.next()["event"], "ready", "events")

    before = ask_all(server)
    told = set(having(before, NAMES))
    for path in ("/ask", "/scorecard", "/organisation", "/users", "/audit", "/targets", "/rejected", "/reported"):
        assert any(p.startswith(path) for p in told), f"{path} tells the name before, but only {sorted(told)} do"
    figures = numbers(server)

    # Who may not, and who is not meant.
    admin, server.token = server.token, None
    same(server.call("POST", "/erase", {"who": NAME})[0], 401, "nobody")
    same(server.call("POST", "/erase", {"who": NAME}, {"Cookie": server.session["Cookie"]})[0], 403, "a session from another page")
    status, head, body = server.ask("POST", "/invitation", {"secret": link.split("#")[1], "password": PASSWORD}, whole=True)
    rep = {"Cookie": head["Set-Cookie"].split(";")[0], "X-Attain-CSRF": json.loads(body)["csrf"]}
    for who in (NAME, "Nobody Of Ours"):
        status, problem = server.call("POST", "/erase", {"who": who, "confirm": "x"}, rep)
        same((status, "the right to manage" in problem["detail"]), (403, True), "a rep")
    server.token = admin

    said = erase(server, who=NAME)
    same((said["dry_run"], said["shown"], said["users"]), (True, "Erased person 1", 1), "the dry run")
    same(erase(server, who=EMAIL)["confirm"], said["confirm"], "the same person by another name")
    others = erase(server, who=other["Full Name"])["confirm"]
    more = erase(server, who=NAME, also=["Anita"])["confirm"]
    same(len({said["confirm"], others, more}), 3, "each has a confirm of its own")
    for wrong in (others, more, "", "yes", said["confirm"].upper() + "0"):
        assert "so nobody was erased" in erase(server, 422, who=NAME, confirm=wrong)["detail"]
    erase(server, 404, who="Nobody Of Ours", confirm=said["confirm"])
    erase(server, 400, who=NAME, confirm=said["confirm"], yes=True)
    erase(server, 400, who=NAME, confirm=True)
    erase(server, 422, who=NAME, **{"in": "team"})
    same(numbers(server), figures, "every number, after nothing was done")
    same(set(having(ask_all(server), NAMES)), told, "who tells the name, after nothing was done")

    # Done: answered later, as what may take long can be.
    done = later(server, "/erase", "POST", {"who": NAME, "confirm": said["confirm"]})
    status, answer = server.call("GET", done + "/answer")
    same((status, answer["dry_run"], answer["confirm"], answer["shown"]), (200, False, None, "Erased person 1"), "done")
    assert {count["table"]: count["rows"] for count in said["texts"]} == {count["table"]: count["rows"] for count in answer["texts"]}
    after = ask_all(server)
    same(having(after, NAMES), [], "answers with the name")
    assert any(b"Erased person 1" in body for body in after.values())
    same({path: by_line(answer) for path, answer in numbers(server).items()},
         {path: by_line(renamed(answer, NAME)) for path, answer in figures.items()}, "every number, to the last digit")
    same(server.call("GET", kept + "/answer")[0], 404, "an answer of before that was kept")
    same(server.call("GET", f"/ask?kpi=revenue&{PERIOD}&where=rep%20%3D%20'{urllib.parse.quote(NAME)}'")[0] >= 400, True, "asked for by name")

    # The stream that was open knows them by what they are called now.
    same(server.call("PUT", "/records/activity/A-later?source=crm", {"owner": person["User ID"], "kind": "call", "created_at": "2026-10-01"})[0], 200, "a call of theirs")
    tables, named = set(), set()
    while "activity" not in tables:
        event = stream.next()["data"]
        tables, named = tables | set(event["tables"]), named | set(event["for"]["people"])
    same((tables, named), ({"person", "activity"}, {"Erased person 1"}), "what the stream tells")
    stream.close()

    # The log says who did it, and not to whom.
    entry = [e for e in server.call("GET", "/audit?limit=10000")[1]["entries"] if e["what"] == "erased"]
    same([(len(entry), entry[0]["who"].startswith("operator"), "Erased person 1" in entry[0]["about"])], [(1, False, True)], "the entry")
    proof = server.call("GET", "/audit/proof")[1]
    same((proof["first_wrong"], proof["gone"]), (None, 0), "the log is whole, and nothing is gone from it")
    erase(server, 404, who=NAME)
print("erased over HTTP")
