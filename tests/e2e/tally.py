#!/usr/bin/env python3
"""Who changed records, as the audit log sums it up: tally.py ATTAIN FOLDER. Expected sums are of what was put here; nothing waits
for the minute after which they are written by themselves."""
import base64
import csv
import json
import pathlib
import re
import subprocess
import sys
import threading

from serving import PASSWORD, Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
LINE = re.compile(r"(.+), (\w+), loads? [\d to]+: (\d+) new, (\d+) changed, (\d+) gone(?:, with the token (.+))?")
COUNTED = ("put", "removed", "webhook")


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def deal(amount=100):
    return {"owner": "rep-1", "created_at": "2026-10-01", "stage": "Proposal", "amount": amount}


def sums(entries):
    """(who, what, source, table, token) → [new, changed, gone]."""
    result = {}
    for entry in entries:
        if entry["what"] in COUNTED:
            source, table, new, changed, gone, token = LINE.fullmatch(entry["about"]).groups()
            sum_of = result.setdefault((entry["who"], entry["what"], source, table, token), [0, 0, 0])
            for i, n in enumerate((new, changed, gone)):
                sum_of[i] += int(n)
    return result


def audit(*words, of=folder):
    return subprocess.run([attain, "audit", *words], cwd=of, capture_output=True, text=True, check=True).stdout


def by_command(of=folder):
    return sums(json.loads(audit("--format", "json", of=of))["entries"])


def sign_in(server, user, role, person=None):
    link = server.call("POST", "/users", dict({"user": user, "role": role}, **({"person": person} if person else {})))[1]["path"]
    status, head, body = server.ask("POST", "/invitation", {"secret": link.split("#")[1], "password": PASSWORD}, {"Authorization": ""}, whole=True)
    same(status, 200, "signing in")
    return {"Cookie": head["Set-Cookie"].split(";")[0], "X-Attain-CSRF": json.loads(body)["csrf"], "Authorization": ""}


def put(server, number, extra, source="web", amount=100, table="opportunity"):
    return server.call("PUT", f"/records/{table}/d{number}?source={source}", deal(amount), extra)


def pipe(server, number, action, value, password="s3cret"):
    login = base64.b64encode(f"attain:{password}".encode()).decode()
    data = {"id": number, "value": value, "add_time": "2026-11-01T10:00:00Z", "owner_id": "rep-1", "stage_id": "Proposal"}
    body = {"meta": {"action": action, "entity": "deal", "entity_id": str(number), "id": f"{number} {action} {value}", "version": "2.0",
                     "timestamp": f"2026-11-0{1 + value % 9}T10:00:00.000Z"},
            "data": data if action != "delete" else None, "previous": None if action != "delete" else data}
    return server.call("POST", "/webhooks/deals", body, {"Authorization": "Basic " + login})


def check_sums(server, wanted):
    """Two users, a token and a webhook; what changes nothing, is answered again or refused is not counted."""
    ana, ben = sign_in(server, "ana@example.com", "administrator"), sign_in(server, "ben@example.com", "administrator")
    for number in range(5):
        same(put(server, number, ana)[1]["n_new"], 1, "a new record of Ana's")
    same(put(server, 0, ana, amount=150)[1]["n_changed"], 1, "a change of hers")
    same(put(server, 0, ana, amount=150)[1]["n_unchanged"], 1, "the same again")
    keyed = dict(ana, **{"Idempotency-Key": "once"})
    same([put(server, 6, keyed)[1]["n_new"] for _ in range(3)], [1, 1, 1], "one call, answered three times")
    same(put(server, 7, ana, amount="many")[0], 422, "what is refused")
    many = [dict(deal(), id=f"d{n}") for n in (20, 21)] + [dict(deal("x"), id="d22")]
    same(server.call("POST", "/records/opportunity?source=web", many, ben)[1]["n_accepted"], 2, "several of Ben's, one kept out")
    same(put(server, 0, ben, source="shop")[1]["n_new"], 1, "of another source")
    same(server.call("DELETE", "/records/opportunity/d20?source=web", None, ben)[1]["n_removed"], 1, "a removal")
    same(server.call("DELETE", "/records/opportunity/d20?source=web", None, ben)[0], 404, "one that is gone")
    call = {"owner": "rep-1", "kind": "call", "created_at": "2026-10-01"}
    same(server.call("PUT", "/records/activity/c1?source=web", call)[1]["n_new"], 1, "another table, with a token")
    same([pipe(server, 9, "create", 1)[1]["n_accepted"], pipe(server, 9, "change", 2)[1]["n_accepted"]], [1, 1], "a webhook")
    same(pipe(server, 9, "change", 2)[1]["n_seen"], 1, "told again")
    same(pipe(server, 9, "delete", 3)[1]["n_removed"], 1, "a deletion")
    same(sum(pipe(server, 9, "change", 4, "wrong")[0] == 401 for _ in range(20)), 20, "no signature")
    me = server.call("GET", "/me")[1]["user"]
    read_only = server.call("POST", "/tokens", {"name": "reader", "may": ["read"]}, dict(server.session, Authorization=""))[1]
    reader = {"Authorization": "Bearer " + read_only["token"]}
    same(put(server, 30, reader)[0], 403, "who may not")
    wanted.update({("ana@example.com", "put", "web", "opportunity", None): [6, 1, 0],
                   ("ben@example.com", "put", "web", "opportunity", None): [2, 0, 0],
                   ("ben@example.com", "put", "shop", "opportunity", None): [1, 0, 0],
                   ("ben@example.com", "removed", "web", "opportunity", None): [0, 0, 1],
                   (me, "put", "web", "activity", "tests"): [1, 0, 0],
                   ("webhook:deals", "webhook", "crm2", "opportunity", None): [1, 1, 1]})
    entries = server.call("GET", "/audit?limit=1000")[1]["entries"]
    same(sums(entries), wanted, "the sums")
    same([e["about"] for e in entries if e["what"] == "webhook_refused"], ["deals, and 19 more within a minute"], "strangers")
    same(len([e for e in entries if e["what"] in COUNTED]), len(wanted), "an entry each")
    return ana, ben


