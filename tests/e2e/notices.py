"""notices.py PROGRAM FOLDER RECEIVERS: users are told by mail of changes to how they sign in, each change once; who has no mail
address is not, nor is anybody where policy.yaml says so. What the mail server does not take is tried again.

The clock stands where each server is told that it stands, and nothing waits for time: the server says when it has sent."""
import copy
import email
import email.policy
import json
import pathlib
import sys

from serving import PASSWORD, Server

PROGRAM, COMPANY, RECEIVERS = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
ANOTHER = "sturdy ladder beside the mill"
PORT = json.loads((RECEIVERS / "ports.json").read_text())["plain"]
SETTINGS = "name: Acme\ncurrency: EUR\ntime_zone: Europe/Berlin\n"
MAIL = f"alerts:\n  mail: {{server: localhost, port: {PORT}, security: none, from: attain@example.com}}\n"


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def arrived():
    path = RECEIVERS / "mail.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def mail_of(one):
    return email.message_from_string(one["content"], policy=email.policy.default)


class Told:
    """The mails that come; each change is waited for before the next."""

    def __init__(self, server):
        self.server, self.n, self.n_before = server, 0, len(arrived())

    def next(self, what, to="ana@example.com"):
        self.n += 1
        self.server.wait_for("notices: 1 sent", self.n)
        mails = arrived()
        same(len(mails), self.n_before + self.n, "mails")
        same(mails[-1]["to"], [to], "to whom")
        mail = mail_of(mails[-1])
        same(mail["Subject"], "Attain: " + what, "the subject")
        text = mail.get_content()
        assert text.startswith(f"{to}: {what} (2026-05-04 10:00, Europe/Berlin)."), text
        assert "tell your administrator at once" in text and "Acme, by Attain" in text, text
        return mail


def good(server, *request):
    status, answer = server.call(*request)
    assert status in (200, 204), (request, answer)
    return answer


def lock(server, user, locked=True):
    good(server, "POST", f"/users/{user}/lock", {"locked": locked})


def link_of(added):
    return added["path"].split("#")[-1]


def test_each_change(server):
    told = Told(server)
    added = good(server, "POST", "/users", {"user": "ana@example.com", "role": "rep"})
    status, headers, body = server.ask("POST", "/invitation", {"secret": link_of(added), "password": PASSWORD}, whole=True)
    same(status, 200, body)
    told.next("your password was set by a one-time link")
    ana = copy.copy(server)
    ana.token, cookie, csrf = None, headers["Set-Cookie"].split(";")[0], json.loads(body)["csrf"]
    ana.headers = lambda extra=None: {"Content-Type": "application/json", "Cookie": cookie, "X-Attain-CSRF": csrf, **(extra or {})}
    good(ana, "POST", "/tokens", {"name": "tests", "may": ["read"]})
    told.next("a token that acts for you was made")
    good(ana, "POST", "/password", {"old": PASSWORD, "new": ANOTHER})
    mail = told.next("your password was changed")
    assert PASSWORD not in mail.as_string() and ANOTHER not in mail.as_string()
    status, _ = ana.call("POST", "/password", {"old": PASSWORD, "new": "yet another mill and ladder"})
    same(status, 403, "a wrong old password")
    good(ana, "DELETE", "/tokens/tests")
    told.next("a token that acts for you was ended")
    again = link_of(good(server, "POST", "/users/ana@example.com/invitation"))
    mail = told.next("a one-time link was made, by which your password can be set anew")
    assert again not in mail.as_string() and again not in mail.get_content(), "the link is handed over, not sent"
    good(server, "PATCH", "/users/ana@example.com", {"role": "leader"})
    told.next("your role, or how you sign in, was changed")
    lock(server, "ana@example.com")
    told.next("you were locked out")
    lock(server, "ana@example.com", False)
    told.next("you were let in again")
    return told


def test_nobody_else(server, told):
    """Who has no mail address, and whatever changes while the policy says no: the next mail is the next that is to be."""
    good(server, "POST", "/users", {"user": "bob", "role": "rep"})
    good(server, "PATCH", "/users/bob", {"role": "leader"})
    edit(server, "notices: no\n", 1)
    good(server, "PATCH", "/users/ana@example.com", {"role": "rep"})
    edit(server, "notices: yes\n", 2)
    lock(server, "ana@example.com")
    told.next("you were locked out")


def edit(server, policy, n):
    (COMPANY / "policy.new").write_text(policy)
    (COMPANY / "policy.new").rename(COMPANY / "policy.yaml")
    server.wait_for("the workspace's files were read anew", n)


def test_later(server):
    (RECEIVERS / "smtp-answer").write_text("451 try later")
    lock(server, "ana@example.com", False)
    server.wait_for("notices: 0 sent, 1 to be tried again, 0 refused: ana@example.com: ")
    (RECEIVERS / "smtp-answer").unlink()


def test_not_yet(server):
    """A minute has not gone by: what is sent is another's."""
    told = Told(server)
    good(server, "POST", "/users", {"user": "cem@example.com", "role": "rep"})
    good(server, "POST", "/users/cem@example.com/invitation")
    told.next("a one-time link was made, by which your password can be set anew", "cem@example.com")


def test_again(server):
    """The same mail, after another server was started a minute later."""
    server.wait_for("notices: 1 sent")
    first, second = [mail for mail in map(mail_of, arrived()) if mail["Subject"] == "Attain: you were let in again"][-2:]
    same(second["Message-ID"], first["Message-ID"], "the mail's id")
    assert "(2026-05-04 10:00, Europe/Berlin)" in second.get_content(), "when it happened, not when it was sent"


def test_never(server):
    good(server, "POST", "/users", {"user": "nobody@example.com", "role": "rep"})
    lock(server, "nobody@example.com")
    server.wait_for("notices: 0 sent, 0 to be tried again, 1 refused: nobody@example.com: ")
    entry = good(server, "GET", "/audit")["entries"][-1]
    same((entry["who"], entry["what"]), ("server", "notice not sent"), "the audit log")
    assert entry["about"].startswith("nobody@example.com: you were locked out: "), entry


def serve(now, token=None):
    return Server(PROGRAM, COMPANY, token=token, now=now)


COMPANY.joinpath("attain.yaml").write_text(SETTINGS + MAIL)
with serve("2026-05-04 10:00") as running:
    key = running.token
    told = test_each_change(running)
    test_nobody_else(running, told)
    test_later(running)
with serve("2026-05-04 10:00", key) as running:
    test_not_yet(running)
with serve("2026-05-04 10:02", key) as running:
    test_again(running)
    test_never(running)
