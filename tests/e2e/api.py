"""api.py PROGRAM FOLDER: asks a server of the simulated company everything that it may be asked, and holds each answer to the
description. Prints what is wrong; the exit code says whether anything was."""
import csv
import http.client
import io
import json
import pathlib
import re
import signal
import subprocess
import sys
import threading
import urllib.parse
import xml.etree.ElementTree as xml
import zipfile

from api_schema import Description

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
PASSWORD = "correct horse battery staple"
NOW = "2026-11-20T12:00:00Z"
RULE = """rules:
  win_rate_low: {name: Win rate too low, kpi: win_rate, who: each team, period: last-90-days, below: 95%, to: [hook]}
"""
failures, API = [], None


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


def attain(*arguments):
    return subprocess.run([PROGRAM, "-C", FOLDER / "demo", *arguments], capture_output=True, text=True, check=True).stdout


def make_company():
    subprocess.run([PROGRAM, "demo", FOLDER / "demo", "--people", "14", "--deals", "1000", "--until", "2026-11-19"],
                   check=True, capture_output=True)
    (FOLDER / "demo/alerts").mkdir(exist_ok=True)
    (FOLDER / "demo/alerts/sales.yaml").write_text(RULE)
    with open(FOLDER / "demo/attain.yaml", "a") as file:
        file.write('\nalerts: {channels: {hook: {webhook: "http://127.0.0.1:9/none"}}}\n')


class Reader:
    """Somebody who asks: an own connection, kept open."""

    def __init__(self, port, token=None):
        self.connection, self.token = http.client.HTTPConnection("127.0.0.1", port, timeout=60), token

    def ask(self, method, path, body=None, **headers):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content_Type", "application/json")
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        path = urllib.parse.quote(path, safe="/?&=:,%")
        self.connection.request(method, path, body.encode() if isinstance(body, str) else body,
                                {name.replace("_", "-"): value for name, value in headers.items()})
        reply = self.connection.getresponse()
        answer = reply.status, reply.headers, reply.read()
        if API:
            API.hold(method, path, *answer)
        return answer


class Api:
    """The description, and what it says of each answer."""

    def __init__(self, reader):
        status, _, text = reader.ask("GET", "/api/v1/openapi.json")
        check(status == 200, "the description is given to whoever asks")
        self.description = Description(json.loads(text))

    def hold(self, method, path, status, headers, text):
        for fault in self.description.faults(method, path, status, headers, text):
            check(False, fault)


def ask(reader, api, method, path, body=None, wanted=200, **headers):
    status, got, text = reader.ask(method, "/api/v1/" + path, body, **headers)
    check(status == wanted, f"{method} {path}: {status}, not {wanted}: {text[:200]}")
    return json.loads(text) if text and "json" in got.get("Content-Type", "") else text


# --- what there is to ask ---

LISTS = ["ask?kpi=revenue,win_rate&by=team&compare=previous", "ask?kpi=win_rate&by=rep&grain=month&period=last-6-months",
         "explain?kpi=win_rate", "records?kpi=revenue&limit=10000", "changes?kpi=revenue&since=2026-11-01", "periods",
         "reported?period=2026-Q3", "scorecard?by=team", "kpis", "kpis/revenue", "goals", "choose?goal=growth", "lint",
         "lint/rules", "check", "targets?all=1", "targets/1", "targets/grid?kpi=revenue", "targets/suggest?kpi=revenue",
         "objectives", "alerts", "alerts/findings", "alerts/history", "alerts/win_rate_low/test?since=2026-11-01&hindsight=1",
         "outbox?all=1", "organisation", "sources", "loads", "rejected", "users", "tokens", "audit?limit=10000"]


