"""Signing in when the network does what it does, and several try at once."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import boto3
import pytest
import time_machine
from chalice.test import Client, HTTPResponse
from msgspec.structs import replace

import app
from chalicelib.accounts.dynamo.attempts import DynamoLimits
from chalicelib.accounts.model import Account, Destination, SignedInAccount
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.block_list import block
from chalicelib.accounts.usecases.code_requests import DAILY, HOURLY, RequestOrigin, request_code
from chalicelib.accounts.usecases.code_sending import send_code
from chalicelib.accounts.usecases.code_verification import (
    ensure_account,
    open_session,
    sign_in_with_code,
    sign_in_with_link,
)
from chalicelib.accounts.usecases.sessions import devices, find_signed_in, refresh
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, block_ports, sending_ports
from chalicelib.bootstrap.container import digest
from chalicelib.errors import AppError, NotFound, TooMany, Unauthenticated, UpstreamFailed
from infra.local.cloud import Cloud
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_accounts import FewTexts
from tests.support.people import FORM, attempt_in, post_form
from tests.support.seam import (
    ALL_TRIES,
    LOSSES,
    REFUSALS,
    Loss,
    Refusal,
    Try,
    every_interleaving,
    lose_reply,
    record_tries,
    refuse_call,
    some_interleavings,
)

numbers = count()
RANDOM = re.compile(r"[0-9a-f]{32,64}|[0-9]{10}|[0-9-]{10}T[0-9:]{8}(?:\.[0-9]{6})?Z")
"""Ids, digests and moments, which no two calls share."""


@pytest.fixture(scope="module")
def people() -> Iterator[Ports]:
    """The accounts slice on moto, one for all: each test takes addresses of its own."""
    cloud = Cloud()
    for name in ("id", "token", "code"):
        container.secret(name).current()
    yield accounts_ports()
    cloud.stop()


def new_address() -> str:
    return f"resident{next(numbers)}@example.org"


def asked(address: str, people: Ports) -> tuple[str, str]:
    """An attempt, and its code."""
    attempt_id = request_code(address, people).attempt_id
    return attempt_id, people.codes.code(attempt_id)


def signed_in(people: Ports, address: str | None = None) -> SignedInAccount:
    return sign_in_with_code(*asked(address or new_address(), people), "Phone", people)


def accounts_of(address: str, people: Ports) -> Account:
    account_id = people.accounts.owner(Destination("email", address))
    assert account_id
    account = people.accounts.get(account_id)
    assert account
    return account


def calls_of(work: Callable[[], object]) -> int:
    with record_tries() as tries:
        work()
    return len(tries)


# S5: who has an account cannot be told.


def seen(answer: HTTPResponse) -> tuple[int, dict[str, str], str]:
    headers = {
        name: RANDOM.sub("…", value)
        for name, value in answer.headers.items()
        if name != "X-Request-Id"
    }
    return answer.status_code, headers, RANDOM.sub("…", answer.body.decode())


def another_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def of_the_table(tries: list[Try]) -> list[Try]:
    """Without those that look whether a secret was rotated, which go by the clock."""
    return [each for each in tries if each.operation.startswith("dynamodb.")]


def trace(tries: list[Try]) -> list[tuple[str, str]]:
    return [(each.operation, RANDOM.sub("…", each.body.decode())) for each in of_the_table(tries)]


@pytest.mark.parametrize(
    "address", ["known@example.org", "07700 900123", "disabled@example.org", "07700 900124"]
)
def test_account_of_an_address_cannot_be_detected_by_response_or_calls(
    address: str, people: Ports
) -> None:
    """The same address before it has an account, and after: bytes and AWS calls are equal."""
    kind = "email" if "@" in address else "phone"
    value = address if kind == "email" else address.replace("07", "+447", 1).replace(" ", "")
    looks = []
    with Client(app.app) as client:
        for round_ in range(2):
            with record_tries() as tries:
                answer = post_form(client.http, "/forms/sign-in", address=address)
                attempt_id = attempt_in(answer)
                page = client.http.get(f"/forms/sign-in/code?attempt={attempt_id}")
                wrong = post_form(
                    client.http,
                    "/forms/sign-in/code",
                    attempt=attempt_id,
                    code=another_than(people.codes.code(attempt_id)),
                )
            looks.append((seen(answer), seen(page), seen(wrong), trace(tries)))
            if round_ == 0:
                account = ensure_account(Destination(kind, value), people)  # type: ignore[arg-type]
                disabled = NOON if value in ("disabled@example.org", "+447700900124") else None
                people.accounts.save(replace(account, disabled_at=disabled))
    before, after = looks
    assert before == after
    asked_of = [operation.removeprefix("dynamodb.") for operation, _ in before[3]]
    budget = ["GetItem"] if kind == "phone" else []
    limits = ["BatchGetItem", *budget, *["UpdateItem"] * 4]
    failure = ["UpdateItem", "GetItem", "PutItem"]
    assert asked_of == [*limits, "PutItem", "GetItem", *failure, "GetItem"]


@pytest.mark.parametrize("is_known", [True, False])
def test_account_of_an_address_cannot_be_detected_by_the_limits(
    is_known: bool, people: Ports
) -> None:
    """Too many codes, on a known device or a strange one, before there is an account and after."""
    looks = []
    with Client(app.app) as client, time_machine.travel(NOON, tick=False):
        address = new_address()
        for round_ in range(2):
            cookie = people.known_devices.cookie_after_sign_in("", [Destination("email", address)])
            headers = FORM | ({"Cookie": f"ginnel-device={cookie}"} if is_known else {})
            with record_tries() as tries:
                answers = [
                    seen(post_form(client.http, "/forms/sign-in", headers, address=address))
                    for _ in range(6)
                ]
            looks.append((answers, trace(tries)))
            if round_ == 0:
                people.accounts.save(ensure_account(Destination("email", address), people))
                clear_limits()
    assert looks[0] == looks[1]
    assert [status for status, _, _ in looks[0][0]] == [303] * 5 + [429]


def clear_limits() -> None:
    client, table = boto3.client("dynamodb"), container.settings().accounts_table
    for item in client.scan(TableName=table)["Items"]:
        if item["owner"]["S"].startswith("limit#"):
            key = {name: item[name] for name in ("owner", "record")}
            client.delete_item(TableName=table, Key=key)


@pytest.mark.parametrize("address", ["blocked@example.org", "07700 900125"])
def test_blocked_address_cannot_be_detected_by_response_or_calls(
    address: str, people: Ports
) -> None:
    """The same address before it is blocked, and after: bytes and AWS calls are equal, but for the
    one mark that keeps the code from being sent."""
    looks = []
    with Client(app.app) as client:
        for round_ in range(2):
            with record_tries() as tries:
                answer = post_form(client.http, "/forms/sign-in", address=address)
                attempt_id = attempt_in(answer)
                page = client.http.get(f"/forms/sign-in/code?attempt={attempt_id}")
                code = people.codes.code(attempt_id)
                entered = code if round_ else another_than(code)
                wrong = post_form(
                    client.http, "/forms/sign-in/code", attempt=attempt_id, code=entered
                )
            calls = [
                (
                    operation,
                    body.replace('"is_blocked": {"BOOL": true}', '"is_blocked": {"BOOL": false}'),
                )
                for operation, body in trace(tries)
            ]
            looks.append((seen(answer), seen(page), seen(wrong), calls))
            if round_ == 0:
                block(address, "A test", "an-admin", block_ports())
    assert looks[0] == looks[1]


@pytest.mark.parametrize("when", ["before it is asked for", "before it is sent"])
def test_account_of_a_number_cannot_be_detected_by_the_texts_of_a_day(
    when: str, people: Ports
) -> None:
    number = f"+4477009004{next(numbers):02}"
    spend, purse = FewTexts(1), replace(people, budget=FewTexts(0))
    sending = replace(sending_ports(), budget=FewTexts(0), send_text=refused_to_send)
    looks = []
    for round_ in range(2):
        with record_tries() as tries:
            if when == "before it is asked for":
                told: object = str(_outcome(partial(request_code, number, purse)))
            else:
                attempt_id = request_code(number, replace(people, budget=spend)).attempt_id
                send_code(attempt_id, sending)
                found = people.attempts.get(attempt_id)
                told = found and (found.is_over_cap, found.sent_at is not None)
        looks.append((told, trace(tries)))
        if round_ == 0:
            ensure_account(Destination("phone", number), people)
    assert looks[0] == looks[1]
    assert looks[0][0] == (True, True) or "email address" in str(looks[0][0])


def refused_to_send(to: str, text: str) -> str:
    raise AssertionError("A text left.")


def test_trace_is_detected_when_a_known_address_is_looked_up(people: Ports) -> None:
    address = new_address()
    with record_tries() as plain:
        request_code(address, people)
    with record_tries() as looking:
        people.accounts.owner(Destination("email", address))
        request_code(address, people)
    assert trace(plain) != trace(looking)


# S4, S10: several at once.


def test_code_signs_in_once_in_ten_concurrent_tries(people: Ports) -> None:
    address = new_address()
    attempt_id, code = asked(address, people)
    link_token = people.codes.link_token(attempt_id)

    def attempt(number: int) -> bool:
        try:
            if number % 2:
                sign_in_with_code(attempt_id, code, "Phone", people)
            else:
                sign_in_with_link(attempt_id, link_token, "Phone", people)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(10))) == 1
    assert len(devices(accounts_of(address, people).account_id, people)) == 1


def limits_at(clock: Clock) -> DynamoLimits:
    table = container.settings().accounts_table
    return DynamoLimits(table, hourly=HOURLY, daily=DAILY, digest=digest, now=clock)


def codes_that_go(asked: int, clock: Clock, people: Ports, *askers: RequestOrigin, to: str) -> int:
    """How many of so many codes are sent that these ask for in turns, at once."""
    still = replace(people, spend=limits_at(clock).spend)

    def goes(number: int) -> bool:
        try:
            request_code(to, still, origin=askers[number % len(askers)])
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        return sum(pool.map(goes, range(asked)))


def test_exactly_five_codes_go_to_an_address_in_fifty_more_concurrent_requests(
    people: Ports,
) -> None:
    assert codes_that_go(55, Clock(), people, RequestOrigin("one"), to=new_address()) == 5


def test_strangers_have_ten_codes_an_hour_and_twenty_a_day_sent_to_an_address(
    people: Ports,
) -> None:
    address, clock = new_address(), Clock()
    networks = [RequestOrigin(f"network-{number}") for number in range(6)]
    sent = []
    for hour in range(4):
        clock.now = NOON + timedelta(hours=hour)
        sent.append(codes_that_go(60, clock, people, *networks, to=address))
    assert sent == [10, 10, 0, 0]
    known = RequestOrigin("network-0", known_device="known")
    assert codes_that_go(9, clock, people, known, to=address) == 5
    assert codes_that_go(9, clock, people, networks[0], to=new_address()) == 5
    clock.now = NOON + timedelta(hours=12)
    assert codes_that_go(9, clock, people, networks[0], to=address) == 5


def test_one_network_can_use_only_a_part_of_an_addresss_codes(
    people: Ports,
) -> None:
    address, clock = new_address(), Clock()
    one, other = RequestOrigin("one"), RequestOrigin("other")
    sent = []
    for hour in range(4):
        clock.now = NOON + timedelta(hours=hour)
        sent.append(codes_that_go(20, clock, people, one, to=address))
    assert sent == [5, 3, 0, 0]
    assert codes_that_go(9, clock, people, other, to=address) == 5


def test_known_device_has_twenty_codes_a_day(people: Ports) -> None:
    address, clock = new_address(), Clock()
    sent = []
    for hour in range(6):
        clock.now = NOON + timedelta(hours=hour)
        sent.append(
            codes_that_go(9, clock, people, RequestOrigin(known_device="known"), to=address)
        )
    assert sent == [5, 5, 5, 5, 0, 0]


@pytest.mark.parametrize(
    ("ways", "sent"),
    [
        ("jo.smith{n}@gmail.com {j}o.smith{n}@gmail.com j.o.smith{n}+a@googlemail.com", 5),
        ("r{n}+a@example.org r{n}+b@example.org r{n}@example.org", 15),
    ],
)
def test_variants_of_an_address_count_as_one_for_providers_that_ignore_them(
    ways: str, sent: int, people: Ports
) -> None:
    number, clock = next(numbers), Clock()
    each = [way.format(n=number, j="j") for way in ways.split()]
    assert sum(codes_that_go(9, clock, people, RequestOrigin("one"), to=to) for to in each) == sent


def test_tagged_addresses_of_one_name_have_twenty_codes_a_day(people: Ports) -> None:
    number, clock = next(numbers), Clock()
    sent = [
        codes_that_go(6, clock, people, RequestOrigin(), to=f"t{number}+{tag}@example.org")
        for tag in range(6)
    ]
    assert sent == [5, 5, 5, 5, 0, 0]
    assert codes_that_go(6, clock, people, RequestOrigin(), to=f"t{number}@example.org") == 5


def test_network_has_twenty_texts_an_hour(people: Ports) -> None:
    clock = Clock()
    sent = [
        codes_that_go(
            1, clock, people, RequestOrigin("a network of its own"), to=f"+44770090{n:04}"
        )
        for n in range(9000, 9025)
    ]
    assert sum(sent) == 20
    assert (
        codes_that_go(1, clock, people, RequestOrigin("a network of its own"), to=new_address())
        == 1
    )


@pytest.mark.parametrize("kind", REFUSALS)
def test_no_code_is_sent_when_counting_fails(kind: Refusal, people: Ports) -> None:
    with (
        refuse_call(1, kind=kind, times=ALL_TRIES) as struck,
        record_tries() as made,
        pytest.raises(UpstreamFailed),
    ):
        request_code(new_address(), people)
    assert struck and {each.operation for each in made} <= {"dynamodb.UpdateItem"}


def test_two_tabs_get_the_same_token_in_every_order(people: Ports) -> None:
    account = signed_in(people).account
    for here in every_interleaving(at_most=100):
        who_ = open_session(account, device="Tab", assurance="contact", ports=people)
        exchange = partial(refresh, people.refresh_tokens.token(who_.session), people)
        one, other = here.run(exchange, exchange)
        assert one.refresh_token == other.refresh_token
        assert one.who.session.generation == 2


def test_address_gets_one_account_when_two_devices_sign_in_concurrently(people: Ports) -> None:
    for here in some_interleavings(20, of=2, seed=7):
        address = new_address()
        first, second = asked(address, people), asked(address, people)
        one, other = here.run(
            partial(sign_in_with_code, *first, "One", people),
            partial(sign_in_with_code, *second, "Other", people),
        )
        assert one.account == other.account
        assert len(devices(one.account.account_id, people)) == 2


# R2, R4: replies get lost, and calls are refused.


@pytest.mark.parametrize("loss", LOSSES)
def test_code_is_requested_once_when_a_reply_is_lost(loss: Loss, people: Ports) -> None:
    for nth in range(1, calls_of(lambda: request_code(new_address(), people)) + 1):
        with lose_reply(nth, loss=loss) as struck:
            attempt = request_code(new_address(), people)
        assert struck and people.attempts.get(attempt.attempt_id) == attempt


@pytest.mark.parametrize("loss", LOSSES)
def test_session_is_opened_once_when_a_reply_is_lost(loss: Loss, people: Ports) -> None:
    first = asked(new_address(), people)
    for nth in range(1, calls_of(lambda: sign_in_with_code(*first, "Phone", people)) + 1):
        address = new_address()
        proof = asked(address, people)
        with lose_reply(nth, loss=loss) as struck:
            signed = sign_in_with_code(*proof, "Phone", people)
        assert struck and accounts_of(address, people) == signed.account
        assert devices(signed.account.account_id, people) == [signed.session]


@pytest.mark.parametrize("loss", LOSSES)
def test_token_is_exchanged_once_when_a_reply_is_lost(loss: Loss, people: Ports) -> None:
    for nth in (1, 2):
        signed = signed_in(people)
        token = people.refresh_tokens.token(signed.session)
        with lose_reply(nth, loss=loss) as struck:
            lost = refresh(token, people)
        assert struck and refresh(token, people).refresh_token == lost.refresh_token
        assert lost.who.session.generation == 2


@pytest.mark.parametrize("kind", REFUSALS)
def test_failed_call_never_claims_that_the_user_is_signed_in(kind: Refusal, people: Ports) -> None:
    """503, never 500; after the code is used up one asks for a new one, before that it holds."""
    for nth in range(1, 8):
        proof = asked(new_address(), people)
        with refuse_call(nth, kind=kind, times=ALL_TRIES) as struck:
            first = _outcome(partial(sign_in_with_code, *proof, "Phone", people))
        assert struck and isinstance(first, UpstreamFailed)
        again = _outcome(partial(sign_in_with_code, *proof, "Phone", people))
        assert isinstance(again, SignedInAccount | NotFound)


def test_account_is_saved_once_when_the_reply_is_lost(people: Ports) -> None:
    account = signed_in(people).account
    with lose_reply(1) as struck:
        saved = people.accounts.save(replace(account, name="New"))
    assert struck and saved.version == account.version + 1
    assert people.accounts.get(account.account_id) == saved


def test_caller_is_read_in_one_consistent_call(people: Ports) -> None:
    signed = signed_in(people)
    with record_tries() as tries:
        assert (
            find_signed_in(signed.account.account_id, signed.session.session_id, people) == signed
        )
    (only,) = tries
    (asked_for,) = json.loads(only.body)["RequestItems"].values()
    assert only.operation == "dynamodb.BatchGetItem"
    assert asked_for["ConsistentRead"] is True and len(asked_for["Keys"]) == 2


def test_forged_refresh_token_costs_no_call(people: Ports) -> None:
    signed = signed_in(people)
    token = people.refresh_tokens.token(signed.session)
    with record_tries() as tries:
        for forged in (token[:-1] + "0", token.replace(".1.", ".2."), "", "a.b.1." + "0" * 64):
            if forged != token:
                assert isinstance(_outcome(partial(refresh, forged, people)), Unauthenticated)
    assert of_the_table(tries) == []


def test_nothing_stored_gives_access_to_an_account(people: Ports) -> None:
    with record_tries() as tries:
        signed = signed_in(people)
    stored = b"".join(each.body for each in tries).decode()
    attempts = set(re.findall(r"attempt#([0-9a-f]{32})", stored))
    (attempt_id,) = attempts
    secret = people.refresh_tokens.token(signed.session).rpartition(".")[2]
    assert people.codes.link_token(attempt_id) not in stored and secret not in stored
    assert f'"{people.codes.code(attempt_id)}"' not in stored


def _outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except AppError as error:
        return error
