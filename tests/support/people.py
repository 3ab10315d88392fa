"""Sign in like a browser without JavaScript."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from chalice.test import HTTPResponse

from infra.local import mail

FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537",
}
CODE = re.compile(r"\b[0-9]{6}\b")


def post_form(http: Any, path: str, headers: Any = FORM, **fields: str) -> HTTPResponse:
    answer: HTTPResponse = http.post(path, headers=headers, body=urlencode(fields).encode())
    return answer


def ask_for_code(http: Any, address: str, onward: str = "") -> str:
    """Request a code. Returns the id of the attempt."""
    answer = post_form(http, "/forms/sign-in", address=address, next=onward)
    return attempt_in(answer)


def attempt_in(answer: HTTPResponse) -> str:
    """The id of the attempt in the redirect of a response."""
    assert answer.status_code == 303, answer.body
    found = re.fullmatch(r"/forms/sign-in/code\?attempt=([0-9a-f]{32})", answer.headers["Location"])
    assert found
    return found[1]


def newest_code(address: str) -> str:
    """The code in the last message with a code to that address or phone number (+447700900123)."""
    return next(code_in(body) for body in _bodies(address) if CODE.search(body))


def code_in(body: str) -> str:
    found = CODE.search(body)
    assert found
    return found[0]


def newest_link(address: str) -> str:
    """The path of the link in the last email to that address."""
    found = re.search(r"https?://[^/\s]+(/forms/sign-in/confirm/\S+)", next(_bodies(address)))
    assert found
    return found[1]


def _bodies(address: str) -> Iterator[str]:
    """The messages to that address, newest first."""
    return (each["body"] for each in mail.outbox()["items"] if each["to"] == address)


def sign_in_with(http: Any, attempt_id: str, code: str) -> str:
    """Enter the code. Returns the session cookie."""
    answer = post_form(http, "/forms/sign-in/code", attempt=attempt_id, code=code)
    assert answer.status_code == 303, answer.body
    return cookie_in(answer)


def cookie_in(answer: HTTPResponse) -> str:
    return cookies_in(answer)[0].partition(";")[0]


def cookies_in(answer: HTTPResponse) -> list[str]:
    found: Any = answer.headers["Set-Cookie"]
    return found if isinstance(found, list) else [found]
