"""The key that browsers know us by: it follows from the secret, and says who sends."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)

from chalicelib.net.vapid_keys import (
    ORDER,
    PushKey,
    decode_base64url,
    encode_base64url,
    origin_of,
    scalar_of,
)
from tests.support.builders import NOON

SECRET = "s" * 64
SITE = "https://report.council.example"
ENDPOINT = "https://push.example.org/wpush/v2/gAAAA"
PINNED = "BBbzhL61vtpWJX4DzwY7RsKHDFyUSS81z698OMKxFq6O6JOPoCxs-OtMn-rbZJsNcxwQ-7cjRs5xHBOr9_izlYo"


def word_of(key: PushKey, endpoint: str = ENDPOINT) -> tuple[str, str]:
    """The signed word and the public key of the header."""
    kind, word, public = key.authorization(endpoint, NOON).replace(",", "").split(" ")
    assert (kind, word[:2], public[:2]) == ("vapid", "t=", "k=")
    return word[2:], public[2:]


def test_key_is_the_same_for_the_same_secret() -> None:
    """Another one would make every browser's subscription void."""
    assert PushKey(SECRET, subject=SITE).public_key == PINNED
    assert PushKey("t" * 64, subject=SITE).public_key != PINNED


def test_private_key_is_a_number_of_the_curve() -> None:
    numbers = {scalar_of(str(number)) for number in range(200)}
    assert len(numbers) == 200 and min(numbers) >= 1 and max(numbers) < ORDER


@pytest.mark.parametrize("number", [1, ORDER - 1])
def test_order_of_the_curve_equals_the_librarys(number: int) -> None:
    derive_private_key(number, SECP256R1())
    with pytest.raises(ValueError):
        derive_private_key(ORDER, SECP256R1())


def test_public_key_is_a_point_in_browsers_format() -> None:
    point = decode_base64url(PushKey(SECRET, subject=SITE).public_key)
    assert len(point) == 65 and point[0] == 4
    EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)


def test_token_is_signed_for_the_push_service_and_for_less_than_a_day() -> None:
    word, public = word_of(PushKey(SECRET, subject=SITE))
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decode_base64url(public))
    claims = jwt.decode(
        word,
        point,
        algorithms=["ES256"],
        audience="https://push.example.org",
        options={"require": ["aud", "exp", "sub"], "verify_exp": False},
    )
    over = datetime.fromtimestamp(claims["exp"], UTC)
    assert NOON < over <= NOON + timedelta(hours=24)
    assert claims == {"aud": "https://push.example.org", "exp": claims["exp"], "sub": SITE}


def test_token_is_not_valid_under_another_key() -> None:
    word, _ = word_of(PushKey(SECRET, subject=SITE))
    other = PushKey("t" * 64, subject=SITE).public_key
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decode_base64url(other))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(word, point, algorithms=["ES256"], options={"verify_aud": False})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://push.example.org/a/b?c=d#e", "https://push.example.org"),
        ("https://Push.Example.org:443/a", "https://push.example.org"),
        ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
    ],
)
def test_origin_has_the_format_of_push_services(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_bytes_are_decoded_with_or_without_padding() -> None:
    for some in (b"", b"a", b"ab", b"abc", b"\xff\xfe\xfd\xfc"):
        assert (
            decode_base64url(encode_base64url(some))
            == some
            == decode_base64url(encode_base64url(some) + "==")
        )
    assert encode_base64url(b"\xff\xfe") == "__4"
