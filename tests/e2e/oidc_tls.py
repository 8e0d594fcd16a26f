"""oidc_tls.py PROGRAM FOLDER: a provider of sign-in over TLS, whose certificate is right, and wrong in each way. Prints what is wrong;
the exit code says whether anything was."""
import json
import pathlib
import subprocess
import sys

from browser import Browser, ask_provider
from certificates import DAY, Authority
from provider import Provider
from serving import Server

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2]).absolute()
COMPANY = FOLDER / "tls-co"
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


def configure(provider, label, ca_file):
    (COMPANY / "attain.yaml").write_text((COMPANY / "attain.yaml.first").read_text() + f"""
server: {{trusted_proxies: [127.0.0.1], limits: {{requests_per_minute: 1000000}}}}
sign_in:
  issuer: {provider.issuer}
  client: {provider.CLIENT}
  client_secret_env: TEST_CLIENT_SECRET
  address: http://127.0.0.1:1
  label: {label}
""" + (f"  ca_file: {ca_file}\n" if ca_file else ""))


def settle(server, provider, label, ca_file):
    """Edits the settings and waits until they hold: what was kept of the provider is forgotten then."""
    configure(provider, label, ca_file)
    while server.call("GET", "/sign-in")[1]["provider"] != label:
        pass


def test_right(server, provider, authority):
    server.call("POST", "/users", {"user": "ana@example.com", "role": "rep", "sign_in": "provider"})
    browser = Browser(server)
    status, to, detail = browser.finish(ask_provider(browser.begin(), authority.path))
    check((status, to) == (303, "/api"), f"over TLS, of our own authority: {status} {to} {detail}")
    check((browser.me() or {}).get("user") == "ana@example.com", "ana is signed in")


def test_wrong(server, provider, name, certificate, ca_file, words):
    """Who begins gets a sentence; the log has what is wrong, once; the provider is told nothing."""
    provider.present(certificate)
    settle(server, provider, name, ca_file)
    provider.asked.clear()
    for _ in range(2):
        found = Browser(server).begin()
        check(found[0] == 503 and words in found[1]["detail"], f"{name}: {found}")
        check(str(FOLDER) not in json.dumps(found), f"{name}: it names no path of ours: {found}")
    status, headers, _ = Browser(server).get("/api/v1/sign-in/provider", Accept="text/html")
    check((status, headers["Location"]) == (303, "/sign-in#provider"), f"{name}: people are shown a page: {status}")
    check(provider.asked == [], f"{name}: nothing was asked of it: {provider.asked}")
    server.wait_for(words)


def test_told_once(server, cases):
    """What the server says comes in order: all of it is there once it has said that it stops."""
    with server.said:
        output = "".join(server.output)
    for name, _, _, words in cases:
        n = sum(words in line and "signing in by https://127.0.0.1:" in line for line in output.splitlines())
        wanted = sum(case[3] == words for case in cases)
        check(n == wanted, f"{name}: the log says {words!r} {n} times, not {wanted}:\n{output}")


def test_wrong_meanwhile(server, provider, right, expired, authority):
    """Somebody else takes the provider's place while people are signing in there: they get neither code nor secret."""
    provider.present(right)
    settle(server, provider, "right until the code comes", authority.path)
    browser = Browser(server)
    back = ask_provider(browser.begin(), authority.path)
    provider.present(expired)
    provider.asked.clear()
    status, _, detail = browser.finish(back)
    check(status == 503 and "certificate has expired" in detail, f"a code over a certificate that has ended: {status} {detail}")
    check(provider.asked == [] and browser.me() is None, f"neither code nor secret were sent: {provider.asked}")


def main():
    ours, others = Authority(FOLDER, "authority"), Authority(FOLDER, "others")
    right = ours.certificate("right", address="127.0.0.1")
    expired = ours.certificate("expired", address="127.0.0.1", ends_in=-DAY)
    elsewhere = ours.certificate("elsewhere", host="login.example.com")
    no_pem = FOLDER / "no.pem"
    no_pem.write_text("no certificate\n")
    cases = [("authority that is not named", right, None, "unable to get local issuer certificate"),
             ("authority that is another", right, others.path, "unable to get local issuer certificate"),
             ("certificate that has ended", expired, ours.path, "certificate has expired"),
             ("certificate of another host", elsewhere, ours.path, "matches target host name"),
             ("authorities' file that is not there", right, FOLDER / "none.pem", "ca_file is no file of certificates"),
             ("authorities' file that is none", right, no_pem, "ca_file is no file of certificates")]
    subprocess.run([PROGRAM, "new", COMPANY], check=True, capture_output=True)
    (COMPANY / "attain.yaml").rename(COMPANY / "attain.yaml.first")
    provider = Provider(right)
    configure(provider, "right", ours.path)
    with Server(PROGRAM, COMPANY, environment={"TEST_CLIENT_SECRET": provider.SECRET}) as server:
        test_right(server, provider, ours)
        for case in cases:
            test_wrong(server, provider, *case)
        test_told_once(server, cases)
        test_wrong_meanwhile(server, provider, right, expired, ours)
        check(provider.SECRET not in "".join(server.output), "no secret is in the log")
    return 1 if failures else 0


sys.exit(main())
