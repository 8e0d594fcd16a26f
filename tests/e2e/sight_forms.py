"""Nobody reads what is not theirs, in whatever form and by whatever way: the companies and readers of sight.py, asked by GET
as JSON, CSV, xlsx and Parquet, by POST, by HEAD, later (Prefer: respond-async), and with what another reader was given as
If-None-Match. Headers and problems are looked through, too.

    sight_forms.py ATTAIN [SEED]
"""
import http.client
import io
import json
import random
import re
import sys
import tempfile
import urllib.parse
import zipfile

import sight

FORMS = ["json", "csv", "xlsx", "parquet"]
QUESTIONS = ("/ask", "/scorecard", "/records", "/targets", "/organisation", "/explain", "/decompose", "/changes")
N_REQUESTS = 30


class Asker:
    """A reader with a connection of their own."""

    def __init__(self, server, reader):
        address = urllib.parse.urlsplit(server.address)
        self.connection, self.reader = http.client.HTTPConnection(address.hostname, address.port, timeout=120), reader

    def ask(self, method, path, query=(), body=None, **head):
        head = {"Authorization": "Bearer " + self.reader.token, **{name.replace("_", "-"): value for name, value in head.items()}}
        data = None if body is None else json.dumps(body)
        if data:
            head["Content-Type"] = "application/json"
        self.connection.request(method, path + ("?" + urllib.parse.urlencode(query) if query else ""), data, head)
        reply = self.connection.getresponse()
        return reply.status, reply.headers, reply.read()

    def later(self, method, path, query=(), body=None):
        """What the same is answered later, when its events have ended."""
        status, headers, text = self.ask(method, path, query, body, Prefer="respond-async")
        if status != 202:
            return status, headers, text
        self.ask("GET", headers["Location"] + "/events")
        return self.ask("GET", headers["Location"] + "/answer")


def text_of(form, headers, content):
    """Whatever is told, as a text: a workbook's parts unpacked, a Parquet file's bytes, and the headers."""
    told = content.decode("utf-8", "replace")
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            told = "\n".join(re.sub(r"<[^>]*>", " ", book.read(name).decode()) for name in book.namelist()
                             if "sheet" in name or "sharedStrings" in name)
    elif form == "parquet" and content[:4] == b"PAR1":
        told = content.decode("latin-1")
    return told + "\n" + "\n".join(value for name, value in headers.items() if name not in ("ETag", "X-Request-Id", "Date", "Content-Length"))


def body_of(query):
    """The question of an address as the body of POST /ask."""
    names = {"kpi": "kpis", "by": "by", "where": "where", "period": "period"}
    return {"questions": [{names[name]: value.split(",") if name in ("kpi", "by", "where") and name != "where" else value
                           for name, value in query if name in names}]}


def check_told(asker, asked, form, answer, words):
    """Counts what an answer tells that its reader must not see."""
    status, headers, content = answer
    found = sight.faults(asker.reader, asked, status, text_of(form, headers, content))
    if form == "parquet":  # its bytes are numbers of all kinds: names tell
        found = [fault for fault in found if fault.startswith("the name")]
    for fault in found:
        print("FAILED: %s asks %s and is told %s" % (asker.reader.user, words, fault))
    return len(found)


def check_tag(one, other, path, query, tag, given):
    """What one reader was given is no other's, unless they would be given the same."""
    status, _, _ = other.ask("GET", path, query, If_None_Match=tag)
    if status != 304 or other.ask("GET", path, query)[2] == given:
        return 0
    print("FAILED: the answer of %s to %s %s holds for %s" % (one.reader.user, path, query, other.reader.user))
    return 1


def check_work(one, other, path, query):
    status, headers, _ = one.ask("GET", path, query, Prefer="respond-async")
    if status != 202 or one.reader.user == other.reader.user:
        return 0
    bad = 0
    for method, end in (("GET", ""), ("GET", "/answer"), ("GET", "/events"), ("DELETE", "")):
        status = other.ask(method, headers["Location"] + end)[0]
        bad += status != 404
        if status != 404:
            print("FAILED: %s is answered %d of the work of %s" % (other.reader.user, status, one.reader.user))
    one.ask("GET", headers["Location"] + "/events")
    return bad


def check_one(rng, company, askers, routes):
    asker, other, form = rng.choice(askers), rng.choice(askers), rng.choice(FORMS)
    path, query = sight.request(rng, company, *rng.choice(routes))
    query = [pair for pair in query if pair[0] != "format"]
    asked = urllib.parse.unquote(path) + json.dumps(query)
    formed = query + [("format", form)]
    bad, words = 0, "%s %s" % (path, formed)
    answer = asker.ask("GET", path, formed)
    bad += check_told(asker, asked, form, answer, words)
    head = asker.ask("HEAD", path, formed)
    bad += check_told(asker, asked, "json", head, "HEAD " + words)
    if head[0] != answer[0] or head[2]:
        bad += 1
        print("FAILED: HEAD %s is %d, GET %d" % (words, head[0], answer[0]))
    if answer[0] == 200:
        bad += check_tag(asker, other, path, formed, answer[1]["ETag"], answer[2])
    bad += check_told(asker, asked, form, asker.later("GET", path, formed), "later for " + words)
    bad += check_work(asker, other, path, formed)
    if path.endswith("/ask"):
        body = body_of(query)
        bad += check_told(asker, asked + json.dumps(body), form, asker.ask("POST", path, [("format", form)], body), "by POST %s" % body)
        bad += check_told(asker, asked + json.dumps(body), form, asker.later("POST", path, [("format", form)], body), "later by POST %s" % body)
    return bad


def main():
    attain, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    print("seed %d" % seed)
    rng = random.Random(seed)
    company = sight.Company(rng)
    with tempfile.TemporaryDirectory() as folder:
        company.write(folder)
        company.load(attain, folder)
        company.set_targets(attain, folder)
        with sight.Server(attain, folder) as server:
            people = rng.sample(range(len(company.people)), 3)
            askers = [Asker(server, sight.Reader(server, company, person)) for person in people + [None]]
            paths = json.loads(server.get("/api/v1/openapi.json", askers[0].reader.token)[1])["paths"]
            routes = [(path, paths[path]["get"]["parameters"]) for path in sorted(paths)
                      if "get" in paths[path] and path.endswith(QUESTIONS) and "{" not in path]
            bad = sum(check_one(rng, company, askers, routes) for _ in range(N_REQUESTS))
    print("%d answers told what they must not" % bad)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