def check_together(server, wanted, ana, ben):
    """Puts that wait for each other become one commit; each counts for who made it."""
    def work(extra, first):
        connection = server.connect()
        for number in range(first, first + 20):
            same(server.call("PUT", f"/records/opportunity/d{number}?source=web", deal(), extra, connection)[0], 200, "a put")

    threads = [threading.Thread(target=work, args=(extra, first)) for extra, first in ((ana, 1000), (ben, 2000), (ana, 3000), (ben, 4000))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    wanted[("ana@example.com", "put", "web", "opportunity", None)][0] += 40
    wanted[("ben@example.com", "put", "web", "opportunity", None)][0] += 40
    same(by_command(), wanted, "the command beside the server")
    assert "follow from one another" in audit("--verify")


def configure():
    columns = {"id": "id", "owner": "owner_id", "created_at": "add_time", "stage": "stage_id", "amount": "value"}
    (folder / "sources" / "crm2.yaml").write_text(
        "source: crm2\ntables:\n  deals: {file: none.csv, extract: increment}\nmap:\n  - to: opportunity\n    from: deals\n    columns:\n" +
        "".join(f"      {to}: {of}\n" for to, of in columns.items()))
    (folder / "webhooks").mkdir(exist_ok=True)
    (folder / "secret.txt").write_text("s3cret\n")
    (folder / "webhooks" / "deals.yaml").write_text(
        "kind: pipedrive\nsource: crm2\nuser: attain\nsecret: {file: secret.txt}\nobjects:\n  deal: {table: deals}\n")


configure()
with open(folder / "exports" / "users.csv", newline="") as file:
    person = next(csv.DictReader(file))
wanted = {}
with Server(attain, folder) as server:
    ana, ben = check_sums(server, wanted)
    check_together(server, wanted, ana, ben)
    same(put(server, 39, ana)[1]["n_new"], 1, "a put before a backup")
    wanted[("ana@example.com", "put", "web", "opportunity", None)][0] += 1
    subprocess.run([attain, "backup", folder.parent / "kept"], cwd=folder, capture_output=True, check=True)
    subprocess.run([attain, "restore", folder.parent / "kept", folder.parent / "back"], capture_output=True, check=True)
    same(by_command(folder.parent / "back"), wanted, "a backup has what was counted")
    same(put(server, 40, ana)[1]["n_new"], 1, "a put before the end")
    wanted[("ana@example.com", "put", "web", "opportunity", None)][0] += 1
same(by_command(), wanted, "a server that is stopped leaves nothing uncounted")
with Server(attain, folder, server.token) as server:
    theirs = sign_in(server, person["Email"], "administrator", person["Full Name"])
    same(put(server, 41, theirs)[1]["n_new"], 1, "a put of somebody before they are erased")
    subprocess.run([attain, "erase", person["Email"], "--yes"], cwd=folder, capture_output=True, check=True)
    server.kill()
sums_after = by_command()
found = [key for key in sums_after if key not in wanted]
same(([key[1:] for key in found], {key: sums_after[key] for key in wanted}), ([("put", "web", "opportunity", None)], wanted), "erasing writes what was counted")
same(sums_after[found[0]], [1, 0, 0], "who put it")
assert person["Email"] not in audit("--format", "json"), "they are in the log no more"
assert "follow from one another" in audit("--verify")
print("ok")
