"""A provider of sign-in (OpenID Connect) on this machine, with keys of its own, that does wrong what a test asks of it."""
import base64
import hashlib
import hmac
import http.server
import json
import secrets
import ssl
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, length=None):
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


class Key:
    """A private key: `alg` RS256, PS256, ES256 or EdDSA."""

    def __init__(self, kid, alg="RS256", bits=2048):
        self.kid, self.alg = kid, alg
        self.private = (ec.generate_private_key(ec.SECP256R1()) if alg == "ES256" else
                        ed25519.Ed25519PrivateKey.generate() if alg == "EdDSA" else
                        rsa.generate_private_key(public_exponent=65537, key_size=bits))

    def jwk(self):
        public = self.private.public_key()
        if self.alg == "ES256":
            point = public.public_numbers()
            parts = {"kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)}
        elif self.alg == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            parts = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
        else:
            numbers = public.public_numbers()
            parts = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        return {"kid": self.kid, "use": "sig", **parts}

    def pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data):
        if self.alg == "ES256":
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.alg == "EdDSA":
            return self.private.sign(data)
        if self.alg == "PS256":
            return self.private.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def token(key, claims, **head):
    head = {"alg": key.alg, "kid": key.kid, "typ": "JWT", **head}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(key.sign(text.encode()))


def unsigned(key, claims):
    return b64(json.dumps({"alg": "none"}).encode()) + "." + b64(json.dumps(claims).encode()) + "."


def signed_by_public_key(key, claims):
    """HS256 with what everybody knows as its secret: the classic confusion of algorithms."""
    text = b64(json.dumps({"alg": "HS256", "kid": key.kid}).encode()) + "." + b64(json.dumps(claims).encode())
    return text + "." + b64(hmac.digest(key.pem(), text.encode(), "sha256"))


class Provider:
    CLIENT, SECRET = "attain", "a client's secret: %+&"

    def __init__(self, certificate=None):
        """Over TLS with the certificate of a path, which present() changes."""
        self.keys = [Key("first")]
        self.signer = self.keys[0]
        self.person = {"sub": "1001", "email": "ana@example.com", "email_verified": True, "name": "Ana Silva"}
        self.codes, self.asked, self.faults = {}, [], []
        self.usual()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *_):
                pass

            def do_GET(self):
                provider.answer(self, None)

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.issuer = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        if certificate:
            self.present(certificate)
            self.server.get_request = self.accept
            self.server.handle_error = lambda *_: None  # who asks refused the certificate
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def present(self, certificate):
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)

    def accept(self):
        """The handshake is done by the thread of the request: who refuses the certificate ends that thread alone."""
        connection, address = self.server.socket.accept()
        return self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def usual(self):
        """Does right again."""
        self.twist, self.make, self.say, self.iss = lambda claims: None, token, lambda what, answer: answer, None

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def description(self):
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/authorize", "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys", "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"]}

    def answer(self, handler, form):
        url = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        what = {"/.well-known/openid-configuration": "description", "/authorize": "authorize", "/token": "token", "/keys": "keys"}[url.path]
        self.asked.append(what)
        if what == "authorize":
            return self.authorize(handler, query)
        if what == "token":
            status, answer = self.redeem(handler, dict(urllib.parse.parse_qsl(form)))
        else:
            status, answer = 200, self.description() if what == "description" else {"keys": [key.jwk() for key in self.keys]}
        answer = self.say(what, answer)
        if isinstance(answer, tuple):
            status, answer = answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        handler.send_response(status)
        if status == 302:
            handler.send_header("Location", self.issuer + "/elsewhere")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # who asked has enough

    def authorize(self, handler, query):
        for name, wanted in {"response_type": "code", "client_id": self.CLIENT, "code_challenge_method": "S256"}.items():
            if query.get(name) != wanted:
                self.faults.append(f"authorize: {name}={query.get(name)}")
        if "openid" not in query.get("scope", "").split():
            self.faults.append("authorize: no openid in scope")
        code = secrets.token_urlsafe()
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "session_state": "of Keycloak's", **({"iss": self.iss} if self.iss else {})}
        handler.send_response(302)
        handler.send_header("Location", query["redirect_uri"] + "?" + urllib.parse.urlencode(back))
        handler.end_headers()

    def redeem(self, handler, form):
        asked = self.codes.pop(form.get("code"), None)
        basic = ":".join(urllib.parse.quote(part, safe="-._~") for part in (self.CLIENT, self.SECRET))
        if handler.headers["Authorization"] != "Basic " + base64.b64encode(basic.encode()).decode():
            return 401, {"error": "invalid_client"}
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not asked or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"], **self.person}
        self.twist(claims)
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.make(self.signer, claims)}
