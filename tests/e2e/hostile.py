"""hostile.py ATTAIN FOLDER: a server among those who mean it harm. Requests that two programs could read differently, addresses that
lead elsewhere, other sites, planted sessions, evasion of throttles, and values that are commands to whatever reads them next. What is
asked follows the server's own description, so that a new route is tried as well. Expected is what RFC 9112, RFC 9110 and OWASP say."""
import csv
import io
import json
import pathlib
import re
import select
import socket
import sys
import urllib.parse

from serving import PASSWORD, Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
EVIL = "https://evil.example"
LIMITS = "\nserver:\n  limits: {requests_per_minute: 100000, idle_seconds: 2, connections_by_address: 60}\n"


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


# --- bytes over a socket ---

def say(server, data):
    """All that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as end:
        try:
            end.sendall(data)
            return end.makefile("rb").read()
        except ConnectionError:
            return b""


def statuses(got):
    return [int(code) for code in re.findall(rb"(?:^|\n)HTTP/1\.\d (\d\d\d)", got)]


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
POST = b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
UNCLEAR = {
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 7\r\n\r\n{}",
    "the same length twice": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a list of lengths": POST + b"Content-Length: 2, 2\r\n\r\n{}",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length below zero": POST + b"Content-Length: -2\r\n\r\n{}",
    "a length in hex": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length beyond all": POST + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "a space before the colon of a length": POST + b"Content-Length : 2\r\n\r\n{}",
    "a space before the colon of a coding": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a folded length": POST + b"Content-Length:\r\n 2\r\n\r\n{}",
    "a coding with a control character": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "another coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "no coding": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "chunks in HTTP/1.0": CHUNKED.replace(b"/1.1", b"/1.0") + b"2\r\n{}\r\n0\r\n\r\n",
    "a chunk below zero": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "a chunk with 0x": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk beyond all": CHUNKED + b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a chunk that overflows": CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    "a chunk that does not end": CHUNKED + b"2\r\n{}XX0\r\n\r\n",
    "a chunk's extension with a line feed": CHUNKED + b"2;a\nb\r\n{}\r\n0\r\n\r\n",
    "a carriage return in a value": GET + b"X: a\rTransfer-Encoding: chunked\r\n\r\n",
    "a header that begins with a space": GET + b" X: y\r\n\r\n",
    "no colon": GET + b"colon\r\n\r\n",
    "two hosts": GET + b"Host: b\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "a body where none is taken": GET + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED),
    "two authorizations": GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "a version that is none": b"GET /healthz HTTP/x.y\r\nHost: a\r\n\r\n",
}


# What libmicrohttpd reads before anything of ours is asked, and refuses in words of its own.
LIBRARY = {"a list of lengths", "a length with a sign", "a length below zero", "a length in hex", "a length beyond all", "a chunk below zero",
           "a chunk with 0x", "a chunk beyond all", "a chunk that overflows", "a chunk that does not end", "a chunk's extension with a line feed",
           "a header that begins with a space", "no colon", "no host", "HTTP/2", "HTTP/0.9", "a version that is none"}


def check_smuggling(server):
    """What is not clear is refused, and what stands behind it is never taken for a request."""
    for name, data in UNCLEAR.items():
        got = say(server, data + SMUGGLED)
        assert b"/smuggled" not in got, f"{name}: what followed was answered: {got!r}"
        assert statuses(got) and set(statuses(got)) <= {400, 413, 505}, f"{name}: {got!r}"
        assert name in LIBRARY or b"\nContent-Type: application/problem+json" in got, f"{name}: no problem of ours: {got!r}"
        assert not re.search(rb"microhttpd|MHD|GnuTLS|\nServer:", got, re.I), f"{name}: says what serves it: {got!r}"
    good = GET + b"\r\n" + CHUNKED + b"2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n" + GET + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    same(statuses(say(server, good + SMUGGLED)), [200, 401, 200, 404], "good ones behind each other, none of them upgraded")
    same(statuses(say(server, GET + b"\r\n" + UNCLEAR["two lengths"] + SMUGGLED)), [200, 400], "a bad one behind a good one")
    expecting = POST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    same(statuses(say(server, expecting))[0], 100, "who asks whether to go on")


# --- addresses ---

def check_addresses(server):
    for target in ["/api/../healthz", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/a%00b", "/a%2fb", "/a%5cb", "//healthz", "/healthz/",
                   "/%c0%ae%c0%ae/etc/passwd", "/%ff", "/%", "/%zz", "/a%0d%0aSet-Cookie:x=y", "/healthz?%", "/healthz?a=%00", "/healthz?=1"]:
        got = say(server, b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target.encode())
        same(statuses(got), [400], target)
        assert b"\nSet-Cookie" not in got and b"root:" not in got, got
    for target in ["/etc/passwd", "/policy.yaml", "/data/attain.duckdb", "/.git/config", "/api/v1", "/API/V1/me", "/healthz;x", "/healthz.json"]:
        same(statuses(say(server, b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target.encode())), [404], target)
    for host in ["evil.example", "evil.example\tx", "[::1", "a@b", "127.0.0.1:99999999", '"><script>', "x" * 3000]:
        got = say(server, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert statuses(got) in ([200], [400]) and host.encode() not in got, f"Host {host!r} is told again: {got!r}"
    got = say(server, b"GET http://evil.example/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert statuses(got) == [200] and b"evil" not in got, got


def check_methods(server):
    for method in ["TRACE", "CONNECT", "PROPFIND", "get", "X" * 20, "DELETE"]:
        got = say(server, f"{method} /healthz HTTP/1.1\r\nHost: a\r\nX-Secret: s3cr3t\r\nConnection: close\r\n\r\n".encode())
        assert statuses(got) in ([405], [400], [501]), f"{method}: {got!r}"
        assert b"s3cr3t" not in got, "a method that tells the request again"
    head = say(server, b"HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert statuses(head) == [200] and head.endswith(b"\r\n\r\n"), head


def check_sizes(server):
    same(server.fetch("GET", "/healthz?" + "x" * 20000)[0] in (400, 414, 431), True, "a long address")
    got = say(server, GET + b"X: " + b"y" * 20000 + b"\r\nConnection: close\r\n\r\n")
    same(statuses(got), [431], "a long header")
    assert set(statuses(say(server, GET + b"A: b\r\n" * 5000 + b"Connection: close\r\n\r\n"))) <= {431, 413, 400}, "many headers"
    pairs = "&".join(f"a{i}=b" for i in range(300))
    same(server.fetch("GET", "/healthz?" + pairs)[0], 400, "many parameters")
    long = b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: 999999999\r\n\r\n{"
    same(statuses(say(server, long % server.token.encode())), [413], "a long body is refused before it comes")
    same(server.ask("POST", "/ask", b"\x1f\x8b" + b"\0" * 40, {"Content-Encoding": "gzip"})[0], 415, "a compressed body")
    for depth in (1000, 100000):
        for text in ("[" * depth, "[" * depth + "]" * depth, '{"a":' * depth):
            same(server.ask("POST", "/ask", text)[0], 400, f"a question {depth} levels deep")
            status, answer = server.ask("POST", "/records/opportunity?source=web", '{"id": "x", "amount": ' + text + "}")
            assert status in (400, 413, 422), (depth, status, answer[:200])
    # Many answers that are too large together: what comes after is not made.
    many = {"questions": [{"kpis": ["revenue", "won_deals", "win_rate", "calls"], "period": "2017..2026", "grain": "day"}] * 50}
    status, answer = server.call("POST", "/ask", many)
    wanted, limit = (int(number) for number in re.findall(r"(\d+) bytes; the limit is (\d+)", answer["detail"])[0])
    assert status == 422 and wanted < 1.2 * limit, answer
    for accept in ["gzip;q=9", ",,,", "gzip;q=0,identity;q=0,*;q=0", "br;" * 500, "\"", "*;q=0.0000001"]:
        same(server.fetch("GET", "/healthz", None, {"Accept-Encoding": accept})[0], 200, f"Accept-Encoding {accept[:20]}")


# --- those who say little ---

def check_slow(server):
    """Some who begin and say no more, and some who read nothing, keep nobody from being answered, and are let go."""
    ends = []
    for number in range(40):
        end = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        token = server.token.encode()
        data = [GET, POST + b"Content-Length: 10\r\n\r\n{", b"",
                (b"GET /api/v1/kpis HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n" % token) * 50][number % 4]
        end.sendall(data)
        ends.append(end)
    for _ in range(20):
        same(server.fetch("GET", "/healthz")[0], 200, "who asks beside them")
    for end in ends:
        while end.recv(1 << 16):
            pass
        end.close()
    same(server.fetch("GET", "/healthz")[0], 200, "who asks after them")


def check_crowd(server):
    """One address has its share of connections; further ones are closed."""
    ends = {end.fileno(): end for end in (socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(90))}
    waiting = select.poll()
    [waiting.register(number, select.POLLIN) for number in ends]
    while len(ends) > 60:
        closed = waiting.poll(60_000)
        assert closed, f"{len(ends)} of one address are open"
        for number, _ in closed:
            waiting.unregister(number)
            ends.pop(number).close()
    for end in ends.values():
        end.sendall(GET + b"Connection: close\r\n\r\n")
        assert end.makefile("rb").read().startswith(b"HTTP/1.1 200"), f"one of {len(ends)} that are open"
        end.close()
    same(server.fetch("GET", "/healthz")[0], 200, "afterwards")


# --- other sites ---

def operations(server):
    for path, methods in server.description.root["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield method.upper(), path, operation


def filled(path):
    return re.sub(r"\{[^}]+\}", "x", path)


def sign_in(server, user, password=PASSWORD, **headers):
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return server.fetch("POST", "/api/v1/session", json.dumps({"user": user, "password": password}), sent)


def session_of(server):
    status, headers, body = sign_in(server, "administrator")
    same(status, 200, "signing in")
    return headers["Set-Cookie"].split(";")[0], json.loads(body)["csrf"]


def check_csrf(server):
    """With nothing but the browser's cookie, or from another site, no route changes anything."""
    cookie, csrf = session_of(server)
    n_tried = 0
    for method, path, operation in operations(server):
        if method == "GET":
            continue
        types = list(operation.get("requestBody", {}).get("content", {})) or [None]
        body = "{}" if types[0] else None
        plain = {"Cookie": cookie, **({"Content-Type": types[0]} if types[0] else {})}
        marked = {**plain, "X-Attain-CSRF": csrf}
        tries = [("without the mark", plain), ("with a wrong one", {**plain, "X-Attain-CSRF": csrf[:-1] + ("a" if csrf[-1] != "a" else "b")}),
                 ("from another origin", {**marked, "Origin": EVIL}), ("from no origin", {**marked, "Origin": "null"}),
                 ("from another site", {**marked, "Sec-Fetch-Site": "cross-site"}),
                 ("from another name of the site", {**marked, "Sec-Fetch-Site": "same-site"})]
        is_signing_in = path in ("/api/v1/session", "/api/v1/invitation") and method == "POST"
        for how, headers in tries:
            if "/webhooks/" in path or (is_signing_in and "mark" in how) or (is_signing_in and "wrong" in how):
                continue  # a webhook is signed by its sender; who signs in has no session yet
            status, _, answer = server.fetch(method, filled(path), body, headers)
            same(status, 403, f"{method} {path} {how}: {answer[:200]!r}")
            n_tried += 1
        status, headers, _ = server.fetch("OPTIONS", filled(path), None, {"Origin": EVIL, "Access-Control-Request-Method": method})
        assert not any(name.lower().startswith("access-control") for name in headers), f"{path} lets other sites in"
    assert n_tried > 100, n_tried
    same(server.fetch("GET", "/api/v1/me", None, {"Cookie": cookie})[0], 200, "the session still holds")
    status, headers, _ = server.fetch("GET", "/api/v1/me", None, {"Cookie": cookie, "Origin": EVIL})
    assert not any(name.lower().startswith("access-control") for name in headers), "another site may read"
    return cookie, csrf


