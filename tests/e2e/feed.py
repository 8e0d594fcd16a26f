#!/usr/bin/env python3
"""Records put over HTTP, webhooks and events, as programs use them: feed.py ATTAIN FOLDER. Expected values are what was
put, signatures are those of Python's own hmac."""
import base64
import hashlib
import hmac
import json
import pathlib
import random
import sys
import threading
import time

from serving import Events, Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
SECRET = "s3cr3t-of-the-app"


def deal(number, amount=100, **more):
    return dict({"id": f"d{number}", "owner": "rep-1", "created_at": "2026-10-01", "stage": "Proposal", "amount": amount}, **more)


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def put(server, number, amount, key=None, connection=None):
    record = deal(number, amount)
    del record["id"]
    extra = {"Idempotency-Key": key} if key else {}
    return server.call("PUT", f"/records/opportunity/d{number}?source=web", record, extra, connection)


# --- records ---

def check_puts(server):
    status, one = put(server, 1, 100)
    same((status, one["n_new"], one["n_accepted"]), (200, 1, 1), "a new record")
    same(put(server, 1, 100)[1]["n_unchanged"], 1, "the same again")
    same(put(server, 1, 150)[1]["n_changed"], 1, "another amount")
    many = [deal(2), deal(3, "ten"), deal(4)]
    status, several = server.call("POST", "/records/opportunity?source=web", many)
    same((status, several["n_accepted"], several["n_rejected"]), (200, 2, 1), "several")
    same((several["rejected"][0]["record"], several["rejected"][0]["id"]), (1, "d3"), "the place of the one kept out")
    status, none = server.call("POST", "/records/opportunity?source=web&all_or_nothing=true", [deal(5), deal(6, "x")])
    same((status, none["n_accepted"], none["load"]), (422, 0, 0), "all or nothing")
    same(server.call("POST", "/records/opportunity?source=web", [deal(7, "x")])[0], 422, "all kept out")
    lines = "\n".join(json.dumps(deal(n)) for n in (8, 9))
    status, told = server.call("POST", "/records/opportunity?source=web", lines, {"Content-Type": "application/x-ndjson"})
    same((status, told["n_new"]), (200, 2), "lines")
    same(server.call("PUT", "/records/nothing/x?source=web", {"a": 1})[0], 404, "an unknown table")
    same(server.call("PUT", "/records/opportunity/x?source=web", "[]")[0], 400, "no record")
    status, several = server.call("POST", "/records/opportunity?source=web", '[{"id": "d9",\n "amount": 5]')
    same((status, "no JSON: give an object of columns, or an array of such objects: line 2:13" in several["detail"]), (422, True), several["detail"])
    status, one = server.call("PUT", "/records/opportunity/x?source=web", '{"amount": 5,')
    same((status, "no JSON: line 1:14" in one["detail"], "Input" in one["detail"]), (400, True, False), one["detail"])
    same(server.call("DELETE", "/records/opportunity/d8?source=web")[1]["n_removed"], 1, "a removal")
    same(server.call("DELETE", "/records/opportunity/d8?source=web")[0], 404, "one that is gone")


def check_keys(server):
    same(put(server, 20, 100, "key-a")[1]["n_new"], 1, "with a key")
    same(put(server, 20, 300)[1]["n_changed"], 1, "changed by somebody else")
    status, headers, body = server.ask("PUT", "/records/opportunity/d20?source=web",
                                       {k: v for k, v in deal(20).items() if k != "id"}, {"Idempotency-Key": "key-a"}, whole=True)
    same((status, json.loads(body)["n_new"], headers["Idempotent-Replayed"]), (200, 1, "true"), "the first call again")
    same(put(server, 20, 300)[1]["n_unchanged"], 1, "it did not undo the change")
    same(put(server, 20, 400, "key-a")[0], 422, "the key with another body")


def check_concurrent(server):
    wrong = []

    def work(thread):
        connection = server.connect()
        for i in range(25):
            status, report = put(server, 1000 + thread * 100 + i, 10 + i, f"t{thread}-{i}", connection)
            if status != 200 or report["n_new"] != 1:
                wrong.append((status, report))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    same(wrong, [], "many at once")


