"""An issuer's word is believed when all of it holds; what the issuer publishes is read again when
it has to be, and not more often."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, cast

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.accounts.openid_issuers import OpenIdIssuers
from chalicelib.accounts.tokens import Proofs
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.errors import ConfigurationError, Forbidden, UpstreamFailed
from chalicelib.net.safe_http_client import SafeHttpClient
from tests.support.issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Issuer,
    ec_key,
    jwk,
    query_of,
    rsa_key,
)
from tests.unit.net.network import PUBLIC, FakeNetwork

PROOFS = Proofs(browser="b" * 64, nonce="n" * 64, verifier="v" * 64)
OTHERS = Proofs(browser="x" * 64, nonce="y" * 64, verifier="z" * 64)
BACK = "https://report.council.example/forms/sign-in/back"
MINUTE, HOUR = 60, 3600


class Seconds:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def client_of(
    issuer: Issuer,
    seconds: Seconds,
    outside: Any = None,
    *,
    client_secret: Callable[[str], str] = lambda _: CLIENT_SECRET,
    **values: Any,
) -> OpenIdIssuers:
    """Us, as the client of that issuer."""
    described = {"provider": "national", "label": "Sign in", "serves": "residents"}
    known = IdentityProvider(
        **(described | {"issuer": issuer.url, "client_id": CLIENT_ID} | values)
    )
    return OpenIdIssuers(
        {"national": known},
        cast(SafeHttpClient, outside or issuer),
        back_url=BACK,
        client_secret=client_secret,
        monotonic=seconds,
    )


@pytest.fixture
def client(issuer: Issuer, seconds: Seconds) -> OpenIdIssuers:
    return client_of(issuer, seconds)


def said_of(client: OpenIdIssuers, issuer: Issuer, **claims: Any) -> Any:
    """What we believe of somebody who signs in there."""
    back = issuer.sign_in(client.sign_in_url("national", "s" * 32, PROOFS), **claims)
    return client.claims("national", back["code"], back.get("iss"), PROOFS)


def test_redirect_asks_for_a_code_with_a_challenge_and_the_configured_scopes(
    issuer: Issuer, seconds: Seconds
) -> None:
    asked = {"acr_values": "high", "state": "another", "redirect_uri": "https://elsewhere.example"}
    client = client_of(issuer, seconds, parameters=asked, scopes=("openid",))
    query = query_of(client.sign_in_url("national", "s" * 32, PROOFS))
    digest = hashlib.sha256(PROOFS.verifier.encode()).digest()
    assert query == {
        "acr_values": "high",
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{BACK}/national",
        "scope": "openid",
        "state": "s" * 32,
        "nonce": PROOFS.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }


@pytest.mark.parametrize("ways", [None, ["client_secret_post"], ["client_secret_basic", "other"]])
def test_valid_id_token_is_accepted(ways: Any, issuer: Issuer, seconds: Seconds) -> None:
    issuer.metadata = {"token_endpoint_auth_methods_supported": ways} if ways else {}
    said = said_of(client_of(issuer, seconds), issuer, sub="jo", email="jo@example.org")
    assert (said["sub"], said["email"]) == ("jo", "jo@example.org")


def test_sign_in_fails_like_an_outage_when_the_issuers_secret_is_unusable(
    issuer: Issuer, seconds: Seconds
) -> None:
    def unusable(_: str) -> str:
        raise ConfigurationError("The entry is a number.")

    client = client_of(issuer, seconds, client_secret=unusable)
    with pytest.raises(UpstreamFailed):
        said_of(client, issuer)


@pytest.mark.parametrize("fine", [{"aud": [CLIENT_ID]}, {"azp": CLIENT_ID}], ids=repr)
def test_id_token_is_accepted_in_each_form_of_the_standard(
    fine: Claims, issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.claims = fine
    assert said_of(client, issuer)["sub"] == "subject"


@pytest.mark.parametrize(("claim", "from_now"), [("iat", 50), ("exp", -50)])
def test_id_token_is_accepted_when_the_issuers_clock_is_slightly_off(
    claim: str, from_now: int, issuer: Issuer, client: OpenIdIssuers
) -> None:
    with time_machine.travel(time.time(), tick=False):
        issuer.claims = {claim: int(time.time()) + from_now}
        assert said_of(client, issuer)


def test_id_token_is_accepted_when_it_is_signed_with_an_elliptic_curve(
    issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.key, issuer.algorithm = ec_key("first"), "ES256"
    assert said_of(client, issuer)


def test_id_token_needs_no_key_id_when_the_issuer_has_one_key(
    issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.header, issuer.keys = {"kid": None}, [jwk(issuer.key)]
    issuer.signing = lambda claims: jwt.encode(claims, issuer.key, "RS256")
    assert said_of(client, issuer)


PAST, FUTURE = 1_577_836_800, 4_102_444_800
WRONG_CLAIMS: list[Claims] = [
    {"iss": None},
    {"iss": "https://elsewhere.example"},
    {"iss": "https://id.example.org/"},
    {"aud": None},
    {"aud": "another"},
    {"aud": []},
    {"aud": [CLIENT_ID, "another"]},
    {"aud": ["another"]},
    {"azp": "another"},
    {"azp": None, "aud": ["another", CLIENT_ID]},
    {"exp": None},
    {"exp": PAST},
    {"exp": "never"},
    {"iat": None},
    {"iat": FUTURE},
    {"iat": "now"},
    {"nbf": FUTURE},
    {"nonce": None},
    {"nonce": ""},
    {"nonce": OTHERS.nonce},
    {"nonce": [PROOFS.nonce]},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 256},
]


@pytest.mark.parametrize("wrong", WRONG_CLAIMS, ids=repr)
def test_id_token_is_refused_when_a_claim_is_invalid(
    wrong: Claims, issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.claims = wrong
    with pytest.raises(Forbidden):
        said_of(client, issuer)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(header: Claims, claims: Claims, key: bytes = b"") -> str:
    """A word put together as no library would."""
    body = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{body}.{b64(hmac.new(key, body.encode(), hashlib.sha256).digest()) if key else ''}"


OWN = rsa_key("first")
THIEF = rsa_key("thief")
PEM = OWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
KID: Claims = {"kid": "first"}


def other_payload(claims: Claims) -> str:
    header, _, signature = jwt.encode(claims, OWN, "RS256", KID).split(".")
    payload = jwt.encode(claims | {"sub": "another"}, OWN, "RS256", KID).split(".")[1]
    return ".".join((header, payload, signature))


WRONG_WORDS: dict[str, Callable[[Claims], str]] = {
    "no signature": lambda claims: by_hand({"alg": "none"}, claims),
    "no signature, in capitals": lambda claims: by_hand({"alg": "NONE"} | KID, claims),
    "no algorithm": lambda claims: by_hand(KID, claims),
    "no known algorithm": lambda claims: by_hand({"alg": ["RS256"]} | KID, claims),
    "our secret as its key": lambda claims: by_hand(
        {"alg": "HS256"} | KID, claims, CLIENT_SECRET.encode()
    ),
    "the public key as a secret": lambda claims: by_hand({"alg": "HS256"} | KID, claims, PEM),
    "the public key as a secret under the right name": lambda claims: by_hand(
        {"alg": "RS256"} | KID, claims, PEM
    ),
    "another's key": lambda claims: jwt.encode(claims, THIEF, "RS256", KID),
    "a key of its own in the header": lambda claims: jwt.encode(
        claims, THIEF, "RS256", KID | {"jwk": jwk(THIEF)}
    ),
    "an address of a key in the header": lambda claims: jwt.encode(
        claims, THIEF, "RS256", KID | {"jku": "https://elsewhere.example/jwks"}
    ),
    "a certificate in the header": lambda claims: jwt.encode(
        claims, THIEF, "RS256", KID | {"x5u": "https://elsewhere.example", "x5c": ["AAAA"]}
    ),
    "a path as the key's name": lambda claims: jwt.encode(
        claims, THIEF, "RS256", {"kid": "../../dev/null"}
    ),
    "an unknown key": lambda claims: jwt.encode(claims, OWN, "RS256", {"kid": "unknown"}),
    "another algorithm of the same key": lambda claims: jwt.encode(claims, OWN, "PS256", KID),
    "an elliptic curve under the name of an RSA key": lambda claims: jwt.encode(
        claims, ec_key("first"), "ES256", KID
    ),
    "what has to be understood": lambda claims: jwt.encode(
        claims, OWN, "RS256", KID | {"crit": ["more"], "more": 1}
    ),
    "another payload": other_payload,
    "no payload": lambda claims: jwt.encode(claims, OWN, "RS256", KID).split(".")[0] + "..",
    "five parts": lambda claims: jwt.encode(claims, OWN, "RS256", KID) + ".a.b",
    "no word at all": lambda claims: "word",
    "a list": lambda claims: jwt.api_jws.encode(b"[]", OWN, "RS256", KID),
}


@pytest.mark.parametrize("wrong", WRONG_WORDS)
def test_id_token_is_refused_when_it_is_not_properly_signed(
    wrong: str, issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.signing = WRONG_WORDS[wrong]
    with pytest.raises(Forbidden):
        said_of(client, issuer)


def test_same_id_token_without_the_attack_is_accepted(
    issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.signing = lambda claims: jwt.encode(claims, OWN, "RS256", KID)
    assert said_of(client, issuer)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [jwk(OWN, kid="first", use="enc")],
        [jwk(OWN, kid="first", alg="PS256")],
        [jwk(OWN, kid="first"), jwk(OWN, kid="first")],
        [{"kty": "oct", "k": b64(CLIENT_SECRET.encode()), "kid": "first"}],
        [{"kty": "RSA", "kid": "first", "n": "AQAB", "e": "AQAB"}],
        [{"kid": "first"}],
        ["first", None],
    ],
    ids=["none", "for secrecy", "of another algorithm", "two", "secret", "short", "bare", "texts"],
)
def test_id_token_is_refused_when_the_issuer_publishes_no_matching_key(
    keys: Any, issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.keys = keys
    with pytest.raises(Forbidden):
        said_of(client, issuer)


def test_id_token_is_refused_when_its_key_is_too_short(
    issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.key = rsa_key("short", 1024)
    issuer.signing = lambda claims: jwt.PyJWT({"enforce_minimum_key_length": False}).encode(
        claims, issuer.key, "RS256", KID
    )
    with pytest.warns(match="1024"), pytest.raises(Forbidden):
        said_of(client, issuer)


def test_token_is_refused_when_it_is_signed_with_another_algorithm_than_configured(
    issuer: Issuer, seconds: Seconds
) -> None:
    with pytest.raises(Forbidden):
        said_of(client_of(issuer, seconds, algorithms=("ES256",)), issuer)


# The code.


def test_code_is_refused_without_its_verifier(issuer: Issuer, client: OpenIdIssuers) -> None:
    back = issuer.sign_in(client.sign_in_url("national", "s" * 32, PROOFS))
    with pytest.raises(Forbidden):
        client.claims("national", back["code"], None, OTHERS)


def test_code_is_accepted_once(issuer: Issuer, client: OpenIdIssuers) -> None:
    back = issuer.sign_in(client.sign_in_url("national", "s" * 32, PROOFS))
    client.claims("national", back["code"], None, PROOFS)
    with pytest.raises(Forbidden):
        client.claims("national", back["code"], None, PROOFS)


@pytest.mark.parametrize("names_itself", [True, False])
@pytest.mark.parametrize("answering", [None, "https://id.example.org", "https://elsewhere.example"])
def test_code_is_not_sent_when_another_issuer_answered(
    answering: str | None, names_itself: bool, issuer: Issuer, seconds: Seconds
) -> None:
    issuer.names_itself = names_itself
    client = client_of(issuer, seconds)
    back = issuer.sign_in(client.sign_in_url("national", "s" * 32, PROOFS))
    right = answering == issuer.url or (answering is None and not names_itself)
    if right:
        assert client.claims("national", back["code"], answering, PROOFS)
    else:
        with pytest.raises(Forbidden):
            client.claims("national", back["code"], answering, PROOFS)
    assert issuer.asked["/token"] == int(right)


# What it publishes.


def test_metadata_and_keys_are_read_once_an_hour(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    for now in (0, 1, HOUR - 1):
        seconds.now = now
        said_of(client, issuer)
    assert (issuer.asked["/.well-known/openid-configuration"], issuer.asked["/jwks"]) == (1, 1)
    seconds.now = HOUR
    said_of(client, issuer)
    assert (issuer.asked["/.well-known/openid-configuration"], issuer.asked["/jwks"]) == (2, 2)


def test_new_key_is_found_when_the_issuer_changes_it(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    said_of(client, issuer)
    issuer.rotate("second")
    seconds.now = MINUTE
    assert said_of(client, issuer)
    assert issuer.asked["/jwks"] == 2


def test_new_key_is_found_when_the_issuers_tokens_name_none(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    issuer.signing = lambda claims: jwt.encode(claims, issuer.key, "RS256")
    said_of(client, issuer)
    issuer.rotate("second")
    seconds.now = MINUTE
    assert said_of(client, issuer)


def test_cached_metadata_is_used_for_some_hours_during_an_outage(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    said_of(client, issuer)
    issuer.hides = True
    seconds.now = 6 * HOUR - 1
    assert said_of(client, issuer)
    seconds.now = 6 * HOUR
    with pytest.raises(UpstreamFailed):
        said_of(client, issuer)


def test_issuer_that_is_down_is_asked_once_in_ten_seconds(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    issuer.hides = True
    for now, asked in ((0, 1), (1, 1), (9, 1), (10, 2), (19, 2), (20, 3)):
        seconds.now = now
        with pytest.raises(UpstreamFailed):
            client.sign_in_url("national", "s" * 32, PROOFS)
        assert issuer.asked["/.well-known/openid-configuration"] == asked


def test_old_key_is_accepted_only_while_it_is_cached(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    said_of(client, issuer)
    issuer.keys = [jwk(THIEF, kid="second")]
    seconds.now = HOUR
    with pytest.raises(Forbidden):
        said_of(client, issuer)


def test_unknown_key_is_looked_for_once_a_minute(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    said_of(client, issuer)
    issuer.header = {"kid": "unknown"}
    for now, read in ((0, 1), (MINUTE - 1, 1), (MINUTE, 2), (2 * MINUTE - 1, 2), (2 * MINUTE, 3)):
        seconds.now = now
        with pytest.raises(Forbidden):
            said_of(client, issuer)
        assert issuer.asked["/jwks"] == read


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": "https://id.example.org/"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"authorization_endpoint": ["https://id.example.org/authorize"]},
    ],
    ids=repr,
)
def test_redirect_is_refused_when_the_metadata_is_not_the_issuers_own(
    wrong: Claims, issuer: Issuer, client: OpenIdIssuers
) -> None:
    issuer.metadata = wrong
    with pytest.raises(UpstreamFailed):
        client.sign_in_url("national", "s" * 32, PROOFS)


def test_redirect_is_refused_when_the_issuer_does_not_answer(
    issuer: Issuer, client: OpenIdIssuers, seconds: Seconds
) -> None:
    issuer.is_down = True
    with pytest.raises(UpstreamFailed):
        client.sign_in_url("national", "s" * 32, PROOFS)
    issuer.is_down, seconds.now = False, 10
    assert client.sign_in_url("national", "s" * 32, PROOFS)


def test_sign_in_can_be_retried_when_the_issuer_stops_answering(
    issuer: Issuer, client: OpenIdIssuers
) -> None:
    back = issuer.sign_in(client.sign_in_url("national", "s" * 32, PROOFS))
    issuer.is_down = True
    with pytest.raises(UpstreamFailed):
        client.claims("national", back["code"], None, PROOFS)


INSIDE = "https://inside.example.org/x"
OURSELVES = "http://169.254.169.254/latest/meta-data"


@pytest.mark.parametrize("address", [INSIDE, OURSELVES, "https://id.example.org:8443/x", "x"])
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_internal_address_is_never_requested_when_the_issuer_names_it(
    name: str, address: str, issuer: Issuer, seconds: Seconds
) -> None:
    """S7: the issuer's own host is the only one that a socket is opened to."""
    issuer.metadata = {name: address}
    network = FakeNetwork({"id.example.org": [[PUBLIC]], "inside.example.org": [["10.0.0.5"]]})
    client = client_of(issuer, seconds, TwoWays(issuer, SafeHttpClient(network), address))
    with pytest.raises(UpstreamFailed):
        said_of(client, issuer)
    assert network.connected == []


class TwoWays:
    """Answers for the issuer itself; all other addresses are asked outside."""

    def __init__(self, issuer: Issuer, outside: SafeHttpClient, address: str) -> None:
        self._issuer, self._outside, self._address = issuer, outside, address

    def _way(self, url: str) -> Any:
        return self._outside if url == self._address else self._issuer

    def check(self, url: str, **more: Any) -> None:
        self._way(url).check(url, **more)

    def get(self, url: str, **more: Any) -> Any:
        return self._way(url).get(url, **more)

    def post(self, url: str, *parts: Any, **more: Any) -> Any:
        return self._way(url).post(url, *parts, **more)
