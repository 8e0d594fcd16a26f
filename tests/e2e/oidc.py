"""oidc.py PROGRAM FOLDER: signs in by a provider on this machine, as it should be and in every way in which it should not. Prints
what is wrong; the exit code says whether anything was."""
import json
import pathlib
import subprocess
import sys
import urllib.parse

from browser import Browser, ask_provider
from provider import Key, Provider, b64, signed_by_public_key, token, unsigned
from serving import PASSWORD, Server

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
COMPANY = FOLDER / "co"
failures = []


def check(holds, words):
    if not holds:
        failures.append(words)
        print("FAILED:", words)


def configure(provider, label="Example's account", more=""):
    text = (COMPANY / "attain.yaml.first").read_text()
    (COMPANY / "attain.yaml").write_text(text + f"""
server: {{trusted_proxies: [127.0.0.1], limits: {{requests_per_minute: 1000000}}}}
sign_in:
  issuer: {provider.issuer}
  client: {provider.CLIENT}
  client_secret_env: TEST_CLIENT_SECRET
  address: http://127.0.0.1:1
  label: {label}
{more}""")


def audit(server):
    return [(entry["who"], entry["what"], entry["about"] or "") for entry in server.call("GET", "/audit?limit=10000")[1]["entries"]]


def expect_refused(browser, words, name, status=403):
    got, _, detail = browser.sign_in()
    check(got == status and words in (detail or ""), f"{name}: {got} {detail}")
    check(browser.me() is None, f"{name}: nobody is signed in")


# --- as it should be ---

def test_right(server, provider):
    status, ways = server.call("GET", "/sign-in")
    check(ways == {"provider": "Example's account", "path": "/api/v1/sign-in/provider"}, f"ways: {ways}")
    expect_refused(Browser(server), "no user here yet", "who was not invited")
    status, made = server.call("POST", "/users", {"user": "ana@example.com", "role": "rep", "sign_in": "provider"})
    check(status == 200 and made["path"] is None, f"who signs in by the provider needs no link: {made}")
    browser = Browser(server)
    browser.cookies["attain_session"] = "planted"
    page = browser.begin("/api?x=1")
    check("HttpOnly" in browser.last_cookie and "SameSite=Lax" in browser.last_cookie and "Max-Age=600" in browser.last_cookie
          and "Path=/api/v1/sign-in/callback" in browser.last_cookie, browser.last_cookie)
    back = ask_provider(page)
    status, to, _ = browser.finish(back)
    check((status, to) == (303, "/api?x=1"), f"it goes on where it was to: {status} {to}")
    check(browser.cookies["attain_session"] != "planted", "the session is a new one")
    check(browser.me()["user"] == "ana@example.com" and browser.me()["csrf"], "ana is signed in")
    status, _, detail = browser.finish(back)
    check(status == 403 and "used already" in detail, f"a state is used once: {status} {detail}")
    users = {user["user"]: user for user in server.call("GET", "/users")[1]["users"]}
    check(users["ana@example.com"]["signs_in_by"] == ["provider"] and users["ana@example.com"]["only_provider"], "users say how")
    check(users["administrator"]["signs_in_by"] == ["password"], "and of who has a password")
    check(("ana@example.com", "signed in", provider.issuer) in audit(server), "the audit log tells by whom")
    check(provider.faults == [], f"the provider was asked as it should be: {provider.faults}")
    check(provider.asked.count("keys") == 1 and provider.asked.count("description") == 1, f"keys are kept: {provider.asked}")
    return browser


def test_subject_stays(server, provider):
    """A new address at the provider is still her; her old address, given to somebody else, is not."""
    provider.person["email"] = "ana.silva@example.com"
    browser = Browser(server)
    browser.sign_in()
    check((browser.me() or {}).get("user") == "ana@example.com", "who has the subject is who they were")
    provider.person.update(sub="2002", email="ana@example.com")
    expect_refused(Browser(server), "somebody else's account", "an address that was given on")
    provider.person.update(sub="1001")


