#!/usr/bin/env python3
"""The receivers of the tests of alerts, on free ports of this machine: an HTTP server, a mail server without encryption,
one with STARTTLS and authentication, and one with TLS from the start.

    receivers.py FOLDER     writes the ports to FOLDER/ports.json, and then a line to the pipe FOLDER/ready, when all
                            listen; what comes to http.jsonl and mail.jsonl there; and ends when its standard input does

What they answer is told by files in FOLDER: http-answer has the status ("503"), smtp-answer the reply to a mail ("451 try
later", "550 no such box"). With "held" behind it ("200 held") an answer is late: the receiver says into the pipe
FOLDER/came that something came, and answers when it is told to by the pipe FOLDER/go. Of HTTP there is more: "429 after
600" asks for 600 seconds, "302 moved" names another address, "401 echoed" repeats the token that it was sent, and "0
closed" closes the connection without an answer."""
import asyncio
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult

folder = pathlib.Path(sys.argv[1])


def told(name, otherwise):
    path = folder / name
    return path.read_text().strip() if path.exists() else otherwise


def hold():
    (folder / "came").write_text("something\n")
    (folder / "go").read_text()


def note(name, what):
    with open(folder / name, "a") as out:
        out.write(json.dumps(what) + "\n")


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, _, how = told("http-answer", "200").partition(" ")
        if how == "held":
            hold()
        note("http.jsonl", {"path": self.path, "key": self.headers["Idempotency-Key"], "type": self.headers["Content-Type"],
                            "authorization": self.headers["Authorization"], "status": int(status), "body": json.loads(body)})
        if how == "closed":
            return
        self.send_response(int(status))
        if how.startswith("after "):
            self.send_header("Retry-After", how.removeprefix("after "))
        if how == "moved":
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(f"as told to {self.headers['Authorization']}".encode() if how == "echoed" else b"as told")

    def log_message(self, *_):
        pass


class Box:
    def __init__(self, name):
        self.name = name

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 there is no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = told("smtp-answer", "250 taken")
        if answer.endswith("held"):
            await asyncio.get_running_loop().run_in_executor(None, hold)
        note("mail.jsonl", {"box": self.name, "from": envelope.mail_from, "to": envelope.rcpt_tos, "answer": answer,
                            "authenticated": session.authenticated, "encrypted": session.ssl is not None,
                            "content": envelope.content.decode()})
        return answer


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"attain", b"secret word"))



def certificate():
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


async def listen(tls):
    """The mail servers' ports: the system knows which are free."""
    loop, ports = asyncio.get_running_loop(), {}
    kinds = {
        "plain": ({}, None),
        "starttls": ({"tls_context": tls, "require_starttls": True, "auth_required": True, "authenticator": authenticate}, None),
        "tls": ({}, tls),
    }
    for name, (options, context) in kinds.items():
        def make(name=name, options=options):
            return SMTP(Box(name), hostname="localhost", loop=loop, **options)
        server = await loop.create_server(make, "127.0.0.1", 0, ssl=context)
        ports[name] = server.sockets[0].getsockname()[1]
    return ports


async def main():
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    ports = await listen(certificate())
    ports["http"] = hook.server_address[1]
    (folder / "ports.json").write_text(json.dumps(ports))
    (folder / "ready").write_text("all listen\n")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