def check_sessions(server):
    """A session that somebody planted is not the one that begins, and ends with it; secrets in addresses are none."""
    planted, csrf = session_of(server)
    status, headers, _ = sign_in(server, "administrator", Cookie=planted)
    fresh = headers["Set-Cookie"].split(";")[0]
    assert status == 200 and fresh != planted, "a session that was there goes on"
    same(server.fetch("GET", "/api/v1/me", None, {"Cookie": planted})[0], 401, "the one that was there before")
    made_up = "attain_session=" + "A" * 43
    status, headers, _ = sign_in(server, "administrator", Cookie=made_up)
    assert headers["Set-Cookie"].split(";")[0] != made_up, "a session that somebody made up"
    assert re.search(r"HttpOnly; SameSite=(Lax|Strict)", headers["Set-Cookie"]), headers["Set-Cookie"]
    for name in ("token", "access_token", "attain_session", "session", "csrf"):
        status, _, _ = server.fetch("GET", f"/api/v1/me?{name}={urllib.parse.quote(server.token)}", None, {})
        assert status in (400, 401), f"a token as {name}"
    for value in ("Bearer", "Bearer ", "Basic " + server.token, "bearer x", "Bearer " + server.token + "x", "Bearer " + server.token[:-1]):
        same(server.fetch("GET", "/api/v1/me", None, {"Authorization": value, "Cookie": fresh})[0] in (200, 401), True, value[:12])
    same(server.fetch("GET", "/api/v1/me", None, {"Authorization": "Bearer x", "Cookie": fresh})[0], 401, "a wrong token beside a session")


