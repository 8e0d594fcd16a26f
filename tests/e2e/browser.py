"""A browser that signs in by a provider: cookies, redirections, and what the provider's page does."""
import http.client
import json
import ssl
import urllib.parse


class Browser:
    """One with cookies and an address of its own."""

    n = 0

    def __init__(self, server, address=None):
        Browser.n += 1
        self.server, self.cookies, self.address = server, {}, address or f"10.0.{Browser.n // 250}.{Browser.n % 250}"

    def get(self, path, **headers):
        headers["X-Forwarded-For"] = self.address
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        status, got, body = self.server.fetch("GET", path, headers=headers)
        for cookie in got.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
            self.last_cookie = cookie
        return status, got, body

    def begin(self, to="/api"):
        status, headers, body = self.get("/api/v1/sign-in/provider?to=" + urllib.parse.quote(to, safe=""))
        return headers["Location"] if status == 303 else (status, json.loads(body))

    def finish(self, back, **headers):
        """Status, where it leads, and the problem's detail."""
        status, got, body = self.get(back, **headers)
        return status, got["Location"], json.loads(body)["detail"] if status >= 400 else None

    def sign_in(self, to="/api"):
        return self.finish(ask_provider(self.begin(to)))

    def me(self):
        status, _, body = self.get("/api/v1/me")
        return json.loads(body) if status == 200 else None


def ask_provider(page, ca_file=None):
    """What the provider's page does once somebody has signed in there: the path where it sends the browser."""
    url = urllib.parse.urlsplit(page)
    tls = ssl.create_default_context(cafile=ca_file) if ca_file else None
    connection = http.client.HTTPSConnection(url.netloc, timeout=60, context=tls) if tls else http.client.HTTPConnection(url.netloc, timeout=60)
    connection.request("GET", url.path + "?" + url.query)
    back = urllib.parse.urlsplit(connection.getresponse().headers["Location"])
    return back.path + "?" + back.query
