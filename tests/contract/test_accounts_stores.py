"""What the accounts slice relies on where people are kept: in memory as in DynamoDB."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.accounts.dynamo.accounts import DynamoAccounts
from chalicelib.accounts.dynamo.attempts import DynamoAttempts, DynamoLimits
from chalicelib.accounts.dynamo.sessions import DynamoSessions
from chalicelib.accounts.model import (
    MOST_TRIES,
    Account,
    Address,
    Attempt,
    Destination,
    Grant,
    Identity,
    SavedPlace,
    Session,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.code_requests import DAILY, HOURLY
from chalicelib.errors import Conflict, TooMany
from infra.local.cloud import Cloud
from tests.engines import Dynalite
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_accounts import accounts_ports

SECOND = timedelta(seconds=1)
EMAIL = Destination("email", "resident@example.org")
WHOLE = Account(
    account_id="a" * 32,
    created_at=NOON,
    grants=(Grant(role="crew", teams=("highways",)), Grant(role="officer", wards=("E1", "E2"))),
    addresses=(Address(kind="email", value=EMAIL.value, confirmed_at=NOON),),
    identities=(Identity("https://id.example.org", "subject"),),
    name="Ünïcode",
    language="cy",
    reach_by="email",
    saved_places=(SavedPlace(label="Home", lat=53.959, long=-1.0815),),
    invited=EMAIL,
    is_first_admin=True,
    work_name="Officer Ünïcode",
    work_email="officer@work.example.org",
    disabled_at=NOON + SECOND,
)
PLAIN = Account(account_id="b" * 32, created_at=NOON)
SESSION = Session(
    session_id="5" * 32,
    account_id=WHOLE.account_id,
    device="Chrome on Android",
    assurance="contact",
    created_at=NOON,
    last_used_at=NOON,
    expires_at=NOON + timedelta(days=60),
)
ATTEMPT = Attempt(
    attempt_id="7" * 32,
    destination=EMAIL,
    created_at=NOON,
    expires_at=NOON + timedelta(minutes=10),
    request_id="request",
    language="cy",
)


def stored_in(table: str, clock: Clock) -> Ports:
    def digest(*parts: str) -> str:
        return "|".join(parts)

    return replace(
        accounts_ports(clock),
        accounts=DynamoAccounts(table, digest),
        sessions=DynamoSessions(table),
        attempts=DynamoAttempts(table),
        spend=DynamoLimits(
            table, hourly={"code": 5} | HOURLY, daily=DAILY, digest=digest, now=clock
        ).spend,
    )


@pytest.fixture(params=["memory", "moto", "dynalite"])
def people(request: pytest.FixtureRequest, clock: Clock) -> Ports:
    if request.param == "memory":
        return accounts_ports(clock)
    if request.param == "moto":
        cloud: Cloud = request.getfixturevalue("cloud")
        return stored_in(cloud.environment["ACCOUNTS_TABLE"], clock)
    dynalite: Dynalite = request.getfixturevalue("dynalite")
    return stored_in(dynalite.new_table("AccountsTable"), clock)


def test_every_field_of_an_account_comes_back(people: Ports) -> None:
    for account in (WHOLE, PLAIN):
        assert people.accounts.add(account) == replace(account, version=1)
        assert people.accounts.get(account.account_id) == replace(account, version=1)
    assert people.accounts.get("c" * 32) is None


def test_stored_account_is_returned_when_another_is_added_under_its_id(
    people: Ports,
) -> None:
    people.accounts.add(WHOLE)
    assert people.accounts.add(replace(PLAIN, account_id=WHOLE.account_id)).name == WHOLE.name


def test_account_is_saved_only_on_the_version_that_was_read(people: Ports) -> None:
    read = people.accounts.add(PLAIN)
    saved = people.accounts.save(replace(read, name="First"))
    assert saved.version == 2
    with pytest.raises(Conflict) as refused:
        people.accounts.save(replace(read, name="Second"))
    assert refused.value.version == 2
    assert people.accounts.get(PLAIN.account_id) == saved


class GivenUpMeanwhile(DynamoAccounts):
    """Its owner is erased just before we read who it is."""

    def owner(self, of: Destination | Identity) -> None:
        """Nobody's."""


def test_unclaimed_address_is_reported_as_unclaimed(cloud: Cloud) -> None:
    accounts = GivenUpMeanwhile(cloud.environment["ACCOUNTS_TABLE"], lambda *parts: "|".join(parts))
    assert accounts.claim(EMAIL, "first") == "first"
    with pytest.raises(Conflict, match="Try again"):
        accounts.claim(EMAIL, "second")


def test_address_belongs_to_the_first_account_that_claims_it(people: Ports) -> None:
    same_words = Identity("email", EMAIL.value)
    assert people.accounts.owner(EMAIL) is None
    assert people.accounts.claim(EMAIL, "first") == "first"
    assert people.accounts.claim(EMAIL, "second") == "first"
    assert people.accounts.owner(EMAIL) == "first"
    assert people.accounts.owner(same_words) is None


def test_staff_are_those_with_a_grant_newest_first(people: Ports) -> None:
    newer = replace(WHOLE, account_id="d" * 32, created_at=NOON + SECOND)
    former = people.accounts.add(replace(WHOLE, account_id="e" * 32))
    for account in (PLAIN, WHOLE, newer):
        people.accounts.add(account)
    people.accounts.save(replace(former, grants=()))
    found = [account.account_id for account in people.accounts.staff()]
    assert found == [newer.account_id, WHOLE.account_id]


