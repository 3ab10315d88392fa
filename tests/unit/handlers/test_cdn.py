"""Whose address a request comes from, and that nobody can say so but the CDN."""

from collections.abc import Iterator, Mapping

import pytest

from chalicelib.handlers.http.cdn import came_through_the_cdn, viewer_address

NOW, BEFORE = "n" * 64, "b" * 64
ACCEPTED = (NOW, BEFORE)
VIEWER = "198.51.100.10"


def told(address: str, secret: str = NOW) -> dict[str, str]:
    return {"x-ginnel-origin": secret, "x-ginnel-viewer": address}


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (VIEWER, "198.51.100.10"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::1", "::1"),
    ],
)
def test_address_is_the_same_in_every_notation(said: str, address: str) -> None:
    assert viewer_address(told(said), ACCEPTED) == address


@pytest.mark.parametrize("secret", ACCEPTED)
def test_address_is_trusted_under_each_valid_secret(secret: str) -> None:
    assert viewer_address(told(VIEWER, secret), ACCEPTED) == "198.51.100.10"


def test_headers_are_found_when_their_case_differs() -> None:
    sent = {"X-Ginnel-Origin": NOW, "X-Ginnel-Viewer": VIEWER}
    assert viewer_address(sent, ACCEPTED) == "198.51.100.10"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ginnel-viewer": VIEWER},
        {"x-forwarded-for": "198.51.100.10"},
        told(VIEWER, secret=""),
        told(VIEWER, secret=" "),
        told(VIEWER, secret=NOW[:-1]),
        told(VIEWER, secret=f"{NOW}n"),
        told(VIEWER, secret=NOW.upper()),
        told(VIEWER, secret=f"{NOW},{BEFORE}"),
        told(VIEWER, secret=f"{NOW[:-1]}ñ"),
        {"x-ginnel-origin": "x", "X-Ginnel-Origin": NOW, "x-ginnel-viewer": VIEWER},
        {"x_ginnel_origin": NOW, "x-ginnel-viewer": VIEWER},
    ],
)
def test_address_is_not_trusted_when_the_secret_is_wrong(headers: Mapping[str, str]) -> None:
    assert not came_through_the_cdn(headers, ACCEPTED)
    assert viewer_address(headers, ACCEPTED) is None


@pytest.mark.parametrize(
    "said",
    [
        "",
        "198.51.100.10:46532",
        "[2001:db8::1]",
        "198.51.100.10, 203.0.113.9",
        "198.51.100.256",
        "198.51.100.1٣",
        "example.org",
        "198.51.100.10 ",
    ],
)
def test_address_is_unknown_when_it_cannot_be_read(said: str) -> None:
    assert viewer_address(told(said), ACCEPTED) is None


def test_forwarded_address_is_not_trusted_even_from_the_cdn() -> None:
    sent = told(VIEWER) | {"x-forwarded-for": "203.0.113.9, 198.51.100.10"}
    assert viewer_address(sent, ACCEPTED) == "198.51.100.10"
    del sent["x-ginnel-viewer"]
    assert viewer_address(sent, ACCEPTED) is None


@pytest.mark.parametrize("accepted", [(), ("",)])
def test_no_secret_is_valid_when_there_is_none(accepted: tuple[str, ...]) -> None:
    assert not came_through_the_cdn(told(VIEWER, secret=""), accepted)


def test_secrets_are_read_only_as_needed() -> None:
    asked: list[str] = []

    def accepted() -> Iterator[str]:
        for secret in ACCEPTED:
            asked.append(secret)
            yield secret

    assert not came_through_the_cdn({}, accepted())
    assert asked == []
    assert came_through_the_cdn(told(VIEWER), accepted())
    assert asked == [NOW]
