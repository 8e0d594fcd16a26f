"""A server of the tests: started, its first administrator signed in with a token of theirs, asked, ended.

    with Server(attain, folder) as server:
        status, answer = server.call("PUT", "/records/opportunity/D1?source=web", {"amount": 5})

Every answer is held against the description that the server itself gives."""
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading

from api_schema import Description, hold

PASSWORD = "correct horse battery staple"


class Server:
    def __init__(self, attain, folder, token=None, environment=None, now=None):
        self.attain, self.folder, self.token, self.description = attain, folder, token, None
        self.clock = ["--now", now] if now else []
        self.environment = dict(os.environ, **(environment or {}))

    def __enter__(self):
        self.process = subprocess.Popen([self.attain, *self.clock, "serve", "--listen", "127.0.0.1:0"], cwd=self.folder, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.environment)
        secret = None
        self.output, self.said = [], threading.Condition()
        for line in self.process.stdout:
            self.output.append(line)
            found = re.search(r"http://127\.0\.0\.1:(\d+)/(?:welcome#(\S+))?", line)
            if found:
                self.port, secret = int(found.group(1)), found.group(2)
            if found and (secret or self.token):
                break
        self.description = Description(json.loads(self.fetch("GET", "/api/v1/openapi.json")[2]))
        if not self.token:
            self.sign_in(secret)
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def listen(self):
        for line in self.process.stdout:
            with self.said:
                self.output.append(line)
                self.said.notify_all()

    def wait_for(self, text, n=1):
        """Until the server has said so many lines with this text."""
        with self.said:
            done = self.said.wait_for(lambda: sum(text in line for line in self.output) >= n, 60)
        assert done, f"{text!r} was not said {n} times, but:\n{''.join(self.output)}"

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def sign_in(self, secret, may=("read", "target", "alert", "put", "run", "see_all", "manage")):
        status, headers, body = self.ask("POST", "/invitation", {"secret": secret, "password": PASSWORD}, whole=True)
        assert status == 200, body
        cookie = headers["Set-Cookie"].split(";")[0]
        csrf = json.loads(body).get("csrf")
        self.session = extra = {"Cookie": cookie, "X-Attain-CSRF": csrf or ""}
        status, _, body = self.ask("POST", "/tokens", {"name": "tests", "may": list(may)}, extra, whole=True)
        assert status in (200, 201), (status, body)
        made = json.loads(body)
        self.token = made.get("secret") or made.get("token")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def headers(self, extra=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        headers.update(extra or {})
        return headers

    def fetch(self, method, path, body=None, headers=None, connection=None):
        """Status, headers and bytes of the whole path, as they come."""
        own = connection or self.connect()
        own.request(method, path, body, headers or {})
        answer = own.getresponse()
        result = (answer.status, answer.headers, answer.read())
        if not connection:
            own.close()
        if self.description:
            hold(self.description, method, path, *result)
        return result

    def ask(self, method, path, body=None, extra=None, whole=False, connection=None):
        """Status, headers and text; `body` is text, bytes, or what becomes JSON."""
        data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        result = self.fetch(method, "/api/v1" + path, data, self.headers(extra), connection)
        return result if whole else result[::2]

    def call(self, method, path, body=None, extra=None, connection=None):
        status, text = self.ask(method, path, body, extra, connection=connection)
        return status, json.loads(text) if text[:1] in (b"{", b"[") else text


class Events:
    """The events of a server, or of another stream of its, read as they come."""

    def __init__(self, server, last=None, path="/events"):
        extra = {"Accept": "text/event-stream"}
        if last is not None:
            extra["Last-Event-ID"] = str(last)
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        lines = [f"GET /api/v1{path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
        lines += [f"{name}: {value}" for name, value in server.headers(extra).items() if name != "Content-Type"]
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.head = http.client.parse_headers(self.file)
        whole = b"" if self.status == 200 else self.file.read(int(self.head["Content-Length"]))
        hold(server.description, "GET", "/api/v1" + path, self.status, self.head, whole)
        self.text = b""

    def next(self):
        """{"id", "event", "data"} of the next one; None at the end."""
        while b"\n\n" not in self.text:
            size = self.file.readline().strip()
            if not size or int(size, 16) == 0:
                return None
            self.text += self.file.read(int(size, 16))
            self.file.readline()
        one, self.text = self.text.split(b"\n\n", 1)
        fields = dict(line.split(": ", 1) for line in one.decode().split("\n") if ": " in line)
        if "event" not in fields:
            return self.next()
        return {"id": int(fields.get("id", 0)), "event": fields["event"], "data": json.loads(fields["data"])}

    def close(self):
        self.socket.close()