def test_password_beside(server):
    """Whom only the provider lets in has no password that works, nor a link; others have theirs."""
    status, problem = server.call("POST", "/session", {"user": "ana@example.com", "password": PASSWORD}, {"Authorization": ""})
    check(status == 401, f"no password for ana: {status}")
    status, problem = server.call("POST", "/users/ana@example.com/invitation")
    check(status == 422 and "provider only" in problem["detail"], f"no link for ana: {problem}")
    status, _ = server.call("POST", "/session", {"user": "administrator", "password": PASSWORD}, {"Authorization": ""})
    check(status == 200, f"the administrator's password works: {status}")


def test_algorithms(server, provider):
    for alg in ("ES256", "PS256", "EdDSA"):
        provider.signer = Key("of " + alg, alg)
        provider.keys.append(provider.signer)
        browser = Browser(server)
        browser.sign_in()
        check(browser.me() is not None, alg + " is taken")
    provider.signer = provider.keys[0]


# --- as it should not be ---

def twisted(**changes):
    def twist(claims):
        for name, value in changes.items():
            if value is None:
                claims.pop(name, None)
            else:
                claims[name] = value(claims[name]) if callable(value) else value
    return twist


CLAIMS = [
    ("nonce", twisted(nonce="another"), "(nonce)"), ("no nonce", twisted(nonce=None), "(nonce)"),
    ("aud", twisted(aud="another"), "(aud, azp)"), ("no aud", twisted(aud=None), "(aud, azp)"),
    ("several aud without azp", twisted(aud=["attain", "another"]), "(aud, azp)"),
    ("azp", twisted(aud=["attain", "another"], azp="another"), "(aud, azp)"),
    ("iss", twisted(iss="https://evil.example"), "(iss)"), ("iss with a slash", twisted(iss=lambda iss: iss + "/"), "(iss)"),
    ("expired", twisted(exp=lambda exp: exp - 3600), "(exp)"), ("no exp", twisted(exp=None), "(exp)"),
    ("exp as a text", twisted(exp=lambda exp: str(exp)), "(exp)"), ("made in the future", twisted(iat=lambda iat: iat + 3600), "(iat)"),
    ("made long ago", twisted(iat=lambda iat: iat - 3600), "(iat)"), ("nbf", twisted(nbf=4000000000), "(nbf)"),
    ("no sub", twisted(sub=None), "(sub)"), ("sub with a line", twisted(sub="1001\nx"), "(sub)"),
    ("email not verified", twisted(email_verified=False), "email_verified"), ("no email_verified", twisted(email_verified=None), "email_verified"),
    ("email_verified as a text", twisted(email_verified="false"), "email_verified"), ("no email", twisted(email=None), "(email)"),
]

FORMS = [
    ("alg none", unsigned, "\"none\""), ("HS256 by the public key", signed_by_public_key, "\"HS256\""),
    ("another key under the same name", lambda key, claims: token(Key(key.kid), claims), "signature is wrong"),
    ("ES256 with an RSA key's name", lambda key, claims: token(Key(key.kid, "ES256"), claims), "does not show"),
    ("crit", lambda key, claims: token(key, claims, crit=["exp"]), "extensions"),
    ("a claim changed", lambda key, claims: (lambda parts: f"{parts[0]}.{b64(json.dumps(claims | {'sub': '1'}).encode())}.{parts[2]}")(
        token(key, claims).split(".")), "signature is wrong"),
    ("two parts", lambda key, claims: "a.b", "three parts"), ("no base64", lambda key, claims: "!.!.!", "head"),
    ("half a signature", lambda key, claims: token(key, claims)[:-200], "signature is wrong"),
    ("a head that is no JSON", lambda key, claims: b64(b"[") + "." + token(key, claims).split(".", 1)[1], "head"),
]


def test_wrong_tokens(server, provider):
    for name, twist, words in CLAIMS:
        provider.usual()
        provider.twist = twist
        expect_refused(Browser(server), words, name)
    for name, make, words in FORMS:
        provider.usual()
        provider.make = make
        expect_refused(Browser(server), words, name)
    provider.usual()
    several = Browser(server)
    provider.twist = twisted(aud=["another", "attain"], azp="attain")
    several.sign_in()
    check(several.me() is not None, "of several whom it is for, azp says that it is for us")
    provider.usual()
    check(any(what == "sign-in failed" and "(nonce)" in about for _, what, about in audit(server)), "the audit log says why")


