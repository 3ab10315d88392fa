"""Who holds up what as a token, and what comes of it: 401 for all but the whole and living one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec.structs import replace

from chalicelib.accounts.model import SignedInAccount
from chalicelib.accounts.usecases.code_verification import open_session
from chalicelib.accounts.usecases.sessions import sign_out, sign_out_everywhere
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.handlers.http.auth import ACCESS, issue_token
from infra.tokens import account_with
from tests.api.conftest import Api

BOX = "/api/reports?bbox=-1.1,53.9,-1.0,54.0"
DEVICES = "/api/account/devices"
Claims = dict[str, Any]
PAST, FUTURE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Forger:
    """Somebody who has an account, and tries to be another one."""

    who: SignedInAccount
    other: SignedInAccount

    @property
    def secret(self) -> str:
        return container.secret("token").current()

    def claims(self, **changes: Any) -> Claims:
        whole = {
            "sub": self.who.account.account_id,
            "sid": self.who.session.session_id,
            "role": "resident",
            "aud": "ginnel-api",
            "iss": container.settings().site_url,
            "iat": datetime.now(UTC) - timedelta(seconds=1),
            "exp": datetime.now(UTC) + timedelta(minutes=5),
        }
        return {name: value for name, value in (whole | changes).items() if value is not None}

    def signed(self, header: Claims | None = None, key: str | None = None, **changes: Any) -> str:
        """A token under our secret, or that key, with these claims and this more in its header."""
        whole = ACCESS.header | (header or {})
        key = self.secret if key is None else key
        return jwt.encode(self.claims(**changes), key, algorithm=whole["alg"], headers=whole)

    def raw(self, header: Claims, key: bytes = b"", claims: Claims | None = None) -> str:
        """A token put together by hand, as no library would: HMAC-SHA256 under that key."""
        claims = claims or self.claims()
        said = {
            name: int(value.timestamp()) if isinstance(value, datetime) else value
            for name, value in claims.items()
        }
        body = f"{_b64(json.dumps(header).encode())}.{_b64(json.dumps(said).encode())}"
        if not key:
            return f"{body}."
        return f"{body}.{_b64(hmac.new(key, body.encode(), hashlib.sha256).digest())}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def forger(here: Api) -> Forger:
    ports = accounts_ports()

    def somebody(name: str) -> SignedInAccount:
        account = account_with("resident", name, ports)
        return open_session(account, device="Phone", assurance="contact", ports=ports)

    return Forger(somebody("forger"), somebody("other"))


def status_with(here: Api, token: str, path: str = BOX) -> int:
    status: int = here.get(path, token).status_code
    return status


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
EC = ec.generate_private_key(ec.SECP256R1())
OWN_KEY = "a secret of the forger's own, long enough"
OWN_JWK = {"kty": "oct", "k": _b64(OWN_KEY.encode())}
PLAIN = {"alg": "HS256", "typ": "at+jwt"}


def flipped(token: str) -> str:
    body, _, signature = token.rpartition(".")
    return f"{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def other_payload(forger: Forger) -> str:
    """Our header and signature, round what somebody else says."""
    header, _, signature = forger.signed().split(".")
    return ".".join((header, forger.signed(sub="another").split(".")[1], signature))


ATTACKS: dict[str, Callable[[Forger], str]] = {
    # How it is signed.
    "none": lambda f: f.raw(PLAIN | {"alg": "none"}),
    "None, in another case": lambda f: f.raw(PLAIN | {"alg": "nOnE"}),
    "no algorithm": lambda f: f.raw({"typ": "at+jwt"}, f.secret.encode()),
    "none, with our signature": lambda f: f.raw(PLAIN | {"alg": "none"}, f.secret.encode()),
    "signature left out": lambda f: f.signed().rpartition(".")[0] + ".",
    "two parts": lambda f: f.signed().rpartition(".")[0],
    "signature changed": lambda f: flipped(f.signed()),
    "payload changed": other_payload,
    "HS256 under another key": lambda f: f.signed(key=OWN_KEY),
    "HS256 under an empty key": lambda f: f.raw(PLAIN, b"\0"),
    "HS256 under a public key": lambda f: f.raw(PLAIN, PUBLIC_PEM),
    "HS256 under our public address": lambda f: f.raw(PLAIN, b"http://127.0.0.1:8000"),
    "HS384": lambda f: f.signed({"alg": "HS384"}),
    "HS512": lambda f: f.signed({"alg": "HS512"}),
    "RS256": lambda f: jwt.encode(
        f.claims(), RSA, algorithm="RS256", headers=PLAIN | {"alg": "RS256"}
    ),
    "ES256": lambda f: jwt.encode(
        f.claims(), EC, algorithm="ES256", headers=PLAIN | {"alg": "ES256"}
    ),
    "RS256 said, HS256 done": lambda f: f.raw(PLAIN | {"alg": "RS256"}, f.secret.encode()),
    # What the header wants us to do.
    "jwk": lambda f: f.raw(PLAIN | {"jwk": OWN_JWK}, OWN_KEY.encode()),
    "jwk, under our secret": lambda f: f.signed({"jwk": OWN_JWK}),
    "jku": lambda f: f.raw(PLAIN | {"jku": "https://elsewhere.example/k"}, OWN_KEY.encode()),
    "x5u": lambda f: f.raw(PLAIN | {"x5u": "https://elsewhere.example/c"}, OWN_KEY.encode()),
    "x5c": lambda f: f.raw(PLAIN | {"x5c": [_b64(PUBLIC_PEM)]}, OWN_KEY.encode()),
    "kid as a path": lambda f: f.raw(PLAIN | {"kid": "../../../dev/null"}, b"\0"),
    "kid as SQL": lambda f: f.raw(PLAIN | {"kid": "x' UNION SELECT 'k"}, b"k"),
    "kid, under our secret": lambda f: f.signed({"kid": "1"}),
    "crit": lambda f: f.signed({"crit": ["x"], "x": 1}),
    "b64 false": lambda f: f.signed({"crit": ["b64"], "b64": False}),
    "zip": lambda f: f.signed({"zip": "DEF"}),
    # Which kind of token it is.
    "plain JWT": lambda f: f.signed({"typ": "JWT"}),
    "refresh token of another kind": lambda f: f.signed({"typ": "rt+jwt"}),
    "ID token": lambda f: f.signed({"typ": "JWT"}, aud="a-client", nonce="n"),
    "no type": lambda f: f.raw({"alg": "HS256"}, f.secret.encode()),
    "the cookie's token": lambda f: accounts_ports().refresh_tokens.token(f.who.session),
    "the link's token": lambda f: accounts_ports().codes.link_token("0" * 32),
    # What it says.
    "no exp": lambda f: f.signed(exp=None),
    "no aud": lambda f: f.signed(aud=None),
    "no iss": lambda f: f.signed(iss=None),
    "no sub": lambda f: f.signed(sub=None),
    "no sid": lambda f: f.signed(sid=None),
    "expired": lambda f: f.signed(exp=PAST),
    "expired, as a text": lambda f: f.signed(exp="never"),
    "not before": lambda f: f.signed(nbf=FUTURE),
    "issued in the future": lambda f: f.signed(iat=FUTURE),
    "wrong aud": lambda f: f.signed(aud="another-api"),
    "our aud's beginning": lambda f: f.signed(aud="ginnel"),
    "wrong iss": lambda f: f.signed(iss="https://elsewhere.example"),
    "iss with a slash": lambda f: f.signed(iss=container.settings().site_url + "/"),
    "sub that is no text": lambda f: f.raw(PLAIN, f.secret.encode(), f.claims(sub=1)),
    "sid that is no text": lambda f: f.raw(PLAIN, f.secret.encode(), f.claims(sid=["x"])),
    # Whose it is.
    "unknown account": lambda f: f.signed(sub="nobody"),
    "unknown session": lambda f: f.signed(sid="0" * 32),
    "another account's session": lambda f: f.signed(sid=f.other.session.session_id),
    "another account, own session": lambda f: f.signed(sub=f.other.account.account_id),
    "an account's key": lambda f: f.signed(sub=f"{f.who.account.account_id}#account"),
    "an empty account": lambda f: f.signed(sub="", sid=""),
    # No token at all.
    "nonsense": lambda _: "nonsense",
    "three dots": lambda _: "..",
    "no JSON": lambda _: f"{_b64(b'no')}.{_b64(b'no')}.{_b64(b'no')}",
    "a list for a header": lambda _: f"{_b64(b'[]')}.{_b64(b'{}')}.x",
    "very long": lambda f: f.signed(more="x" * 7000)[:-1] + "!",
}


def test_table_has_at_least_the_promised_attacks() -> None:
    assert len(ATTACKS) >= 24


def test_token_is_valid_when_it_is_intact_and_its_session_is_open(
    here: Api, forger: Forger
) -> None:
    made = issue_token(
        forger.who,
        now=datetime.now(UTC),
        secret=forger.secret,
        issuer=container.settings().site_url,
    )
    assert [status_with(here, each) for each in (made, forger.signed())] == [200, 200]
    assert jwt.get_unverified_header(made) == ACCESS.header


@pytest.mark.parametrize("attack", ATTACKS)
def test_token_is_refused_when_it_is_forged(attack: str, here: Api, forger: Forger) -> None:
    assert status_with(here, ATTACKS[attack](forger)) == 401


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "Bearer Bearer"])
def test_token_is_refused_when_it_is_sent_in_another_way(
    scheme: str, here: Api, forger: Forger
) -> None:
    headers = {"Authorization": f"{scheme} {forger.signed()}"}
    assert here.client.http.get(BOX, headers=headers).status_code == 401


def test_token_in_the_address_signs_nobody_in(here: Api, forger: Forger) -> None:
    token = forger.signed()
    for where in (f"?access_token={token}", f"?token={token}"):
        assert here.get(f"{DEVICES}{where}").status_code == 401


def end_session(who: SignedInAccount) -> None:
    sign_out(who.account.account_id, who.session.session_id, accounts_ports())


def end_all_sessions(who: SignedInAccount) -> None:
    sign_out_everywhere(who.account.account_id, accounts_ports())


def disable(who: SignedInAccount) -> None:
    accounts = accounts_ports().accounts
    now = accounts.get(who.account.account_id)
    assert now
    accounts.save(replace(now, disabled_at=datetime.now(UTC)))


@pytest.mark.parametrize("ended", [end_session, end_all_sessions, disable])
def test_token_is_refused_at_once_when_its_owner_signs_out_or_is_disabled(
    ended: Callable[[SignedInAccount], None], here: Api
) -> None:
    ports = accounts_ports()
    account = account_with("resident", f"who-will-{ended.__name__}", ports)
    who = open_session(account, device="Phone", assurance="contact", ports=ports)
    token = Forger(who, who).signed()
    assert status_with(here, token) == 200
    ended(who)
    assert status_with(here, token) == 401


def test_token_is_refused_when_its_session_is_over_and_it_is_not_expired(
    here: Api, forger: Forger
) -> None:
    later = forger.who.session.expires_at + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        assert status_with(here, forger.signed()) == 401


@pytest.mark.parametrize(("after_s", "status"), [(-1, 200), (0, 401), (1, 401)])
def test_token_is_valid_until_its_expiry(
    after_s: int, status: int, here: Api, forger: Forger
) -> None:
    end_ = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    token = forger.signed(exp=end_)
    with time_machine.travel(end_ + timedelta(seconds=after_s), tick=False):
        assert status_with(here, token) == status


def test_role_in_a_token_is_ignored(here: Api, forger: Forger) -> None:
    token = forger.signed(role="admin", roles=["admin"])
    assert status_with(here, token, "/api/partners/keys") == 403


def test_role_is_lost_from_the_next_call_on(here: Api) -> None:
    ports = accounts_ports()
    officer = account_with("officer", "former-officer", ports)
    who = open_session(officer, device="Desk", assurance="staff", ports=ports)
    token, path = Forger(who, who).signed(), "/api/moderation?reason=waiting"
    assert status_with(here, token, path) == 200
    ports.accounts.save(replace(officer, grants=()))
    assert status_with(here, token, path) == 403
