"""beside_load.py PROGRAM FOLDER: people sign in, are recognised and sign out while a load has the writer's turn and every worker waits
for it. The load reads a file that nobody writes yet (a named pipe), and goes on when the test lets it. A load that nobody lets go on is
ended by who runs the server, and by the server's end."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

from serving import PASSWORD, Server

PROGRAM, COMPANY = sys.argv[1], pathlib.Path(sys.argv[2]) / "co"
SOURCE = """source: crm
tables:
  deals: {file: deals.csv}
map:
  - to: opportunity
    from: deals
    columns: {id: id, name: name, created_at: created, amount: amount}
"""
WAITING = 40  # more than the server has workers for what waits
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


def is_loading(server):
    return server.call("GET", "/work")[1]["what"] == "load"


def load_crm(server):
    try:
        server.call("POST", "/sources/crm/load")
    except (http.client.HTTPException, ConnectionError):
        pass  # the server ended


def begin_load(server):
    load = threading.Thread(target=load_crm, args=[server])
    load.start()
    while not is_loading(server):
        pass
    return load


def come_and_go(server):
    status, head, body = server.ask("POST", "/session", {"user": "administrator", "password": PASSWORD}, {"Authorization": ""}, whole=True)
    check(status == 200, f"signing in: {status} {body}")
    cookie = {"Cookie": head["Set-Cookie"].split(";")[0], "Authorization": "", "X-Attain-CSRF": json.loads(body)["csrf"]}
    check(server.call("GET", "/me", extra=cookie)[0] == 200, "who is signed in is recognised")
    check(server.call("DELETE", "/session", extra=cookie)[0] == 204, "signing out")
    check(server.call("GET", "/me", extra=cookie)[0] == 401, "which holds at once")


def main():
    subprocess.run([PROGRAM, "new", COMPANY], check=True, capture_output=True)
    (COMPANY / "sources/example.yaml").unlink()
    (COMPANY / "sources/crm.yaml").write_text(SOURCE)
    os.mkfifo(COMPANY / "deals.csv")
    with Server(PROGRAM, COMPANY) as server:
        load = begin_load(server)
        waiting = [threading.Thread(target=lambda: server.call("GET", "/audit")) for _ in range(WAITING)]
        for thread in waiting:
            thread.start()
        come_and_go(server)
        check(is_loading(server), "the load had the writer's turn all the while")
        os.close(os.open(COMPANY / "deals.csv", os.O_WRONLY))
        for thread in [load] + waiting:
            thread.join()
        entries = [entry["what"] for entry in server.call("GET", "/audit")[1]["entries"]]
        check(entries[-2:] == ["signed in", "signed out"], f"the audit log tells of it: {entries}")
        check(server.call("GET", "/audit/proof")[1]["first_wrong"] is None, "and is whole")
        loads = server.call("GET", "/loads")[1]["loads"]
        load = begin_load(server)
        check(server.call("DELETE", "/work")[1] == {"cancelled": True}, "a load that waits for a pipe is ended")
        load.join()
        check(server.call("GET", "/loads")[1]["loads"] == loads, "and leaves nothing")
        load = begin_load(server)
        server.process.send_signal(signal.SIGTERM)
        check(server.process.wait() == 0, "the server ends while a load waits for a pipe")
        load.join()
    return 1 if failures else 0


sys.exit(main())