def test_account_and_session_are_read_together(people: Ports) -> None:
    account = people.accounts.add(WHOLE)
    people.sessions.add(SESSION)
    assert people.sessions.find(WHOLE.account_id, SESSION.session_id) == (account, SESSION)
    assert people.sessions.find(WHOLE.account_id, "6" * 32) is None
    assert people.sessions.find("6" * 32, SESSION.session_id) is None
    assert people.sessions.of(WHOLE.account_id) == [SESSION]
    assert people.sessions.of("6" * 32) == []


def test_session_is_rotated_once_for_each_generation_and_never_after_its_end(
    people: Ports,
) -> None:
    people.accounts.add(WHOLE)
    people.sessions.add(SESSION)
    later = NOON + SECOND
    until = later + timedelta(days=60)
    assert people.sessions.rotate(SESSION, now=later, expires_at=until)
    assert not people.sessions.rotate(SESSION, now=later, expires_at=until)
    (second,) = people.sessions.of(WHOLE.account_id)
    assert second == replace(SESSION, generation=2, last_used_at=later, expires_at=until)
    assert people.sessions.end(WHOLE.account_id, SESSION.session_id, later)
    assert people.sessions.end(WHOLE.account_id, SESSION.session_id, later + SECOND)
    assert not people.sessions.rotate(second, now=later, expires_at=until)
    assert people.sessions.of(WHOLE.account_id) == [replace(second, ended_at=later)]
    assert not people.sessions.end(WHOLE.account_id, "6" * 32, later)
    assert not people.sessions.end("6" * 32, SESSION.session_id, later)


def test_attempt_comes_back_and_is_stored_once(people: Ports) -> None:
    people.attempts.add(ATTEMPT)
    people.attempts.add(replace(ATTEMPT, destination=Destination("phone", "+447700900123")))
    assert people.attempts.get(ATTEMPT.attempt_id) == ATTEMPT
    assert people.attempts.get("8" * 32) is None


def test_attempts_are_found_by_address_and_attempts_to_add_one_by_account(people: Ports) -> None:
    adding = replace(ATTEMPT, attempt_id="8" * 32, account_id=WHOLE.account_id)
    other = replace(adding, attempt_id="9" * 32, account_id=PLAIN.account_id)
    for each in (ATTEMPT, adding, other):
        people.attempts.add(each)
    people.accounts.claim(EMAIL, WHOLE.account_id)
    assert len(people.attempts.of(EMAIL)) == 3
    assert list(people.attempts.of_account(WHOLE.account_id)) == [adding]
    people.attempts.remove(adding.attempt_id)
    assert list(people.attempts.of_account(WHOLE.account_id)) == []


def test_tries_are_counted_to_the_last(people: Ports) -> None:
    people.attempts.add(ATTEMPT)
    counted = [people.attempts.count_try(ATTEMPT.attempt_id, NOON) for _ in range(MOST_TRIES + 1)]
    assert [each.tries if each else None for each in counted] == [1, 2, 3, 4, 5, None]
    assert people.attempts.count_try("8" * 32, NOON) is None


@pytest.mark.parametrize(
    ("after", "holds"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)]
)
def test_expired_attempt_counts_as_gone_while_its_row_exists(
    after: timedelta, holds: bool, people: Ports
) -> None:
    people.attempts.add(ATTEMPT)
    moment = ATTEMPT.expires_at + after
    assert (people.attempts.count_try(ATTEMPT.attempt_id, moment) is not None) is holds
    assert people.attempts.use(ATTEMPT.attempt_id, "session", moment) is holds
    assert people.attempts.get(ATTEMPT.attempt_id) is not None


def test_attempt_cannot_be_used_twice(people: Ports) -> None:
    people.attempts.add(ATTEMPT)
    assert people.attempts.use(ATTEMPT.attempt_id, "first", NOON)
    assert not people.attempts.use(ATTEMPT.attempt_id, "second", NOON)
    assert people.attempts.count_try(ATTEMPT.attempt_id, NOON) is None
    assert not people.attempts.use("8" * 32, "first", NOON)


def test_code_is_marked_as_sent_once_until_that_is_reverted(people: Ports) -> None:
    people.attempts.add(ATTEMPT)
    assert people.attempts.note_sent(ATTEMPT.attempt_id, NOON)
    assert not people.attempts.note_sent(ATTEMPT.attempt_id, NOON)
    people.attempts.clear_sent(ATTEMPT.attempt_id)
    assert people.attempts.get(ATTEMPT.attempt_id) == ATTEMPT
    assert not people.attempts.note_sent("8" * 32, NOON)


@pytest.mark.parametrize("people", ["moto", "dynalite"], indirect=True)
def test_limit_is_counted_by_key_and_hour_and_gives_the_waiting_time(
    people: Ports, clock: Clock
) -> None:
    clock.now = NOON + timedelta(minutes=59, seconds=59)
    for _ in range(5):
        people.spend("code", "one")
    with pytest.raises(TooMany) as refused:
        people.spend("code", "one")
    assert refused.value.retry_after_s in (1, 2)
    people.spend("code", "other")
    clock.now += SECOND
    people.spend("code", "one")
