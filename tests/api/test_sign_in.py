"""Signing in as a browser does it: the address, a code or a link, the cookie, and out again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.accounts.model import ACCESS_VALID_FOR, CODE_VALID_FOR, Destination
from chalicelib.accounts.usecases.code_verification import ensure_account
from chalicelib.alerts.dynamo.alerts import DynamoSendingBudget
from chalicelib.alerts.sms_budget import segments_a_day
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.handlers.accounts.sign_in_pages import own_path
from infra.local import mail
from tests.api.conftest import Api
from tests.support.log_lines import capture_lines, decode_lines, metric_faults
from tests.support.people import (
    FORM,
    ask_for_code,
    cookie_in,
    cookies_in,
    newest_code,
    newest_link,
    post_form,
    sign_in_with,
)
from tests.support.seam import record_tries

SITE = "http://127.0.0.1:8000"
READS = ("GetItem", "BatchGetItem", "Query", "GetSecretValue")
numbers = count()


@pytest.fixture
def address() -> str:
    return f"resident{next(numbers)}@example.org"


def sent_code(here: Api, address: str) -> tuple[str, str]:
    """An attempt for that address, and the code that arrived."""
    attempt_id = ask_for_code(here.client.http, address)
    here.cloud.pump.run_until_idle()
    return attempt_id, newest_code(address)


def sent_link(here: Api, address: str, onward: str) -> tuple[str, str]:
    """The path of the link that arrived, and its token."""
    ask_for_code(here.client.http, address, onward)
    here.cloud.pump.run_until_idle()
    path, _, token = newest_link(address).partition("?token=")
    return path, token


def code_page(here: Api, attempt_id: str) -> HTTPResponse:
    answer: HTTPResponse = here.client.http.get(f"/forms/sign-in/code?attempt={attempt_id}")
    return answer


def enter(here: Api, attempt_id: str, code: str) -> HTTPResponse:
    return post_form(here.client.http, "/forms/sign-in/code", attempt=attempt_id, code=code)


def done(onward: str) -> str:
    return f"/forms/sign-in/done?{urlencode({'next': onward})}"


def cookie_of(here: Api, address: str) -> str:
    return sign_in_with(here.client.http, *sent_code(here, address))


def refreshed(here: Api, cookie: str, **headers: str) -> HTTPResponse:
    answer: HTTPResponse = here.client.http.post(
        "/api/session/refresh", headers={"Cookie": cookie, **headers}
    )
    return answer


def bearer_of(here: Api, cookie: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {refreshed(here, cookie).json_body['access_token']}"}


def delete(here: Api, path: str, headers: dict[str, str]) -> Any:
    return here.client.http.delete(path, headers=headers)


# The way in.


def test_resident_signs_in_with_the_code_from_the_email_and_continues(
    here: Api, address: str
) -> None:
    http = here.client.http
    attempt_id = ask_for_code(http, address.upper(), "/account/reports")
    here.cloud.pump.run_until_idle()
    answer = post_form(
        http,
        "/forms/sign-in/code",
        attempt=attempt_id,
        code=newest_code(address),
        next="/account/reports",
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/reports")
    session = refreshed(here, cookie_in(answer)).json_body
    assert session["account"]["roles"] == ["resident"]
    devices = here.get("/api/account/devices", session["access_token"]).json_body["items"]
    assert [(each["device"], each["is_this"]) for each in devices] == [("Chrome on Android", True)]


def test_resident_signs_in_with_a_text_message(here: Api) -> None:
    attempt_id = ask_for_code(here.client.http, "07700 900999")
    here.cloud.pump.run_until_idle()
    assert sign_in_with(here.client.http, attempt_id, newest_code("+447700900999"))


def test_link_shows_a_button_and_only_that_signs_in(here: Api, address: str) -> None:
    http = here.client.http
    ask_for_code(http, address)
    here.cloud.pump.run_until_idle()
    path, _, token = newest_link(address).partition("?token=")
    for _ in range(3):
        with record_tries() as tries:
            shown = http.get(f"{path}?token={token}")
        assert shown.status_code == 200 and f'value="{token}"'.encode() in shown.body
        assert "Set-Cookie" not in shown.headers and tries == []
    answer = post_form(http, path, token=token)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/")
    assert post_form(http, path, token=token).status_code == 404


@pytest.mark.parametrize("path", ["/forms/sign-in", f"/forms/sign-in/confirm/{'0' * 32}?token=x"])
def test_get_writes_nothing(path: str, here: Api) -> None:
    with record_tries() as tries:
        assert here.client.http.get(path).status_code == 200
    assert [each.operation for each in tries if not each.operation.endswith(READS)] == []


def test_link_is_refused_when_its_token_is_altered(here: Api, address: str) -> None:
    attempt_id = ask_for_code(here.client.http, address)
    for token in ("", "0" * 32, "x" * 5000):
        path = f"/forms/sign-in/confirm/{attempt_id}"
        assert post_form(here.client.http, path, token=token).status_code == 404


@pytest.mark.parametrize("attempt_id", ["", "x", "0" * 31, "../code", "0" * 33, "G" * 32])
def test_page_says_to_start_again_when_the_attempt_is_unknown(attempt_id: str, here: Api) -> None:
    answer = post_form(here.client.http, "/forms/sign-in/code", attempt=attempt_id, code="000000")
    assert answer.status_code == 404 and b"/forms/sign-in" in answer.body


def test_page_comes_back_with_the_input_when_it_is_not_an_address(here: Api) -> None:
    answer = post_form(here.client.http, "/forms/sign-in", address="not <an> address")
    assert answer.status_code == 400
    assert b"not &lt;an&gt; address" in answer.body and b'id="address-error"' in answer.body


def test_sixth_code_is_refused_with_the_waiting_time(here: Api, address: str) -> None:
    at = datetime.now(UTC).replace(minute=10)
    with time_machine.travel(at, tick=False):
        for _ in range(5):
            ask_for_code(here.client.http, address)
        answer = post_form(here.client.http, "/forms/sign-in", address=address)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_each_sign_in_opens_a_new_session(here: Api, address: str) -> None:
    first, second = cookie_of(here, address), cookie_of(here, address)
    assert first.split(".")[0] == second.split(".")[0]
    assert first.split(".")[1] != second.split(".")[1]


# The page of the code.


def test_page_of_the_code_is_opened_again_without_another_code(here: Api, address: str) -> None:
    attempt_id, code = sent_code(here, address)
    with record_tries() as tries:
        pages = [code_page(here, attempt_id) for _ in range(2)]
    assert [each.status_code for each in pages] == [200, 200]
    assert address.encode() in pages[1].body
    assert {each.operation for each in tries} == {"dynamodb.GetItem"}
    assert sign_in_with(here.client.http, attempt_id, f"{code[:3]}-{code[3:]} ")


@pytest.mark.parametrize("typed", ["", "12", "abcdef", "12345", "1234567"])
def test_input_that_cannot_be_a_code_costs_no_try(typed: str, here: Api, address: str) -> None:
    attempt_id, code = sent_code(here, address)
    for _ in range(6):
        answer = enter(here, attempt_id, typed)
        assert answer.status_code == 400 and b"Enter the 6-digit code" in answer.body
    assert sign_in_with(here.client.http, attempt_id, code)


def test_page_says_how_many_tries_are_left_and_at_last_offers_a_new_code(
    here: Api, address: str
) -> None:
    attempt_id, code = sent_code(here, address)
    wrong = "000000" if code != "000000" else "111111"
    told = [enter(here, attempt_id, wrong).body.decode() for _ in range(5)]
    for left, page in zip(("4 more tries", "3 more", "2 more", "one more try"), told, strict=False):
        assert left in page and 'name="code"' in page
    for page in (told[4], enter(here, attempt_id, code).body.decode()):
        assert 'name="code"' not in page
        assert f'name="address" value="{address}"' in page


@pytest.mark.parametrize("is_used", [True, False])
def test_page_hides_the_address_when_its_code_has_expired(
    is_used: bool, here: Api, address: str
) -> None:
    attempt_id = ask_for_code(here.client.http, address, "/report/")
    here.cloud.pump.run_until_idle()
    if is_used:
        sign_in_with(here.client.http, attempt_id, newest_code(address))
    with time_machine.travel(datetime.now(UTC) + CODE_VALID_FOR * (not is_used), tick=False):
        shown = code_page(here, attempt_id)
    assert shown.status_code == 400 and address.encode() not in shown.body
    assert b'href="/forms/sign-in?next=%2Freport%2F"' in shown.body
    assert (b'<a href="/report/">continue</a>' in shown.body) is is_used


def test_page_does_not_show_an_address_that_is_to_be_added(here: Api, address: str) -> None:
    bearer = bearer_of(here, cookie_of(here, address))
    new = here.client.http.post(
        "/api/account/addresses",
        headers=bearer | {"Content-Type": "application/json"},
        body=f'{{"address": "other-{address}"}}'.encode(),
    )
    assert code_page(here, new.json_body["attempt_id"]).status_code == 404


# The device that is known.


def device_in(answer: HTTPResponse) -> str:
    """The cookie by which the device is known from now on."""
    (cookie,) = [each for each in cookies_in(answer) if each.startswith("ginnel-device=")]
    assert {"Path=/forms/sign-in", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    return cookie.partition(";")[0]


def known_device(here: Api, address: str) -> str:
    attempt_id, code = sent_code(here, address)
    return device_in(enter(here, attempt_id, code))


def asked_with(here: Api, address: str, cookie: str) -> int:
    headers = FORM | {"Cookie": cookie}
    return post_form(here.client.http, "/forms/sign-in", headers, address=address).status_code


def lock_out(here: Api, address: str) -> None:
    """A stranger asks for every code that there is."""
    while asked_with(here, address, "") == 303:
        pass


def test_owner_is_not_locked_out_when_a_stranger_requests_every_code(
    here: Api, address: str
) -> None:
    device = known_device(here, address)
    with time_machine.travel(datetime.now(UTC).replace(minute=10), tick=False):
        lock_out(here, address)
        assert asked_with(here, address, device) == 303
        assert asked_with(here, address.upper(), f"other=1; {device}") == 303
        refused = post_form(here.client.http, "/forms/sign-in", address=address)
    assert b"device that has signed in with this address before" in refused.body


def test_device_is_known_after_a_link_and_for_every_address_of_the_account(
    here: Api, address: str
) -> None:
    path, token = sent_link(here, address, "/")
    device = device_in(post_form(here.client.http, path, token=token))
    second = f"second-{address}"
    bearer = bearer_of(here, cookie_of(here, address))
    account_id = here.get("/api/account", bearer["Authorization"][7:]).json_body["account_id"]
    ports = accounts_ports()
    ports.accounts.claim(Destination("email", second), account_id)
    ensure_account(Destination("email", second), ports)
    attempt_id, code = sent_code(here, address)
    headers = FORM | {"Cookie": device}
    answer = post_form(
        here.client.http, "/forms/sign-in/code", headers, attempt=attempt_id, code=code
    )
    with time_machine.travel(datetime.now(UTC).replace(minute=10), tick=False):
        for each in (address, second):
            lock_out(here, each)
            assert asked_with(here, each, device_in(answer)) == 303


def test_device_is_unknown_when_its_cookie_is_for_another_address_or_there_are_two(
    here: Api, address: str
) -> None:
    own, others = known_device(here, address), known_device(here, f"other-{address}")
    name, _, proofs = own.partition("=")
    device, proof = proofs.split(".")
    forged = f"{name}={device}.{proof[::-1]}"
    with time_machine.travel(datetime.now(UTC).replace(minute=10), tick=False):
        lock_out(here, address)
        for cookie in (others, forged, f"{own}; {others}", f"{others}; {own}", f"{name}=x"):
            assert asked_with(here, address, cookie) == 429, cookie
        assert asked_with(here, address, own) == 303


def test_device_cookie_gives_no_access_and_names_nobody(here: Api, address: str) -> None:
    device = known_device(here, address)
    assert address.partition("@")[0] not in device
    assert refreshed(here, device).status_code == 401


# What is written down.


def test_administrators_see_sign_ins_and_failures_of_an_account(here: Api, address: str) -> None:
    attempt_id, code = sent_code(here, address)
    enter(here, attempt_id, code)
    attempt_id, code = sent_code(here, address)
    with capture_lines() as lines:
        enter(here, attempt_id, "000000" if code != "000000" else "111111")
    assert [line["sign_in_failures"] for line in decode_lines(lines, event="a sign-in failed")] == [
        1
    ]
    owner = accounts_ports().accounts.owner(Destination("email", address))
    listed = here.get("/api/admin/audit?limit=100", here.token("admin")).json_body["items"]
    of_account = [each for each in listed if each["subject"] == owner]
    assert [(each["actor"], each["action"], each["details"]) for each in of_account] == [
        ("nobody", "account.sign_in_failed", "code"),
        (owner, "account.sign_in", "code"),
    ]


# The text messages of a day.


@pytest.fixture
def spent(here: Api) -> Iterator[None]:
    """No text message is left for codes today."""
    most = segments_a_day("sign_in", container.council().texts_a_day)
    spend, today = DynamoSendingBudget(container.settings().alerts_table), here_today()
    left = most - spend.amount_taken(today, "sign_in")
    assert spend.take(today, "sign_in", left, most=most) == most
    yield
    spend.give_back(today, "sign_in", left)


def here_today() -> date:
    return datetime.now(UTC).astimezone(container.council().zone).date()


@pytest.mark.usefixtures("spent")
def test_form_suggests_an_email_address_when_the_texts_of_the_day_are_spent(
    here: Api, address: str
) -> None:
    answer = post_form(here.client.http, "/forms/sign-in", address="07700 900777")
    assert answer.status_code == 400
    assert b"enter an email address, or try again with your mobile number tomorrow" in answer.body
    assert b'value="07700 900777"' in answer.body
    here.cloud.pump.run_until_idle()
    assert "+447700900777" not in [each["to"] for each in mail.outbox()["items"]]
    assert cookie_of(here, address)


def test_page_of_the_code_says_that_no_text_was_sent_when_the_budget_ran_out_meanwhile(
    here: Api, request: pytest.FixtureRequest
) -> None:
    attempt_id = ask_for_code(here.client.http, "07700 900778")
    assert b"check whether yours was sent" in code_page(here, attempt_id).body
    request.getfixturevalue("spent")
    with capture_lines() as written:
        here.cloud.pump.run_until_idle()
    shown = code_page(here, attempt_id)
    assert shown.status_code == 400 and b"sign in with an email address" in shown.body
    assert "+447700900778" not in [each["to"] for each in mail.outbox()["items"]]
    (line,) = decode_lines(written, event="texts were asked for")
    assert (line["purse"], line["texts_percent"]) == ("sign_in", 100)
    assert list(metric_faults(line)) == []


def test_number_is_refused_with_valid_ones_by_form_and_api_when_it_gets_no_texts(
    here: Api, address: str
) -> None:
    bearer = bearer_of(here, cookie_of(here, address))
    for number in ("070 1234 5678", "07640 123456"):
        page = post_form(here.client.http, "/forms/sign-in", address=number)
        assert page.status_code == 400 and b"starts with 071 to 075" in page.body
        refused = here.client.http.post(
            "/api/account/addresses",
            headers=bearer | {"Content-Type": "application/json"},
            body=f'{{"address": "{number}"}}'.encode(),
        )
        assert refused.status_code == 400 and "071 to 075" in refused.json_body["detail"]


def test_number_that_gets_no_texts_can_be_removed_from_an_account(here: Api, address: str) -> None:
    bearer = bearer_of(here, cookie_of(here, address))
    answer = here.client.http.post(
        "/api/account/addresses/removal",
        headers=bearer | {"Content-Type": "application/json"},
        body=b'{"address": "070 1234 5678"}',
    )
    assert answer.status_code == 200


# Where it leads.


def test_link_returns_to_the_report_that_was_started_in_another_tab(
    here: Api, address: str
) -> None:
    path, token = sent_link(here, address, "/report/")
    answer = post_form(here.client.http, path, token=token)
    assert answer.headers["Location"] == done("/report/") and cookie_in(answer)
    shown = here.client.http.get(done("/report/")).body
    assert b"Go back to the page where you started" in shown
    assert b'<a href="/report/">start again here</a>' in shown


def test_link_continues_to_the_page_that_required_signing_in(here: Api, address: str) -> None:
    path, token = sent_link(here, address, "/account/devices/")
    answer = post_form(here.client.http, path, token=token)
    assert answer.headers["Location"] == "/account/devices/"


def test_sign_in_on_a_welsh_page_stays_there_and_the_device_is_known_to_welsh_pages(
    here: Api, address: str
) -> None:
    headers = FORM | {"x-ginnel-language": "cy"}
    asked = post_form(
        here.client.http, "/forms/sign-in", headers, address=address, next="/cy/report/"
    )
    page, _, attempt_id = asked.headers["Location"].partition("?attempt=")
    assert page == "/cy/forms/sign-in/code"
    here.cloud.pump.run_until_idle()
    sent = {"attempt": attempt_id, "code": newest_code(address), "next": "/elsewhere/\\"}
    answer = post_form(here.client.http, "/forms/sign-in/code", headers, **sent)
    assert answer.headers["Location"] == "/cy/account/"
    device = next(each for each in cookies_in(answer) if each.startswith("ginnel-device="))
    assert "Path=/cy/forms/sign-in" in device.split("; ")


def test_link_returns_to_the_welsh_report_that_was_started_in_another_tab(
    here: Api, address: str
) -> None:
    path, token = sent_link(here, address, "/cy/report/")
    headers = FORM | {"x-ginnel-language": "cy"}
    answer = post_form(here.client.http, path, headers, token=token)
    assert answer.headers["Location"] == f"/cy{done('/cy/report/')}"


OFF_SITE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "elsewhere.example",
    "@elsewhere.example",
    " //elsewhere.example",
    "http:elsewhere.example",
    "/account\r\nSet-Cookie: a=b",
    "/account/\u202e",
    "/é",
    "",
]


@pytest.mark.parametrize("onward", OFF_SITE)
def test_sign_in_redirects_only_within_the_site(onward: str, here: Api, address: str) -> None:
    assert own_path(onward) == "/account/"
    attempt_id = ask_for_code(here.client.http, address, onward)
    assert b'name="next" value="/account/"' in code_page(here, attempt_id).body
    here.cloud.pump.run_until_idle()
    answer = post_form(
        here.client.http,
        "/forms/sign-in/code",
        attempt=attempt_id,
        code=newest_code(address),
        next=onward,
    )
    assert answer.headers["Location"] == "/account/"
    assert f'href="{onward}"'.encode() not in here.client.http.get(done(onward)).body


@pytest.mark.parametrize("onward", ["/", "/account/reports", "/report/?from=%2Fmap%2F&a=b"])
def test_own_path_is_kept(onward: str) -> None:
    assert own_path(onward) == onward


# The cookie.


def test_cookie_is_only_for_the_session_and_not_readable_by_scripts(
    here: Api, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt_id, code = sent_code(here, address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_URL", "https://report.council.example")
        container.forget_built()
        answer = post_form(here.client.http, "/forms/sign-in/code", attempt=attempt_id, code=code)
    container.forget_built()
    [cookie, device] = cookies_in(answer)
    assert device.startswith("__Secure-ginnel-device=") and device.endswith("; Secure")
    assert cookie.startswith("__Secure-ginnel-session=")
    parts = set(cookie.split("; ")[1:])
    assert parts >= {"Path=/api/session", "HttpOnly", "SameSite=Strict", "Secure"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(part.startswith("Domain") for part in parts)


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense", "Origin": SITE},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": f"{SITE}.elsewhere.example"},
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_another_sites_page_cannot_refresh_sign_out_or_sign_in(
    foreign: dict[str, str], here: Api, address: str
) -> None:
    cookie = cookie_of(here, address)
    assert refreshed(here, cookie, **foreign).status_code == 403
    assert delete(here, "/api/session", {"Cookie": cookie, **foreign}).status_code == 403
    headers = {name: value for name, value in FORM.items() if name != "Sec-Fetch-Site"} | foreign
    for path in ("/forms/sign-in", "/forms/sign-in/code", f"/forms/sign-in/confirm/{'0' * 32}"):
        assert post_form(here.client.http, path, headers, address=address).status_code == 403
    assert refreshed(here, cookie).status_code == 200


@pytest.mark.parametrize("own", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": SITE}, {}])
def test_own_page_refreshes(own: dict[str, str], here: Api, address: str) -> None:
    assert refreshed(here, cookie_of(here, address), **own).status_code == 200


@pytest.mark.parametrize(
    "cookie", ["", "ginnel-session=", "ginnel-session=a.b.1.c", "other=1", "\x01", "a=b=c;;"]
)
def test_forged_cookie_signs_nobody_in(cookie: str, here: Api) -> None:
    answer = refreshed(here, cookie)
    assert answer.status_code == 401 and "Set-Cookie" not in answer.headers


def test_token_and_cookie_are_new_each_time_and_have_an_expiry(here: Api, address: str) -> None:
    cookie = cookie_of(here, address)
    before = datetime.now(UTC).replace(microsecond=0)
    answer = refreshed(here, cookie)
    until = datetime.fromisoformat(answer.json_body["expires_at"])
    assert before + ACCESS_VALID_FOR <= until <= datetime.now(UTC) + ACCESS_VALID_FOR
    assert cookie_in(answer) != cookie
    assert set(answer.json_body["account"]) >= {"account_id", "name", "role", "roles"}
    assert refreshed(here, cookie_in(answer)).status_code == 200


def test_copied_cookie_ends_the_session_for_both_when_it_is_reused(here: Api, address: str) -> None:
    stolen = cookie_of(here, address)
    bearer = bearer_of(here, stolen)
    fresh = cookie_in(refreshed(here, stolen))
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31), tick=False):
        assert refreshed(here, stolen).status_code == 401
        assert refreshed(here, fresh).status_code == 401
        assert here.client.http.get("/api/account/devices", headers=bearer).status_code == 401


TWO = [
    "{own}; ginnel-session=planted",
    "ginnel-session=planted; {own}",
    "{own}; {own}",
    "{own}; other=1; ginnel-session =",
    "{own};ginnel-session=",
]
"""What a browser sends where a site beside ours has set a cookie of the same name."""


@pytest.mark.parametrize("sent", TWO)
def test_two_cookies_of_one_name_are_refused_and_change_nothing(
    sent: str, here: Api, address: str
) -> None:
    cookie = cookie_of(here, address)
    both = sent.format(own=cookie)
    with record_tries() as tries:
        answers = [
            refreshed(here, both),
            delete(here, "/api/session", {"Cookie": both}),
            post_form(here.client.http, "/api/session/end", {**FORM, "Cookie": both}),
        ]
    for answer in answers:
        assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
        assert b"two cookies with the same name" in answer.body
    assert [each for each in tries if each.operation.startswith("dynamodb")] == []
    assert refreshed(here, cookie).status_code == 200


@pytest.mark.parametrize("other", ["Ginnel-Session=a", "x-ginnel-session=a", 'b="c', "\x01; d"])
def test_cookie_is_read_among_others(other: str, here: Api, address: str) -> None:
    assert refreshed(here, f"{other}; {cookie_of(here, address)}").status_code == 200


# Out again.


def test_signing_out_ends_the_session_and_the_cookie(here: Api, address: str) -> None:
    cookie = cookie_of(here, address)
    bearer = bearer_of(here, cookie)
    answer = delete(here, "/api/session", {"Cookie": cookie})
    assert (answer.status_code, answer.json_body) == (200, {"devices": 1})
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert refreshed(here, cookie).status_code == 401
    assert here.client.http.get("/api/account/devices", headers=bearer).status_code == 401
    assert delete(here, "/api/session", {}).json_body == {"devices": 0}


def test_signing_out_needs_no_javascript(here: Api, address: str) -> None:
    cookie = cookie_of(here, address)
    answer = post_form(here.client.http, "/api/session/end", {**FORM, "Cookie": cookie})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Max-Age=0" in cookies_in(answer)[0]
    assert refreshed(here, cookie).status_code == 401
    foreign = {**FORM, "Sec-Fetch-Site": "cross-site", "Cookie": cookie_of(here, address)}
    assert post_form(here.client.http, "/api/session/end", foreign).status_code == 403
    assert refreshed(here, foreign["Cookie"]).status_code == 200


def test_signing_out_needs_no_cookie_with_an_access_token(here: Api, address: str) -> None:
    bearer = bearer_of(here, cookie_of(here, address))
    assert delete(here, "/api/session", bearer).json_body == {"devices": 1}
    assert delete(here, "/api/session", bearer).status_code == 401


def test_resident_signs_out_of_one_device_and_of_all(here: Api, address: str) -> None:
    phone, laptop = cookie_of(here, address), cookie_of(here, address)
    bearer = bearer_of(here, phone)
    items = here.client.http.get("/api/account/devices", headers=bearer).json_body["items"]
    (other,) = [each["session_id"] for each in items if not each["is_this"]]
    assert delete(here, f"/api/account/devices/{other}", bearer).status_code == 200
    assert refreshed(here, laptop).status_code == 401
    everywhere = delete(here, "/api/account/devices", bearer)
    assert (
        everywhere.json_body == {"devices": 1} and "Max-Age=0" in everywhere.headers["Set-Cookie"]
    )
    assert refreshed(here, cookie_of(here, address)).status_code == 200


def test_device_of_another_account_cannot_be_signed_out(here: Api, address: str) -> None:
    theirs, mine = cookie_of(here, address), cookie_of(here, f"other-{address}")
    session_id = theirs.split(".")[1]
    for path in (session_id, "0" * 32, "..%2Faccount", "x" * 100):
        answer = delete(here, f"/api/account/devices/{path}", bearer_of(here, mine))
        assert answer.status_code == 404
    assert refreshed(here, theirs).status_code == 200


def test_devices_are_listed_only_with_a_token(here: Api, address: str) -> None:
    cookie = cookie_of(here, address)
    for path, method in (
        ("devices", "GET"),
        ("devices", "DELETE"),
        (f"devices/{'0' * 32}", "DELETE"),
    ):
        answer = here.client.http.request(
            method, f"/api/account/{path}", headers={"Cookie": cookie}
        )
        assert answer.status_code == 401


def test_nothing_personal_or_secret_is_logged(
    here: Api, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    attempt_id, code = sent_code(here, address)
    answer = post_form(here.client.http, "/forms/sign-in/code", attempt=attempt_id, code=code)
    refreshed(here, cookie_in(answer))
    said = capsys.readouterr().out
    token = cookie_in(answer).rpartition(".")[2]
    for secret in (address, f'"{code}"', token, attempt_id):
        assert secret not in said