# --- webhooks ---

def hubspot(server, events, secret=SECRET, age=0, path="/api/v1/webhooks/hub"):
    body = json.dumps(events)
    stamp = str(int((time.time() - age) * 1000))
    source = f"POSThttps://crm.example.com{path}{body}{stamp}"
    signature = base64.b64encode(hmac.new(secret.encode(), source.encode(), hashlib.sha256).digest()).decode()
    return server.call("POST", "/webhooks/hub", body,
                       {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": stamp, "Authorization": ""})


def change(number, name, value, at, kind="propertyChange", record=777):
    return {"eventId": number, "subscriptionId": 1, "portalId": 2, "appId": 3, "occurredAt": at, "attemptNumber": 0,
            "subscriptionType": f"deal.{kind}", "objectId": record, "propertyName": name, "propertyValue": value,
            "changeSource": "CRM_UI"}


def unchanged(server, **values):
    """Whether a record of the webhook's source has these values."""
    return server.call("PUT", "/records/opportunity/777?source=hub", values)[1]["n_unchanged"] == 1


def check_hubspot(server):
    t = int(time.time() * 1000) - 3_600_000
    same(hubspot(server, [change(1, "amount", "5", t)], secret="guessed")[0], 401, "forged")
    same(hubspot(server, [change(1, "amount", "5", t)], age=400)[0], 401, "too old")
    status, told = hubspot(server, [change(1, "amount", "100.50", t), change(2, "dealname", "Big", t)])
    same((status, told["n_accepted"], told["load"] > 0), (200, 1, True), "two properties of a new deal")
    status, told = hubspot(server, [change(3, "createdate", str(t), t), change(4, "dealstage", "Proposal", t),
                                    change(5, "hubspot_owner_id", "rep-1", t), change(6, "shoe_size", "44", t)])
    same((status, told["not_mapped"], told["load"] > 0), (200, ["shoe_size"], True), "more of them")
    assert unchanged(server, amount=100.5, name="Big", stage="Proposal"), "what was told in parts is one record"
    status, told = hubspot(server, [change(3, "createdate", str(t), t)])
    same((told["n_seen"], told["load"]), (1, 0), "replayed")
    hubspot(server, [change(7, "amount", "300", t + 5000)])
    status, told = hubspot(server, [change(8, "amount", "200", t + 1000), change(9, "dealname", "Bigger", t + 1000)])
    same(told["n_older"], 1, "out of order")
    assert unchanged(server, amount=300, name="Bigger"), "the older amount undid the newer"
    same(hubspot(server, [change(10, None, None, t + 2000, "deletion")])[1]["n_older"], 1, "a deletion that is older")
    same(hubspot(server, [change(11, None, None, t + 9000, "deletion")])[1]["n_removed"], 1, "a deletion")
    same(hubspot(server, [change(12, "amount", "1", t + 8000)])[1]["n_older"], 1, "late words of what is gone")
    same(server.call("DELETE", "/records/opportunity/777?source=hub")[0], 404, "it is gone")
    for number in range(20):
        same(server.call("POST", f"/webhooks/none{number}", "[]", {"Authorization": ""})[0], 401, "an unknown webhook tells nothing")
    told = [entry for entry in server.call("GET", "/audit?limit=1000")[1]["entries"] if entry["what"] == "webhook_refused"]
    assert 1 <= len(told) <= 3, f"strangers' calls are told once a minute, not {len(told)} times"
    same(server.call("POST", "/webhooks/bare", "[]", {"Authorization": ""})[0], 401, "a webhook without a secret")
    told = [entry["about"] for entry in server.call("GET", "/audit?limit=1000")[1]["entries"] if entry["what"] == "webhook_faulty"]
    same((len(told), "webhooks/bare.yaml:3:" in told[0], "NOT_SET is empty" in told[0]), (1, True, True), "the log says why")
    check_faulty_edit(server)


def check_faulty_edit(server):
    """What was read before still holds; a webhook whose secret or file is gone is shut."""
    file, t = folder / "webhooks" / "hub.yaml", int(time.time() * 1000)
    good = file.read_text()
    file.write_text(good.replace("objects:", "objcts:"))
    same(hubspot(server, [change(30, "amount", "7", t)])[0], 200, "while its file is faulty")
    same(hubspot(server, [change(31, "amount", "8", t)], secret="guessed")[0], 401, "forged, while its file is faulty")
    told = [entry["about"] for entry in server.call("GET", "/audit?limit=1000")[1]["entries"] if entry["what"] == "webhook_faulty"]
    assert any("hub.yaml:" in words and "objcts" in words for words in told), told
    file.write_text(good.replace("HUB_SECRET", "NOT_SET"))
    same(hubspot(server, [change(32, "amount", "9", t)])[0], 401, "its secret is gone")
    file.write_text(good.replace("objects:", "objcts:"))
    same(hubspot(server, [change(33, "amount", "9", t)])[0], 401, "shut before its file was faulty")
    file.unlink()
    same(hubspot(server, [change(34, "amount", "9", t)])[0], 401, "its file is gone")
    file.write_text(good)
    same(hubspot(server, [change(35, "amount", "9", t)])[0], 200, "right again")


def pipedrive(server, body, password=SECRET):
    login = base64.b64encode(f"attain:{password}".encode()).decode()
    return server.call("POST", "/webhooks/pipe", body, {"Authorization": "Basic " + login})


def check_pipedrive(server):
    first = {"meta": {"action": "create", "entity": "deal", "entity_id": "9", "id": "e-1", "version": "2.0",
                      "timestamp": "2026-11-01T10:00:00.000Z", "company_id": "1"},
             "data": {"id": 9, "title": "Pump", "value": 250, "currency": "EUR", "add_time": "2026-11-01T10:00:00Z",
                      "owner_id": "rep-1", "stage_id": "Proposal", "custom_fields": {"abc": {"type": "varchar", "value": "x"}}},
             "previous": None}
    same(pipedrive(server, first, "wrong")[0], 401, "a wrong password")
    status, told = pipedrive(server, first)
    same((status, told["n_accepted"], told["not_mapped"]), (200, 1, ["abc"]), "a deal of Pipedrive's second form")
    same(server.call("PUT", "/records/opportunity/9?source=pipe", {"amount": 250, "name": "Pump"})[1]["n_unchanged"], 1, "is there")
    older = {"v": 1, "meta": {"action": "updated", "object": "deal", "id": 9, "timestamp": 1762000000, "timestamp_micro": 1761900000000000},
             "current": {"id": 9, "title": "Old", "value": 1, "add_time": "2026-11-01 10:00:00"}, "previous": {}, "event": "updated.deal"}
    same(pipedrive(server, older)[1]["n_older"], 1, "an older word, in the first form")
    gone = {"meta": {"action": "delete", "entity": "deal", "entity_id": "9", "id": "e-2", "timestamp": "2026-11-02T10:00:00Z"},
            "data": None, "previous": {"id": 9}}
    same(pipedrive(server, gone)[1]["n_removed"], 1, "a deletion")


def check_odd_names(server):
    """Whatever properties are called: those that the mapping names are taken, the others are told as not mapped."""
    known = {"id": 77, "title": "Odd", "value": 5, "currency": "EUR", "add_time": "2026-11-01T10:00:00Z", "owner_id": "rep-1", "stage_id": "Proposal"}
    odd = {"": "x", "\u001f": "1", "'": "2", "x\"; DROP TABLE opportunity; --": "'); DROP TABLE opportunity; --", "n" * 5000: "3", "line": "4",
           "rowid": "5", "SELECT": "6", "nested": {"a": [{"b": 1}, [2]], "value": "7"}, "list": [1, 2, 3], "\u202evalue\U0001f600": "8"}
    message = {"meta": {"action": "create", "entity": "deal", "entity_id": "77", "id": "odd-1", "version": "2.0",
                        "timestamp": "2026-11-01T10:00:00.000Z"}, "data": dict(odd, **known), "previous": None}
    status, told = pipedrive(server, message)
    same((status, told["n_accepted"]), (200, 1), "odd names")
    assert {"\u001f", "line", "rowid"} <= set(told["not_mapped"]), told["not_mapped"]
    there = {"amount": 5, "name": "Odd"}
    same(server.call("PUT", "/records/opportunity/77?source=pipe", there)[1]["n_unchanged"], 1, "the record has what the mapping names")
    text = json.dumps(message)
    for wrong in (text.replace('"Odd"', '"O\\u0000d"'), text.replace('"Odd"', '"O\\ud800d"'), text.replace('"title"', '"ti\\u0000tle"'),
                  text.encode().replace(b'"Odd"', b'"O\xffd"'), text.encode().replace(b'"title"', b'"t\xc3"'), "[" * 5000):
        status, problem = pipedrive(server, wrong)
        assert status in (400, 422) and problem["detail"], (status, problem, wrong[:80])
    same(server.call("PUT", "/records/opportunity/77?source=pipe", there)[1]["n_unchanged"], 1, "it is as it was")


SOAP = """<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">
<OrganizationId>{org}</OrganizationId><ActionId>04k000000000001AAA</ActionId><SessionId xsi:nil="true"/>
<Notification><Id>04l{event}</Id><sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
<sf:Id>006A</sf:Id><sf:Amount>{amount}</sf:Amount><sf:CreatedDate>2026-11-01T10:00:00.000Z</sf:CreatedDate><sf:Name>R&amp;D</sf:Name>
<sf:OwnerId>rep-1</sf:OwnerId><sf:StageName>Proposal</sf:StageName><sf:SystemModstamp>{at}</sf:SystemModstamp></sObject></Notification>
</notifications></soapenv:Body></soapenv:Envelope>"""


def salesforce(server, body, key=SECRET):
    return server.ask("POST", f"/webhooks/force?key={key}", body, {"Content-Type": "text/xml", "Authorization": ""})


def check_salesforce(server):
    org = "00D000000000001"
    message = SOAP.format(org=org + "AAA", event=1, amount=70, at="2026-11-03T10:00:00.000Z")
    same(salesforce(server, message, "guess")[0], 401, "a wrong key")
    same(salesforce(server, message.replace(org, "00D000000000002"))[0], 401, "another organisation")
    status, answer = salesforce(server, message)
    assert status == 200 and b"<Ack>true</Ack>" in answer, answer
    same(server.call("PUT", "/records/opportunity/006A?source=force", {"amount": 70, "name": "R&D"})[1]["n_unchanged"], 1, "is there")
    event = {"schema": "x", "payload": {"ChangeEventHeader": {
        "entityName": "Opportunity", "recordIds": ["006A"], "changeType": "UPDATE", "changedFields": ["Amount"], "nulledFields": [],
        "commitTimestamp": 1793800000000, "transactionKey": "k", "sequenceNumber": 1}, "Amount": 90, "Name": None}, "event": {"replayId": 5}}
    body, stamp = json.dumps(event), str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    sent = {"X-Attain-Signature": "sha256=" + signature, "X-Attain-Timestamp": stamp, "Authorization": ""}
    same(server.call("POST", "/webhooks/force", body + " ", sent)[0], 401, "a body that was changed")
    same(server.call("POST", "/webhooks/force", body, sent)[1]["n_accepted"], 1, "a change event")
    same(server.call("PUT", "/records/opportunity/006A?source=force", {"amount": 90, "name": "R&D"})[1]["n_unchanged"], 1, "changed")


# --- what nothing can be made of ---

def left(server, source):
    """(from, reason, record) of what webhooks of the source told in vain; rows of the ledger's own have a line."""
    rows = server.call("GET", f"/rejected?source={source}")[1]["rejected"]
    return [(row["from"], row["reason"], json.loads(row["row"])["record"]) for row in rows if row["file"] == "webhook" and row["line"] is None]


def check_left(server):
    """Objects without a table, properties that are not mapped and a table that is not there are rejected rows, each reason once; what is
    mapped later is settled."""
    t = int(time.time() * 1000) - 600_000
    same([row[:1] + row[2:] for row in left(server, "hub")], [("deals", "777")], "the property of before")
    assert '"shoe_size"' in left(server, "hub")[0][1], left(server, "hub")
    ticket = dict(change(50, "subject", "Help", t, record=5), subscriptionType="ticket.propertyChange")
    status, told = hubspot(server, [ticket, dict(ticket, eventId=51, objectId=6), change(52, "", "x", t), change(53, "amount", "x" * 70_000, t)])
    same((status, told["n_rejected"]), (200, 4), "each is counted")
    same({(row[0], row[2]) for row in left(server, "hub")}, {("deals", "777"), ("ticket", "5")}, "where they were told of")
    same(len(left(server, "hub")), 4, "each reason once")
    load = server.call("GET", "/rejected?source=hub")[1]
    hubspot(server, [dict(ticket, eventId=54, objectId=7), change(55, "shoe_size", "45", t)])
    same(server.call("GET", "/rejected?source=hub")[1], load, "told again, nothing is written")
    status, told = hubspot(server, [change(56, "amount", "8", t + 700_000), change(57, "Amount", "9", t + 800_000), change(58, "A mount", "7", t)])
    same((status, told["n_older"]), (200, 1), "the same property, written otherwise")
    empty = {"v": 1, "meta": {"v": 1, "action": "added", "object": "deal", "id": "", "timestamp": 1523440213}, "current": {}, "event": "added.deal"}
    status, told = pipedrive(server, empty)
    same((status, told["n_rejected"], left(server, "pipe")[0][1][:12]), (200, 1, "it has no id"), "a body that Pipedrive tries an address with")
    far = dict(change(61, "n" * 5000, "x", t, record=777), objectId="9" * 5000)
    same((hubspot(server, [far])[1]["n_rejected"], hubspot(server, [change(62, "n" * 5000, "x", t)])[0]), (1, 200), "long names and ids")
    assert all(len(row[1]) < 400 and len(row[2]) < 100 for row in left(server, "hub")), "what is kept of them is short"
    new = dict(change(63, "HS Object_ID", "1", t + 900_000, record=778))
    same(hubspot(server, [new, change(64, "amount", "5", t, record=778)])[0], 200, "the id, written otherwise, before the record is known")
    same(hubspot(server, [change(65, "dealname", "Three", t, record=778), change(66, "createdate", str(t), t, record=778),
                          change(67, "dealstage", "Proposal", t, record=778), change(68, "hubspot_owner_id", "rep-1", t, record=778)])[0], 200, "more of it")
    same(server.call("PUT", "/records/opportunity/778?source=hub", {"amount": 5, "name": "Three"})[1]["n_unchanged"], 1, "it keeps its own id")
    hook = folder / "webhooks/hub.yaml"
    before = hook.read_text()
    hook.write_text(before + "  ticket: {table: tickets}\n")
    same(hubspot(server, [dict(ticket, eventId=59)])[0], 200, "a table that is not there")
    reasons = [row[1] for row in left(server, "hub") if row[0] == "ticket"]
    assert len(reasons) == 2 and 'no table "tickets"' in reasons[1], reasons
    hook.write_text(before + "  ticket: {table: deals, columns: {shoe_size: Amount}}\n")
    same(hubspot(server, [dict(ticket, eventId=60, objectId=8, propertyName="amount", propertyValue="1")])[0], 200, "now it has one")
    same([row for row in left(server, "hub") if row[0] == "ticket"], [], "settled")
    hook.write_text(before)


# --- events ---

def check_events(server):
    """A reader that is cut again and again, and comes back with what it had last, is told of every load once."""
    events = Events(server)
    ready = events.next()
    same(ready["event"], "ready", "the first event")
    last, told, n_told, n_puts = ready["id"], [], 0, 60
    wanted = []

    def write():
        for i in range(n_puts):
            wanted.append(put(server, 5000 + i, 10)[1]["load"])

    writer = threading.Thread(target=write)
    writer.start()
    dice = random.Random(7)
    while n_told < n_puts:
        for _ in range(dice.randint(1, 4)):
            event = events.next()
            if event["event"] == "change":
                told.append((last, event["data"]["loads"], event["id"]))
                last = event["id"]
                n_told += event["data"]["loads"]
            if n_told >= n_puts:
                break
        else:
            events.close()
            events = Events(server, last)
    writer.join()
    events.close()
    same((n_told, last), (n_puts, wanted[-1]), "loads told, each once, and the last of them")
    assert all(before < after for before, _, after in told), told
    again = Events(server, ready["id"])
    missed = again.next()
    same((missed["event"], missed["id"], missed["data"]["loads"]), ("change", wanted[-1], 60), "all that was missed in one")
    assert "rep-1" in missed["data"]["for"]["people"], missed
    same(again.next()["event"], "ready", "and then where they are")
    again.close()
    future = Events(server, 10 ** 9)
    same(future.next()["event"], "reset", "an event of another database")
    future.close()
    same(server.ask("GET", "/events", None, {"Authorization": ""})[0], 401, "without a token")


# --- killed ---

def check_killed(server):
    """Everything that was acknowledged is there; what was not is put again under its key, and is there once."""
    acknowledged, sent = {}, threading.Event()

    def work(thread):
        connection = server.connect()
        for i in range(400):
            number = 20000 + thread * 1000 + i
            try:
                status, report = put(server, number, number, f"kill-{number}", connection)
            except OSError:
                return
            except Exception:
                return
            if status == 200:
                acknowledged[number] = report
            if len(acknowledged) > 100:
                sent.set()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    [t.start() for t in threads]
    sent.wait(60)
    server.kill()
    [t.join() for t in threads]
    assert len(acknowledged) > 100
    with Server(attain, folder, server.token, ENVIRONMENT) as after:
        for number, report in acknowledged.items():
            status, again = put(after, number, number, f"kill-{number}")
            same((status, again), (200, report), f"the acknowledged record {number}")
            same(put(after, number, number)[1]["n_unchanged"], 1, f"record {number} is there")


ENVIRONMENT = {"HUB_SECRET": SECRET}


def configure():
    """Sources without files yet, and their webhooks."""
    tables = {"hub": ("hs_object_id", {"name": "dealname", "owner": "hubspot_owner_id", "created_at": "createdate", "stage": "dealstage", "amount": "amount"}),
              "pipe": ("id", {"name": "title", "owner": "owner_id", "created_at": "add_time", "stage": "stage_id", "amount": "value", "currency": "currency"}),
              "force": ("Id", {"name": "Name", "owner": "OwnerId", "created_at": "CreatedDate", "stage": "StageName", "amount": "Amount"})}
    for name, (key, columns) in tables.items():
        text = f"source: {name}\ntables:\n  deals: {{file: {name}.csv, extract: increment}}\nmap:\n  - to: opportunity\n    from: deals\n    columns:\n      id: {key}\n"
        text += "".join(f"      {to}: {of}\n" for to, of in columns.items())
        (folder / "sources" / f"{name}.yaml").write_text(text)
    (folder / "webhooks").mkdir(exist_ok=True)
    (folder / "secret.txt").write_text(SECRET + "\n")
    hooks = {"bare": "kind: hubspot\nsource: hub\nsecret: {env: NOT_SET}\nobjects:\n  deal: {table: deals}\n",
             "hub": "kind: hubspot\nsource: hub\nsecret: {env: HUB_SECRET}\naddress: https://crm.example.com/api/v1/webhooks/hub\nobjects:\n  deal: {table: deals}\n",
             "pipe": "kind: pipedrive\nsource: pipe\nuser: attain\nsecret: {file: secret.txt}\nobjects:\n  deal: {table: deals}\n",
             "force": "kind: salesforce\nsource: force\norganisation: 00D000000000001\nsecret: {file: secret.txt}\nobjects:\n  Opportunity: {table: deals}\n"}
    for name, text in hooks.items():
        (folder / "webhooks" / f"{name}.yaml").write_text(text)


configure()
with Server(attain, folder, environment=ENVIRONMENT) as running:
    for check in (check_puts, check_keys, check_concurrent, check_hubspot, check_pipedrive, check_odd_names, check_salesforce, check_left, check_events, check_killed):
        check(running)
        print("ok", check.__name__, flush=True)