def test_browsers(server, provider):
    mine, theirs = Browser(server), Browser(server)
    back = ask_provider(mine.begin())
    theirs.begin()
    status, _, detail = theirs.finish(back)
    check(status == 403 and "another browser" in detail, f"another browser's state: {status} {detail}")
    status, _, detail = mine.finish(back)
    check(status == 403 and mine.me() is None, f"and it is used up: {status}")
    bare = Browser(server)
    back = ask_provider(bare.begin())
    bare.cookies.clear()
    check(bare.finish(back)[0] == 403, "a browser without its cookie")
    check(Browser(server).finish("/api/v1/sign-in/callback?code=x&state=made-up")[0] == 403, "a state that nobody gave")
    check(Browser(server).finish("/api/v1/sign-in/callback")[0] == 403, "nothing at all")
    browser = Browser(server)
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.begin()).query)["state"][0]
    status, _, detail = browser.finish(f"/api/v1/sign-in/callback?state={state}&error=access_denied&error_description=%3Cb%3E")
    check(status == 403 and "access_denied" in detail, f"the provider says no: {status} {detail}")
    browser = Browser(server)
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.begin()).query)["state"][0]
    status, _, detail = browser.finish(f"/api/v1/sign-in/callback?state={state}&code=stolen")
    check(status == 403 and "code" in detail, f"a code that the provider does not know: {status} {detail}")
    provider.iss = "https://evil.example"
    expect_refused(Browser(server), "another provider", "the answer of another provider (RFC 9207)")
    provider.usual()
    status, to, _ = Browser(server).finish("/api/v1/sign-in/callback?state=x&code=y", Accept="text/html")
    check((status, to) == (303, "/sign-in#sign-in-refused"), f"people are shown a page: {status} {to}")
    check(server.fetch("GET", "/sign-in")[0] == 200, "which is there")


def test_paths(server):
    for to in ("https://evil.example/", "//evil.example/", "/\\evil.example", "api", "", "/\n/x", "/a b", "javascript:alert(1)", "/" + "x" * 3000):
        status, problem = Browser(server).begin(to)
        check(status == 400, f"it goes on to our own paths only, not to {to[:30]!r}: {status}")


def test_rotation(server, provider):
    provider.keys.insert(0, Key("second"))
    provider.signer = provider.keys[0]
    browser, before = Browser(server), provider.asked.count("keys")
    browser.sign_in()
    check(browser.me() is not None and provider.asked.count("keys") == before + 1, "a key that is new is asked for")
    provider.make = lambda key, claims: token(Key("unknown"), claims)
    for _ in range(3):
        expect_refused(Browser(server), "does not show", "a key that is not shown")
    check(provider.asked.count("keys") == before + 2, f"made-up keys make us ask once: {provider.asked.count('keys') - before}")
    provider.usual()


def test_throttle(server, provider):
    provider.make = unsigned
    found = [Browser(server, "192.0.2.7").sign_in()[0] for _ in range(21)]
    check(found == [403] * 20 + [429], f"an address has 20 tries: {found}")
    status, _, detail = Browser(server, "192.0.2.8").sign_in()
    check(status == 403, f"another has its own: {status} {detail}")
    provider.usual()


# --- a provider that is ill ---

HUGE = b"[" + b" " * 300000 + b"]"


def settle(server, provider, label, more=""):
    """Edits the settings and waits until they hold: what was kept of the provider is forgotten then."""
    configure(provider, label, more)
    while server.call("GET", "/sign-in")[1]["provider"] != label:
        pass


def answering(what, answer):
    return lambda asked, usual: answer if asked == what else usual


def test_ill(server, provider):
    good = provider.description()
    faults = [("token", (500, {}), "answers 500"), ("token", (302, b""), "answers 302"), ("token", b"{", "no ID token"),
              ("token", {"access_token": "x"}, "no ID token"), ("token", (401, {}), "client id and secret"), ("token", b"\xff\x00{}", "no ID token"),
              ("token", HUGE, "more than"), ("keys", HUGE, "more than"), ("keys", {"keys": [provider.keys[0].jwk()] * 101}, "more than 100"),
              ("keys", {}, "no list"), ("keys", {"keys": [Key("first", bits=1024).jwk()]}, "does not show"), ("keys", b"\x00", "no JSON object"),
              ("description", good | {"issuer": "https://evil.example"}, "calls itself"), ("description", HUGE, "more than"),
              ("description", [], "no JSON object"), ("description", good | {"token_endpoint": None}, "token_endpoint"),
              ("description", good | {"token_endpoint": "http://example.com/token"}, "token_endpoint"),
              ("description", good | {"jwks_uri": "file:///etc/passwd"}, "jwks_uri"), ("description", (302, b""), "answers 302")]
    for n, (what, answer, words) in enumerate(faults):
        settle(server, provider, f"Account {n}")
        provider.say = answering(what, answer)
        page = Browser(server).begin() if what == "description" else None
        status, detail = (page[0], page[1]["detail"]) if page else Browser(server).sign_in()[::2]
        check(status in (403, 503) and words in (detail or ""), f"{what} {answer!r:.30}: {status} {detail}")
        provider.usual()


