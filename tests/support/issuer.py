"""An OpenID Connect issuer that is correct unless a test breaks something.

Unlike `oidc-provider-mock`, it checks PKCE and the client's secret, rotates its keys, names itself
(RFC 9207), and can put anything into its ID token.
"""

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from chalicelib.bootstrap import container
from chalicelib.net.reply import Reply
from tests.support.http_client import InProcessClient

CLIENT_ID, CLIENT_SECRET = "ginnel", "the client's secret: odd & long"
Claims = dict[str, Any]
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The key with this name, generated once, as that is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def jwk(key: Key, **more: Any) -> Claims:
    """The public key, as an issuer publishes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | more
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | more


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@dataclass
class Issuer(InProcessClient):
    """The issuer with the name `url`.

    `claims` change its ID token (None leaves a claim out), `header` the token's header, `metadata`
    its published document; `signing` makes the whole token. `asked` counts requests by path. While
    `hides` is set, it publishes nothing.
    """

    url: str = "https://id.example.org"
    kid: str = "first"
    key: Key = field(default_factory=lambda: rsa_key("first"))
    algorithm: str = "RS256"
    claims: Claims = field(default_factory=dict)
    header: Claims = field(default_factory=dict)
    metadata: Claims = field(default_factory=dict)
    signing: Callable[[Claims], str] | None = None
    names_itself: bool = False
    is_down: bool = False
    hides: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    keys: list[Claims] | None = None
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def sign_in(self, way: str, **claims: Any) -> dict[str, str]:
        """Sign in at the issuer. Returns the query with which the browser is redirected back."""
        asked = query_of(way)
        assert way.startswith(f"{self.url}/authorize?"), way
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        code = f"code {next(self._numbers)} at {self.url}"
        self._codes[code] = asked | {"claims": json.dumps(claims)}
        names = {"iss": self.url} if self.names_itself else {}
        return {"state": asked["state"], "code": code, **names}

    def rotate(self, kid: str) -> None:
        """Use another key from now on, and publish only that one."""
        self.kid, self.key = kid, rsa_key(kid)

    def check(self, url: str, *, timeout_s: float) -> None:
        """Implement the HTTP client's port, with `answered`."""

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        return self.answer(urlsplit(url).path, headers, body)

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.asked[path] += 1
        if self.is_down or (self.hides and path != "/token"):
            return Reply(503, {}, b"down")
        answers: dict[str, Callable[[], Claims]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda: {"keys": self._published_keys()},
            "/token": lambda: self._token(headers, body),
        }
        said = answers[path]()
        status = 400 if "error" in said else 200
        return Reply(status, {"content-type": "application/json"}, json.dumps(said).encode())

    def _metadata(self) -> Claims:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "authorization_response_iss_parameter_supported": self.names_itself,
            **self.metadata,
        }

    def _published_keys(self) -> list[Claims]:
        return [jwk(self.key, kid=self.kid, use="sig")] if self.keys is None else self.keys

    def _token(self, headers: Mapping[str, str], body: bytes) -> Claims:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if not self._knows(headers, form):
            return {"error": "invalid_client"}
        asked = self._codes.pop(form["code"], None)
        verifier = form.get("code_verifier", "").encode()
        challenge = urlsafe_b64encode(sha256(verifier).digest()).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return {"error": "invalid_grant"}
        return {"access_token": "unused", "id_token": self._word(asked)}

    def _knows(self, headers: Mapping[str, str], form: Mapping[str, str]) -> bool:
        if self.metadata.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            return (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        escaped = "the+client%27s+secret%3A+odd+%26+long"
        pair = b64encode(f"{CLIENT_ID}:{escaped}".encode()).decode()
        return headers.get("authorization") == f"Basic {pair}"

    def _word(self, asked: Mapping[str, str]) -> str:
        now = int(time.time())
        whole = {
            "iss": self.url,
            "sub": "subject",
            "aud": CLIENT_ID,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            **json.loads(asked["claims"]),
            **self.claims,
        }
        said = {name: value for name, value in whole.items() if value is not None}
        if self.signing:
            return self.signing(said)
        return jwt.encode(said, self.key, self.algorithm, {"kid": self.kid, **self.header})


def staff_at(issuer: Issuer) -> Claims:
    """The issuer in a council's configuration, as the sign-in of its staff."""
    return {
        "provider": "staff",
        "label": "I work for the council",
        "for": "staff",
        "issuer": issuer.url,
        "client_id": CLIENT_ID,
        "grants": [
            {"group": "roads", "role": "officer", "teams": ["highways"]},
            {"group": "it", "role": "admin"},
        ],
    }


def give_client_secret(*providers: str) -> None:
    """Store our client secret for these providers."""
    boto3.client("secretsmanager").put_secret_value(
        SecretId=container.settings().identity_secret_arn,
        SecretString=json.dumps(dict.fromkeys(providers, CLIENT_SECRET)),
    )


@contextmanager
def serve_issuer(issuer: Issuer) -> Iterator[Issuer]:
    """Run the issuer on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = issuer.answer(
                urlsplit(self.path).path,
                {name.lower(): value for name, value in self.headers.items()},
                body,
            )
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield issuer
        server.shutdown()
