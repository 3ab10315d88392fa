"""The audit log in memory as in DynamoDB; and whatever breaks, no change without its entry."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from itertools import count

import pytest
from msgspec.structs import replace

from chalicelib.accounts.audit import AuditStore
from chalicelib.accounts.dynamo.audit import DynamoAuditStore
from chalicelib.accounts.model import Account, Destination, Grant
from chalicelib.accounts.usecases.staff import (
    PersonChanges,
    change_person,
    find_person_at,
    invite,
    invite_first_admin,
)
from chalicelib.bootstrap.accounts import people_ports
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.kernel.audit_entry import Entry
from infra.local.cloud import Cloud
from tests.support.builders import NOON
from tests.support.fakes_people import MemoryTrail
from tests.support.seam import ALL_TRIES, lose_reply, refuse_call

OFFICER = Grant(role="officer", teams=("highways",))
WHO = Destination("email", "officer@example.org")
ENTRY = Entry(
    entry_id="0" * 32,
    at=NOON,
    actor="a" * 32,
    action="people.grants",
    subject="b" * 32,
    details="officer -> resident",
)


@pytest.fixture(params=["memory", "moto"])
def trail(request: pytest.FixtureRequest) -> AuditStore:
    if request.param == "memory":
        return MemoryTrail()
    cloud: Cloud = request.getfixturevalue("cloud")
    return DynamoAuditStore(cloud.environment["AUDIT_TABLE"])


def test_log_returns_its_entries_newest_first(trail: AuditStore) -> None:
    later = [
        replace(ENTRY, entry_id=f"{number:032x}", at=NOON + timedelta(microseconds=number))
        for number in range(5)
    ]
    for each in (later[3], later[0], later[4], later[1], later[2]):
        trail.add(each)
    assert list(trail.newest(limit=10, before=None)) == later[::-1]
    first = trail.newest(limit=2, before=None)
    assert list(trail.newest(limit=2, before=first[-1].place)) == later[2:0:-1]
    assert list(trail.newest(limit=2, before=later[0].place)) == []


def test_entry_is_unchanged_when_another_is_put_under_its_key(trail: AuditStore) -> None:
    trail.add(ENTRY)
    trail.add(replace(ENTRY, details="nothing happened", actor="c" * 32))
    assert list(trail.newest(limit=10, before=None)) == [ENTRY]


def test_entry_is_stored_once_when_its_reply_was_lost(cloud: Cloud) -> None:
    trail = DynamoAuditStore(cloud.environment["AUDIT_TABLE"])
    with lose_reply(1):
        trail.add(ENTRY)
    assert list(trail.newest(limit=10, before=None)) == [ENTRY]


def test_log_fails_when_the_store_does_not_answer(cloud: Cloud) -> None:
    trail = DynamoAuditStore(cloud.environment["AUDIT_TABLE"])
    with refuse_call(1, kind="throttle", times=ALL_TRIES), pytest.raises(UpstreamFailed):
        trail.add(ENTRY)


def _invite() -> Account:
    return invite(WHO, (OFFICER,), "operator", people_ports())


def _change(changes: PersonChanges) -> Account:
    ports = people_ports()
    known = find_person_at(WHO, ports)
    return change_person(known.account_id, changes, known.version, "operator", ports)


def _promote() -> Account:
    return _change(PersonChanges(grants=(Grant(role="admin"),)))


def _disable() -> Account:
    return _change(PersonChanges(disabled=True))


def state() -> tuple[object, ...]:
    ports = people_ports()
    account_id = ports.accounts.owner(WHO)
    known = ports.accounts.get(account_id) if account_id else None
    return (known.grants, known.disabled_at) if known else ((), None)


def refused(number: int) -> AbstractContextManager[object]:
    return refuse_call(number, kind="throttle", times=ALL_TRIES)


def applied_without_a_reply(number: int) -> AbstractContextManager[object]:
    return lose_reply(number, times=ALL_TRIES)


@pytest.mark.parametrize("act", [_invite, _promote, _disable])
@pytest.mark.parametrize("fault", [refused, applied_without_a_reply])
def test_every_change_has_its_entry_whichever_call_fails(
    act: Callable[[], Account],
    fault: Callable[[int], AbstractContextManager[object]],
    cloud: Cloud,
) -> None:
    ports = people_ports()
    invite_first_admin(Destination("email", "admin@example.org"), ports)
    if act is not _invite:
        _invite()
    known, before = len(ports.log.trail.newest(limit=100, before=None)), state()
    for number in count(1):
        with fault(number), suppress(AppError):
            act()
        noted = len(ports.log.trail.newest(limit=100, before=None)) - known
        assert state() == before or noted, f"call {number}"
        if state() != before:
            break
    assert number > 2


def test_log_lists_the_actions_on_one_subject(trail: AuditStore) -> None:
    of_it = [
        replace(ENTRY, entry_id=f"{number:032x}", at=NOON + timedelta(microseconds=number))
        for number in range(3)
    ]
    for each in (*of_it, replace(ENTRY, entry_id="f" * 32, subject="another")):
        trail.add(each)
    assert list(trail.entries_about(ENTRY.subject, limit=10)) == of_it[::-1]
    assert list(trail.entries_about(ENTRY.subject, limit=2)) == of_it[:0:-1]
    assert list(trail.entries_about("nothing", limit=2)) == []
