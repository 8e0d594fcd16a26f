"""sessions.py PROGRAM FOLDER: somebody sees their own sessions and what was lately done in their name of signing in, and signs out
everywhere. The clock stands."""
import json
import pathlib
import sys

from serving import PASSWORD, Events, Server

PROGRAM, COMPANY = sys.argv[1], pathlib.Path(sys.argv[2])


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


class Browser:
    """A session of Ana's, begun by her link or her password."""

    def __init__(self, server, path, body):
        self.server, self.port, self.description = server, server.port, server.description
        status, headers, text = server.ask("POST", path, body, {"Authorization": ""}, whole=True)
        same(status, 200, text)
        self.mark = {"Authorization": "", "Cookie": headers["Set-Cookie"].split(";")[0], "X-Attain-CSRF": json.loads(text)["csrf"]}

    def headers(self, extra=None):
        return {**self.mark, **(extra or {})}

    def ask(self, method, path, without=()):
        return self.server.call(method, path, None, {name: value for name, value in self.mark.items() if name not in without})


def sign_in(server, password=PASSWORD):
    return {"user": "ana@example.com", "password": password}


def test_sessions(server):
    status, added = server.call("POST", "/users", {"user": "ana@example.com", "role": "executive"})
    same(status, 200, added)
    desk = Browser(server, "/invitation", {"secret": added["path"].split("#")[-1], "password": PASSWORD})
    status, _ = server.call("POST", "/session", sign_in(server, "another horse battery"), {"Authorization": ""})
    same(status, 401, "a wrong password")
    phone = Browser(server, "/session", sign_in(server))
    status, told = phone.ask("GET", "/sessions")
    same(status, 200, told)
    same(sorted(one["is_this"] for one in told["sessions"]), [False, True], "two sessions, this one among them")
    same([(one["what"], one["address"]) for one in told["recent"]],
         [("signed in", "127.0.0.1"), ("sign-in failed", "127.0.0.1"), ("signed in", "127.0.0.1"),
          ("password set by a one-time link", "127.0.0.1")], "what was lately done")
    same(desk.ask("GET", "/me")[0], 200, "the other session")
    return desk, phone


class Token:
    """A token of Ana's, made by the administrator: it goes on when her sessions end."""

    def __init__(self, server):
        self.port, self.description = server.port, server.description
        made = server.call("POST", "/tokens", {"user": "ana@example.com", "name": "events", "may": ["read", "see_all"]},
                           {**server.session, "Authorization": ""})[1]
        self.mark = {"Authorization": "Bearer " + made["token"]}

    headers = Browser.headers


def listen(*readers):
    """Streams of each, which have begun."""
    streams = [Events(reader) for reader in readers]
    same([stream.next()["event"] for stream in streams], ["ready"] * len(streams), "streams begin")
    return streams


def put(server, number):
    status, report = server.call("PUT", f"/records/opportunity/d{number}?source=web", {"created_at": "2026-03-01", "amount": 1})
    same(status, 200, report)


def test_end(server, desk, phone):
    status, problem = phone.ask("DELETE", "/sessions", without=("X-Attain-CSRF",))
    same((status, problem["type"]), (403, "/problems/csrf"), "without the session's mark")
    same(desk.ask("GET", "/me")[0], 200, "nothing has ended by that")
    streams = listen(desk, phone, Token(server))
    put(server, 1)
    same([stream.next()["event"] for stream in streams], ["change"] * 3, "an event for each")
    same(phone.ask("DELETE", "/sessions")[0], 204, "signing out everywhere")
    put(server, 2)
    same([stream.next() and "told" for stream in streams], [None, None, "told"], "whom the next event is for")
    for browser in (desk, phone):
        same(browser.ask("GET", "/me")[0], 401, "a session that was ended")
    same(server.call("GET", "/me")[0], 200, "another user's token")
    again = Browser(server, "/session", sign_in(server))
    told = again.ask("GET", "/sessions")[1]
    same([one["is_this"] for one in told["sessions"]], [True], "one session")
    same([one["what"] for one in told["recent"][:2]], ["signed in", "sessions ended"], "what was lately done")


(COMPANY / "attain.yaml").write_text("name: Acme\ncurrency: EUR\n")
with Server(PROGRAM, COMPANY, now="2026-05-04 10:00") as running:
    test_end(running, *test_sessions(running))
