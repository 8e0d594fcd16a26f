#!/usr/bin/env python3
"""A person who is erased: erase.py ATTAIN FOLDER. Their name is put wherever names can stand, in several spellings; then
no file of the workspace's data has it in any encoding, every number is what it was, in all and for each member, now and
as of the past, and neither loads nor puts bring it back."""
import csv
import json
import pathlib
import subprocess
import sys
import unicodedata

from serving import Server

attain, folder = sys.argv[1], pathlib.Path(sys.argv[2])
NOW = "2026-11-21"


def run(*arguments, code=0, now=True):
    clock = ["--now", NOW] if now else []
    done = subprocess.run([attain, *clock, *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, f"{arguments}: {done.returncode}, {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def same(got, wanted, what):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


def edit(name, change):
    path = folder / "exports" / name
    rows = list(csv.reader(open(path, newline="")))
    change(rows)
    with open(path, "w", newline="") as out:
        csv.writer(out).writerows(rows)


# --- who, and wherever they are named ---
users = list(csv.DictReader(open(folder / "exports" / "users.csv", newline="")))
sellers = run("show", "revenue", "--by", "rep", "--period", "2026-Q2") + run("show", "revenue", "--by", "rep", "--period", "2026-Q3")
person = next(u for u in users if not u["Full Name"].isascii() and sellers.count(u["Full Name"]) == 2)
NAME, EMAIL, ID = person["Full Name"], person["Email"], person["User ID"]
FIRST, LAST = NAME.rsplit(" ", 1)
SPELLINGS = [NAME, unicodedata.normalize("NFD", NAME), NAME.upper(), f"{LAST}, {FIRST}", f"{FIRST}  {LAST}", EMAIL, EMAIL.upper()]


def name_deals(rows):
    for number, spelling in enumerate(SPELLINGS):
        rows[1 + number][1] = f"{spelling} {spelling}: renewal {number}"


def name_rejected(rows):
    bad = list(rows[-1])
    bad[0], bad[-1], bad[1] = "FB-bad", "0.5", "no date of " + NAME
    good = list(rows[-1])
    good[0], good[4] = "FB-note", f"said {NAME}."
    rows += [bad, good]


edit("opportunities.csv", name_deals)
edit("feedback.csv", name_rejected)
run("load")
run("snapshot", "2026-Q2", "revenue", "win_rate", "--by", "rep")
run("target", "set", "reach revenue of EUR 300,000 in December 2026", "--for", "rep:" + NAME)

every = [k["name"] for k in json.loads(run("kpis", "--format", "json"))["kpis"]]


def numbers(*more):
    answer = json.loads(run("show", *every, "--by", "rep", "--period", "2026-Q3", "--format", "json", *more))
    return {"rows": answer["rows"], "totals": answer["totals"]}


def by_line(numbers):
    return {part: sorted(json.dumps(row, sort_keys=True) for row in numbers[part]) for part in numbers}


def renamed(numbers):
    return by_line(json.loads(json.dumps(numbers, ensure_ascii=False).replace(NAME, "Erased person 1")))


def found():
    """Files of the workspace's data that have the name, however it is written."""
    forms = {unicodedata.normalize(form, text) for text in (NAME, f"{LAST}, {FIRST}", EMAIL) for form in ("NFC", "NFD")}
    forms |= {text.upper() for text in forms} | {text.lower() for text in forms}
    forms |= {json.dumps(text)[1:-1] for text in forms}
    coded = {text.encode(code, "ignore") for text in forms for code in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")}
    return [f"{path.name}: {text!r}" for path in (folder / "data").iterdir() if path.is_file()
            for text in coded if len(text) > 4 and text in path.read_bytes()]


assert found(), "the name is in the database before"

with Server(attain, folder) as server:
    run("user", "add", EMAIL, "--role", "rep", "--person", NAME)
    status, me = server.call("PUT", "/records/activity/A-named?source=web",
                             {"owner": "rep-1", "kind": "call", "created_at": "2026-10-01", "done_at": "2026-10-01",
                              "subject": f"Call with {NAME}"}, {"Idempotency-Key": "named-1"})
    same(status, 200, "a put that names them")
    before, past = numbers(), numbers("--as-of", "2026-11-22")
    assert NAME in json.dumps(before, ensure_ascii=False)
    audit = json.loads(run("audit", "--format", "json"))["entries"]
    assert any(EMAIL in json.dumps(entry) for entry in audit), audit

    # Nothing but words without --yes.
    said = json.loads(run("erase", NAME, "--format", "json"))
    assert said["dry_run"] and said["users"] == 1 and said["audit_entries"] > 0, said
    same(numbers(), before, "after words alone")
    run("erase", "Nobody Of Ours", code=1)

    done = json.loads(run("erase", EMAIL, "--yes", "--format", "json"))
    same(done["shown"], "Erased person 1", "who they are now")
    same({(t["table"], t["column"]): t["rows"] for t in done["texts"]}, {(t["table"], t["column"]): t["rows"] for t in said["texts"]},
         "what was said and what was done")
    same([t["rows"] for t in done["texts"] if (t["table"], t["column"]) == ("opportunity", "name")], [len(SPELLINGS)], "deals")
    assert {"rejected", "snapshot_value", "person", "activity"} <= {t["table"] for t in done["texts"]}, done["texts"]
    same(by_line(numbers()), renamed(before), "every number")
    same(by_line(numbers("--as-of", "2026-11-22")), renamed(past), "every number of then")
    same(found(), [], "files with the name, while the server runs")
    assert NAME not in run("audit") and EMAIL not in run("audit"), run("audit")
    run("audit", "--verify")
    last = json.loads(run("audit", "--format", "json"))["entries"][-1]
    assert last["what"] == "erased" and "Erased person 1" in last["about"], last

    # Sources go on telling of them; so do puts, of the short way and the long one.
    same(numbers()["totals"], before["totals"], "the totals before the load")
    told = run("load", "--full")
    assert "stay erased" in told, told
    same(numbers()["totals"], before["totals"], "the totals after a load")
    same(found(), [], "files with the name, after a load")
    for number in (1, 2):
        status, put = server.call("PUT", f"/records/activity/A-again-{number}?source=crm",
                                  {"owner": ID, "kind": "call", "created_at": "2026-10-01", "subject": f"said {NAME}."})
        same((status, put["n_new"]), (200, 1), "a put of theirs")
    same(server.call("PUT", f"/records/person/{ID}?source=crm", {"name": NAME, "email": EMAIL, "role": "rep"})[0], 200, "a put of them")
    assert NAME not in json.dumps(numbers(), ensure_ascii=False)
    same(found(), [], "files with the name, after puts")
    assert NAME not in run("target") and NAME not in run("snapshot")
same(found(), [], "files with the name, at the end")
locked = [user for user in json.loads(run("user", "--format", "json"))["users"] if user["user"].startswith("erased-")]
same([user["is_locked"] for user in locked], [True], "who signed in as them")
same(json.loads(run("show", "revenue", "--by", "rep", "--period", "2026-Q3", "--format", "json"))["totals"],
     [row for row in before["totals"] if row.get("kpi") == "revenue"], "revenue")
run("audit", "--verify")
run("backup", "copy")
print("erased")