def test_down(server, provider):
    settle(server, provider, "Account of a provider that is down")
    provider.stop()
    for _ in range(2):
        found = Browser(server).begin()
        check(found[0] == 503 and "does not answer" in found[1]["detail"] or "cannot be asked" in found[1]["detail"], f"a provider that is down: {found}")
    status, headers, _ = Browser(server).get("/api/v1/sign-in/provider", Accept="text/html,*/*")
    check((status, headers["Location"]) == (303, "/sign-in#provider"), "people are shown a page")
    status, _ = server.call("POST", "/session", {"user": "administrator", "password": PASSWORD}, {"Authorization": ""})
    check(status == 200, f"a password works meanwhile: {status}")


# --- groups, new users, edits ---

GROUPS = """  groups_claim: groups
  roles: {admins: administrator, sales: rep}
  groups: {coaches: north}
  new_users: marketing
"""


def test_groups(server, provider):
    (COMPANY / "policy.yaml").write_text("groups:\n  north: {people: [Ana]}\n")
    settle(server, provider, "groups", GROUPS)
    for groups, role, here in [(["sales", "admins", "else"], "administrator", []), (["sales"], "rep", []), (["coaches"], "marketing", ["north"]),
                               ("sales", "rep", []), (None, "marketing", []), ({"a": 1}, "marketing", [])]:
        provider.person.update(sub="3003", email="new@example.com", name="Nia New")
        provider.twist = twisted(groups=groups)
        browser = Browser(server)
        status, _, detail = browser.sign_in()
        me = browser.me() or {}
        check((me.get("role"), me.get("groups"), me.get("name")) == (role, here, "Nia New"), f"{groups}: {me} {status} {detail}")
    settle(server, provider, "none new", GROUPS.replace("  new_users: marketing\n", ""))
    expect_refused(Browser(server), "none of your groups", "who is in no group any more")
    provider.usual()
    check(("provider", "user added", f"new@example.com, administrator, of {provider.issuer}") in audit(server), "the audit log tells of who was made")


def test_locked(server, provider):
    settle(server, provider, "locked")
    server.call("POST", "/users/new@example.com/lock", {"locked": True})
    expect_refused(Browser(server), "is locked", "who is locked")


def test_faulty_edit(server, provider):
    configure(provider, "faulty", "  new_users: king\n")
    while json.loads(server.fetch("GET", "/readyz")[2])["files"] == "as they are":
        pass
    check(server.call("GET", "/sign-in")[1]["provider"] == "locked", "after a faulty edit what was before holds")


def main():
    subprocess.run([PROGRAM, "new", COMPANY], check=True, capture_output=True)
    (COMPANY / "attain.yaml").rename(COMPANY / "attain.yaml.first")
    provider = Provider()
    configure(provider)
    with Server(PROGRAM, COMPANY, environment={"TEST_CLIENT_SECRET": provider.SECRET}) as server:
        test_right(server, provider)
        test_subject_stays(server, provider)
        provider.person.update(email="ana@example.com")
        test_password_beside(server)
        for test in (test_algorithms, test_wrong_tokens, test_browsers):
            test(server, provider)
        test_paths(server)
        for test in (test_rotation, test_throttle, test_ill, test_groups, test_locked, test_faulty_edit, test_down):
            test(server, provider)
        proof = server.call("GET", "/audit/proof")[1]
        check(proof["first_wrong"] is None, f"the audit log is whole: {proof}")
        check(provider.SECRET not in json.dumps(audit(server)), "no secret is in the audit log")
    return 1 if failures else 0


sys.exit(main())