def read_form(path, form, text):
    """A file's rows, its head first."""
    if form == "csv":
        return list(csv.reader(io.StringIO(text.decode())))
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(text)) as book:
            sheet = xml.fromstring(book.read("xl/worksheets/sheet1.xml"))
        return list(sheet.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row"))
    check(text[:4] == b"PAR1" and text[-4:] == b"PAR1", f"{path}: a Parquet file")
    return [None]


def ask_forms(reader, api):
    for path in LISTS:
        ask(reader, api, "GET", path)
        for form in ("csv", "xlsx", "parquet"):
            text = ask(reader, api, "GET", path + ("&" if "?" in path else "?") + "format=" + form)
            check(len(read_form(path, form, text)) >= 1, f"{path} as {form} has a head")
    by_header = ask(reader, api, "GET", "ask?kpi=revenue&by=team", Accept="text/csv")
    check(by_header == ask(reader, api, "GET", "ask?kpi=revenue&by=team&format=csv"), "Accept names the form, too")
    rows = read_form("", "csv", by_header)
    told = ask(reader, api, "GET", "ask?kpi=revenue&by=team")
    check([float(row[rows[0].index("value")]) for row in rows[1:]] ==
          [row["value"] for row in told["rows"] + told["totals"]], "CSV has the numbers of JSON")
    ask(reader, api, "GET", "ask?kpi=revenue", wanted=406, Accept="image/png")


def say_things(reader, api):
    sentence = {"act": "propose", "sentence": "reach 120k revenue next quarter", "who": "company", "dry_run": True}
    ask(reader, api, "POST", "targets", sentence)
    number = ask(reader, api, "POST", "targets", {**sentence, "dry_run": False})["targets"][0]["target"]
    ask(reader, api, "POST", f"targets/{number}", {"act": "comment", "reason": "two deals slipped"})
    ask(reader, api, "POST", f"targets/{number}", {"act": "withdraw", "reason": "a test"})
    ask(reader, api, "POST", "targets/1/parts", {"to": "team", "by": "equal", "dry_run": True})
    grid = ask(reader, api, "GET", "targets/grid?kpi=revenue&period=2027-Q2&grain=quarter&format=csv").decode()
    lines = grid.split("\r\n")
    lines[1] += "90000"
    taken = ask(reader, api, "PUT", "targets/grid", "\r\n".join(lines), Content_Type="text/csv")
    check([cell["state"] for cell in taken["cells"]] == ["new"], "one cell of the grid was new")
    ask(reader, api, "POST", "objectives", {"name": "Win more often", "kpis": ["win_rate"]})
    ask(reader, api, "POST", "periods", {"period": "2026-Q3", "note": "for the board"})
    ask(reader, api, "POST", "alerts")
    ask(reader, api, "POST", "alerts/win_rate_low", {"act": "snooze", "for": "2 days", "reason": "known"})
    ask(reader, api, "POST", "alerts/win_rate_low", {"act": "wake"})
    # The server's own alerts may have the turn for a moment.
    check(any(ask(reader, api, "GET", "work")["busy"] is False for _ in range(1000)), "nobody is at work")
    ask(reader, api, "DELETE", "work")


# --- what is wrong ---

def ask_wrongly(reader, api, port):
    problem = ask(reader, api, "POST", "targets/1", {"act": "withdraw"}, wanted=400)
    check("reason" in problem["detail"] and "--" not in problem["detail"], f"not in the words of the command line: {problem['detail']}")
    for path, status, words in [
            ("ask?kpi=revenu", 404, "revenue"), ("ask?kpi=revenue&period=2026-Q9", 400, "2026-Q9"),
            ("ask", 400, "a KPI"), ("ask?kpi=revenue&grain=fortnight", 400, "month"), ("ask?kp=revenue", 400, "kpi"),
            ("targets/0", 400, "number"), ("targets/x", 400, "number"), ("targets/99999", 404, "99999"),
            ("alerts/history?rule=win_rate_lo", 404, "win_rate_low"),
            ("loads?cursor=nonsense", 422, "next"), ("rejected?cursor=MTIz", 422, "next"), ("records?kpi=revenue&limit=1&format=csv", 413, "1")]:
        problem = ask(reader, api, "GET", path, wanted=status)
        check(words in problem["detail"], f"{path}: {problem['detail']!r} says {words}")
        check(problem["status"] == status and problem["type"].startswith("/problems/"), f"{path}: RFC 9457")
    for body, words in [
            ('{"questions": [{"kpis": ["revenue"], "perod": "2026"}]}', "questions[0].perod is not known here: did you mean period"),
            ('{"questions": []}', "ask something"), ('{"questions": [{"kpis": [1]}]}', "questions[0].kpis"),
            ('{"questions": [{"kpis": "revenue", "top": -1}]}', "whole number"), ("[1, 2", "no JSON"), ("[" * 5000, "no JSON"),
            ('{"questions": 1, "questions": 2}', "questions"), ('{"a": "\\ud800"}', "no JSON")]:
        problem = ask(reader, api, "POST", "ask", body, wanted=400, Content_Type="application/json")
        check(words in problem["detail"], f"{body[:40]}: {problem['detail']!r} says {words!r}")
    wrong = {"questions": [{"kpis": ["revenue"]}, {"kpis": ["revenu"]}]}
    check("questions[1]" in ask(reader, api, "POST", "ask", wanted=404, body=wrong)["detail"], "which question was wrong")
    nobody = Reader(port)
    for path in LISTS + ["work"]:
        ask(nobody, api, "GET", path, wanted=401)


# --- commits ---

def deal(number):
    return {"id": f"put-{number}", "name": "Test", "amount": 1000 + number, "currency": "EUR", "outcome": "won",
            "created_at": "2026-11-01T09:00:00Z", "closed_at": "2026-11-10T09:00:00Z"}


def put(reader, api, number):
    return ask(reader, api, "POST", "records/opportunity?source=test", deal(number))


def ask_kept(reader, api):
    """Kept answers: not sent again, and never older than what was put."""
    path = "/api/v1/ask?kpi=revenue&period=2026-11"
    _, headers, text = reader.ask("GET", path)
    tag, before = headers["ETag"], json.loads(text)["rows"][0]["value"]
    check(reader.ask("GET", path, If_None_Match=tag)[0] == 304, "what the reader has is not sent again")
    for number in range(20):
        load = put(reader, api, number)["load"]
        status, headers, text = reader.ask("GET", path, If_None_Match=tag)
        answer = json.loads(text)
        check(status == 200 and headers["ETag"] != tag, "a put makes it another answer")
        check(answer["load"] == load, f"the answer is of commit {load}, not {answer['load']}")
        check(answer["rows"][0]["value"] == before + sum(1000 + n for n in range(number + 1)), "what was put is in it")
        tag = headers["ETag"]


def ask_while_put(port, token, api):
    """Several questions of one request are of one commit while somebody writes."""
    done = threading.Event()

    def write():
        writer, number = Reader(port, token), 1000
        while not done.is_set() and number < 1400:
            put(writer, api, number)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    reader, loads = Reader(port, token), []
    question = {"kpis": ["revenue"], "period": "2026-11"}
    for turn in range(25):
        body = {"questions": [question, {**question, "by": ["source"]}, {**question, "where": [f"amount > {turn}"]}]}
        answers = ask(reader, api, "POST", "ask", body)["answers"]
        loads.append(answers[0]["load"])
        check(len({answer["load"] for answer in answers}) == 1, "all answers are of one commit")
        total = (answers[1]["totals"] or answers[1]["rows"])[0]["value"]
        check(answers[0]["rows"][0]["value"] == total, "the total is that of the members")
    done.set()
    thread.join()
    check(loads == sorted(loads) and loads[0] < loads[-1], "later answers are of later commits")


def read_pages(reader, api, name, between, limit=2):
    """All entries of a list, page by page; `between` happens behind each page."""
    entries, cursor = [], ""
    while cursor is not None:
        page = ask(reader, api, "GET", f"{name}?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        check(len(page[name]) <= limit, f"{name}: no more than were asked for")
        entries, cursor = entries + page[name], page["next"]
        if len(entries) < 20:
            between()
    return entries


def ask_pages(reader, api):
    before, number = ask(reader, api, "GET", "loads?limit=1000")["loads"], iter(range(5000, 6000))
    loads = [load["load"] for load in read_pages(reader, api, "loads", lambda: put(reader, api, next(number)), 7)]
    check(loads == sorted(set(loads)), "no load is told twice")
    check({load["load"] for load in before} <= set(loads), "and none is lost")
    bad = {"id": "bad", "amount": "ten"}
    reader.ask("POST", "/api/v1/records/opportunity?source=test", bad)
    whole = ask(reader, api, "GET", "rejected?limit=1000")["rejected"]
    check(len(whole) >= 2, "there are rejected rows")
    check(read_pages(reader, api, "rejected", lambda: None, 1) == whole, "rejected rows page by page are all of them")


def ask_pages_of_records(reader, api):
    """Behind each page records come before and after its place, move from one to the other, and go: who counts all the
    while is told once. Every write is of a record that page by day would lose, or tell twice."""
    path = "records?kpi=revenue&period=2026-Q4&where=source = 'paging'"
    days = ["2026-10-01", "2026-11-15"]

    def write(number, day):
        ask(reader, api, "POST", "records/opportunity?source=test",
            {**deal(number), "source": "paging", "created_at": "2026-09-01T09:00:00Z", "closed_at": day + "T09:00:00Z"})

    for number in range(9100, 9120):
        write(number, days[number % 2])
    whole = ask(reader, api, "GET", path)
    check(whole["next"] is None, "what is one page has no other")
    dates = [record["date"] for record in whole["measures"][0]["records"]]
    check(len(dates) == 20 and dates == sorted(dates), "and is by day")
    check(len(ask(reader, api, "GET", path + "&limit=20")["measures"][0]["records"]) == 20, "as many as are wanted are one page")
    told, cursor, n_pages = [], "", 0
    while cursor is not None:
        page = ask(reader, api, "GET", f"{path}&limit=3" + (f"&cursor={cursor}" if cursor else ""))
        ids = [record["id"] for measure in page["measures"] for record in measure["records"]]
        check(len(ids) <= 3, "a page of records has no more than were asked for")
        told, cursor, n_pages = told + ids, page["next"], n_pages + 1
        check(n_pages < 40, "pages come to an end")
        for number in range(9100, 9120):
            write(number, days[(number + n_pages) % 2])
        write((9000, 9200)[n_pages % 2] + n_pages, days[n_pages % 2])
        if n_pages == 2:
            ask(reader, api, "DELETE", f"records/opportunity/{deal(9119)['id']}?source=test")
    always = {deal(number)["id"] for number in range(9100, 9119)}
    check(sorted(id for id in told if id in always) == sorted(always), "each record that counts all the while is told once")
    check(len(told) == len(set(told)) and n_pages >= 7, "and none twice")
    for wrong, words in [("MTIz", "next"), ("nonsense", "next")]:
        problem = ask(reader, api, "GET", f"{path}&cursor={wrong}", wanted=422)
        check(words in problem["detail"], f"a cursor of no such list: {problem['detail']}")
    problem = ask(reader, api, "GET", f"{path}&format=csv&cursor=MTIz", wanted=400)
    check("JSON" in problem["detail"], "a table has no pages")


# --- who asks ---

def sign_in_as(reader, port, user, role, person):
    link = ask(reader, API, "POST", "users", {"user": user, "role": role, "person": person})
    secret = re.search(r"[A-Za-z0-9_-]{30,}", json.dumps(link)).group()
    return accept(Reader(port), secret)


def accept(somebody, secret):
    """Uses a one-time link; gives a token that has all the rights of its user."""
    status, headers, text = somebody.ask("POST", "/api/v1/invitation", {"secret": secret, "password": PASSWORD})
    check(status == 200, f"the one-time link signs in: {text[:200]}")
    me, cookie = json.loads(text), headers["Set-Cookie"].split(";")[0]
    status, _, text = somebody.ask("POST", "/api/v1/tokens", {"name": "test", "may": me["may"]}, Cookie=cookie,
                                   X_Attain_CSRF=me["csrf"])
    check(status < 300, f"a token is made: {text[:200]}")
    return next(value for value in json.loads(text).values() if isinstance(value, str) and len(value) > 30)


def ask_as_rep(reader, api, port):
    reps = [row["members"]["rep"] for row in ask(reader, api, "GET", "ask?kpi=revenue&by=rep&period=FY2026")["rows"]
            if row["members"]["rep"]]
    own, other = reps[0], reps[1]
    rep = Reader(port, sign_in_as(reader, port, "rep@example.com", "rep", own))
    told = ask(rep, api, "GET", "ask?kpi=revenue&by=rep&period=FY2026")
    check({row["members"]["rep"] for row in told["rows"]} <= {own}, "a rep is told of nobody else")
    everything = [("ask", told)]
    for path in ["organisation", "targets", "alerts", "records?kpi=revenue&period=FY2026&limit=10000", "scorecard"]:
        status, _, text = rep.ask("GET", "/api/v1/" + path)
        check(status in (200, 403), f"a rep asks {path}: {status}")
        everything.append((path, json.loads(text) if status == 200 else None))
    for path, answer in everything:
        check(other not in json.dumps(answer, ensure_ascii=False), f"nobody else is named in {path}: {json.dumps(answer)[:1500]}")
    status, _, text = rep.ask("GET", f"/api/v1/scorecard?who=rep:{other}")
    cells = json.loads(text)["rows"][0]["cells"] if status == 200 else []
    check(status in (200, 403, 404) and not any(cell["value"] for cell in cells), "another's scorecard has no number")
    sources = ask(rep, api, "GET", "sources")["sources"]
    check([source["source"] for source in sources] and all(source["at"] for source in sources), "a rep is told how fresh numbers are")
    check(not any(source[of] for source in sources for of in ["file", "error", "load", "read", "rejected"]), "and no more of loads")
    for path in ["loads", "rejected", "check", "outbox"]:
        ask(rep, api, "GET", path, wanted=403)
    ask(rep, api, "POST", "periods", {"period": "2026-Q2"}, wanted=403)


def main():
    global API
    make_company()
    shown = json.loads(attain("show", "revenue", "win_rate", "--by", "team", "--now", NOW, "--format", "json"))
    server = subprocess.Popen([PROGRAM, "-C", FOLDER / "demo", "serve", "--listen", "127.0.0.1:0", "--now", NOW],
                              stdout=subprocess.PIPE, text=True)
    port = int(re.search(r":(\d+)/", server.stdout.readline()).group(1))
    server.stdout.readline()
    token = accept(Reader(port), re.search(r"#(\S+)", server.stdout.readline()).group(1))
    reader = Reader(port, token)
    API = api = Api(Reader(port))
    told = ask(reader, api, "GET", "ask?kpi=revenue,win_rate&by=team")
    check(told["rows"] == shown["rows"] and told["totals"] == shown["totals"], "the numbers are those of attain show")
    say_things(reader, api)
    ask_forms(reader, api)
    ask_wrongly(reader, api, port)
    ask_kept(reader, api)
    ask_while_put(port, token, api)
    ask_pages(reader, api)
    ask_pages_of_records(reader, api)
    ask_as_rep(reader, api, port)
    for page in ("/api", "/api/page.css", "/api/page.js"):
        check(Reader(port).ask("GET", page)[0] == 200, f"{page} is there")
    server.send_signal(signal.SIGTERM)
    check(server.wait(60) == 0, "the server ends when it is told to")
    print(f"{len(api.description.seen)} operations asked, {len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
