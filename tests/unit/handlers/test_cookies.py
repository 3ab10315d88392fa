"""Which cookies of a request are read, in whatever headers they come."""

from typing import Any

import pytest
from chalice.app import Request

from chalicelib.errors import Invalid
from chalicelib.handlers.http import cookies


def request(headers: dict[str, str], several: dict[str, list[str]] | None) -> Request:
    event: dict[str, Any] = dict.fromkeys(
        ("multiValueQueryStringParameters", "pathParameters", "body", "stageVariables")
    )
    context = {"httpMethod": "POST", "resourcePath": "/"}
    return Request(
        {**event, "headers": headers, "requestContext": context, "multiValueHeaders": several}
    )


@pytest.fixture(autouse=True)
def _(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cookies, "name_of", lambda name: name)


@pytest.mark.parametrize(
    ("headers", "several", "value"),
    [
        ({"Cookie": "a=1; ginnel-session=2"}, None, "2"),
        ({"cookie": "ginnel-session=2"}, {"cookie": ["ginnel-session=2"]}, "2"),
        ({"Cookie": "a=1"}, {"Cookie": ["ginnel-session=2", "a=1"]}, "2"),
        ({"Cookie": "GINNEL-SESSION=3"}, {}, ""),
        ({}, None, ""),
        ({"Cookie": ";;=; ginnel-session"}, None, ""),
    ],
)
def test_cookie_is_read_when_it_comes_in_any_of_the_headers(
    headers: dict[str, str], several: dict[str, list[str]] | None, value: str
) -> None:
    assert cookies.read_cookie(request(headers, several)) == value


def test_two_cookies_of_one_name_are_refused_when_they_come_in_two_headers() -> None:
    both = ["ginnel-session=1", "a=1; ginnel-session=2"]
    with pytest.raises(Invalid, match="two cookies"):
        cookies.read_cookie(request({"Cookie": both[-1]}, {"Cookie": both}))