def check_throttle(server):
    """Whoever no proxy is trusted for cannot be somebody else each time."""
    seen = []
    for number in range(12):
        headers = {"X_Forwarded_For": f"198.51.100.{number}", "X_Real_IP": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        seen.append(sign_in(server, "somebody@example.com", "wrong horse battery", **headers)[0])
    assert seen[0] == 401 and 429 in seen, f"the throttle is evaded: {seen}"


# --- values that are commands elsewhere ---

COMMANDS = ["'; DROP TABLE opportunity; --", '" OR 1=1 --', "1); DELETE FROM users; --", "$$; SELECT 1; $$", "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)",
            "\t=1+1", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "%s%s%n", "a: b\n- c", "!!python/object:x",
            "*a", "\r\nSet-Cookie: a=b", "a\u0000b", "\u202etxt", "\ufeff", "ねこ O'Hara", "../../etc/passwd", "file:///etc/passwd", "|id", "`id`", "$(id)",
            "sum(", "amount * amount * amount * amount * amount > 0", "not " * 4000 + "true", "x" * 5000, "\U0001f600" * 200]


def safe(status, headers, body, what, is_document=False):
    """No failure of the server's own, nothing that a browser would run, and no header that came from a value. `is_document`: a page
    without anybody's data, which may be kept."""
    assert status < 500, f"{what}: {status} {body[:300]!r}"
    assert "a=b" not in headers.get("Set-Cookie", ""), what
    same(headers["X-Content-Type-Options"], "nosniff", what)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, policy
    same(headers["Referrer-Policy"], "no-referrer", what)
    assert headers["Cache-Control"] in ("no-store", "private, no-cache", *(["no-cache"] if is_document else [])), (what, headers["Cache-Control"])
    if status != 204 and status != 304:
        assert not headers["Content-Type"].startswith("text/html") or status == 200, (what, headers["Content-Type"])
    if "json" in headers.get("Content-Type", ""):
        json.loads(body)
    for word in (b"duckdb", b"Parser Error", b"Binder Error", b"Catalog Error", b"syntax error at", b"Out of Range", b"Conversion Error", b"/tmp/", b"src/"):
        assert word not in body, f"{what} tells of its inside: {body[:300]!r}"


def check_queries(server):
    """Every parameter of every route that reads, with each of them."""
    bearer, n_asked = {"Authorization": "Bearer " + server.token}, 0
    for method, path, operation in operations(server):
        if method != "GET" or path.endswith("/events"):
            continue
        parameters = [server.description.resolved(one) for one in operation.get("parameters", [])]
        needed = {one["name"]: "revenue" if one["name"] == "kpi" else "2026-10" for one in parameters if one.get("required") and one["in"] == "query"}
        for number, value in enumerate(COMMANDS):
            names = [one["name"] for one in parameters if one["in"] == "query"]
            if not names and "{" not in path:
                continue
            name = names[number % len(names)] if names else None
            each = [name] if number % 3 else names  # all of them with a third of the values, one of them in turn with the rest
            for name in each:
                query = {**needed, **({name: value} if name else {})}
                whole = filled(path) if name else path.replace(path[path.index("{"):path.index("}") + 1], urllib.parse.quote(value, safe=""))
                whole = re.sub(r"\{[^}]+\}", "x", whole) + "?" + urllib.parse.urlencode(query)
                safe(*server.fetch("GET", whole, None, bearer), f"GET {path} {name}={value[:20]!r}", operation["tags"] == ["Pages"])
                n_asked += 1
    assert n_asked > 500, n_asked


def fields(server, schema):
    """{name: schema} of an object's members."""
    schema = server.description.resolved(schema)
    return {name: server.description.resolved(one) for name, one in schema.get("properties", {}).items()}


def check_bodies(server):
    """Every member of every body, with each of them."""
    bearer, n_asked = {"Authorization": "Bearer " + server.token, "Content-Type": "application/json"}, 0
    for method, path, operation in operations(server):
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content or "/work" in path or path.endswith(("/session", "/invitation", "/password")):
            continue
        for name, schema in fields(server, content["application/json"].get("schema", {})).items():
            for number, value in enumerate(COMMANDS):
                if number % 4 != len(name) % 4:
                    continue
                given = [value] if schema.get("type") == "array" else value
                safe(*server.fetch(method, filled(path), json.dumps({name: given}), bearer), f"{method} {path} {name}={value[:20]!r}")
                n_asked += 1
    assert n_asked > 100, n_asked


def check_records(server):
    """What was put comes out as it was put: as JSON, and in CSV as a text that no spreadsheet calculates."""
    for number, value in enumerate(COMMANDS):
        if "\0" in value or len(value) > 1000:
            continue
        record = {"name": value, "owner": value, "stage": "Won", "outcome": "won", "amount": 10 + number, "currency": "EUR",
                  "created_at": "2026-11-01", "closed_at": "2026-11-02"}
        status, report = server.call("PUT", f"/records/opportunity/evil-{number}?source=web", record)
        assert status in (200, 422), (value, report)
    server.call("PUT", "/records/opportunity/" + urllib.parse.quote("'; DROP TABLE opportunity; --") + "?source=web", {"amount": 1})
    path = "/records?kpi=revenue&period=2026-11&limit=10000"
    status, listed = server.call("GET", path)
    same(status, 200, "the records")
    names = {row.get("name") for measure in listed["measures"] for row in measure["records"]} if "measures" in listed else None
    if names is None:
        names = set(re.findall(r'"name": ("(?:[^"\\]|\\.)*")', json.dumps(listed)))
        names = {json.loads(name) for name in names}
    assert {"=cmd|'/c calc'!A1", "<script>alert(1)</script>", "'; DROP TABLE opportunity; --"} <= names, names
    status, text = server.ask("GET", path + "&format=csv")
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    told = {row["name"] for row in rows}
    assert {"'=cmd|'/c calc'!A1", "'+1+1", "'-2+3", "'@SUM(A1)"} <= told, told
    assert not any(str(cell)[:1] in "=+@\t\r" and cell for row in rows for cell in row.values()), "a cell that calculates"
    same(server.call("GET", "/users")[0], 200, "the users are still there")


def check_pages(server):
    for path in ("/api", "/welcome"):
        status, headers, body = server.fetch("GET", path)
        safe(status, headers, body, path, path in ("/api", "/welcome"))
        assert not re.search(rb"<script(?![^>]*\bsrc=)|\son\w+=|javascript:|<style", body), f"{path} has a script within"
        assert not re.search(rb'(?:src|href)="(?:https?:)?//', body), f"{path} loads from elsewhere"
    page, script = (server.fetch("GET", path)[2].decode() for path in ("/welcome", "/welcome/page.js"))
    assert re.search(r'<input\b[^>]*id="show"', page) and re.search(r"""\? ['"]text['"] : ['"]password['"]""", script), "a password cannot be seen while it is typed"
    status, headers, _ = server.fetch("GET", "/")
    assert "Server" not in headers and "X-Powered-By" not in headers, "the server tells what it is"


CHECKS = (check_smuggling, check_addresses, check_methods, check_sizes, check_csrf, check_sessions, check_queries, check_bodies, check_records, check_pages,
          check_throttle, check_slow, check_crowd)
with open(folder / "attain.yaml", "a") as file:
    file.write(LIMITS)
with Server(attain, folder) as running:
    for check in CHECKS:
        check(running)
        print("ok", check.__name__, flush=True)
    assert running.process.poll() is None, "the server ended"
wrong = [line for line in running.output if re.search(r"Sanitizer|runtime error|CRITICAL|WARNING", line)]
assert not wrong, wrong
