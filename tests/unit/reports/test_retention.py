"""What nobody confirmed goes after 28 days, and who sent a closed report after two years."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact, Flag, Note, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.lifecycle.forgetting import REMOVED
from chalicelib.reports.usecases.lifecycle.retention import forget_expired
from tests.support.builders import NOON, report, update
from tests.support.councils import council_named
from tests.support.fakes import Clock, MemoryPhotos, MemoryRepository

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
EDGES = [(-SECOND, False), (0 * SECOND, True), (SECOND, True)]
CONTACT = Contact(name="Resident", email="resident@example.org")
SENT: dict[str, Any] = {
    "contact": CONTACT,
    "email_key": "k",
    "reporter": "account-1",
    "attributes": {"what": ("out",)},
}


@pytest.mark.parametrize(("after", "is_over"), EDGES)
def test_unconfirmed_report_is_deleted_after_28_days(
    after: timedelta, is_over: bool, ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    photo = Photo(photo_id="P", state="waiting")
    repository.create(report(1, visibility="unconfirmed", photos=(photo,), **SENT))
    clock.now = NOON + 28 * DAY + after
    assert forget_expired(ports) == {}
    left = stored(repository)
    assert (left.visibility == "withdrawn") is is_over
    assert (left.description == "" and left.contact is None) is is_over
    assert isinstance(ports.photos, MemoryPhotos) and (ports.photos.let == {"P"}) is is_over


@pytest.mark.parametrize(("after", "is_over"), EDGES)
@pytest.mark.parametrize("state", ["fixed", "closed", "duplicate", "no_further_action"])
def test_sender_of_a_closed_report_is_erased_after_two_years(
    state: Any,
    after: timedelta,
    is_over: bool,
    ports: Ports,
    repository: MemoryRepository,
    clock: Clock,
) -> None:
    changed = NOON + 10 * DAY
    updates = (update(1, text="Thank you."),)
    repository.create(report(1, state=state, updated_datetime=changed, updates=updates, **SENT))
    repository.add_note("R00000000001", Note(note_id="N", datetime=NOON, sender="x", text="x"))
    clock.now = changed + 730 * DAY + after
    assert forget_expired(ports) == {}
    left = stored(repository)
    who = (left.contact, left.email_key, left.reporter, left.attributes)
    assert (who == (None, None, None, {})) is is_over
    assert (repository.list_notes("R00000000001") == []) is is_over
    assert left.description == "A deep hole." and left.updates == updates


def test_private_text_is_erased_with_its_sender_and_its_place_kept_within_a_kilometre(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    repository.create(report(1, visibility="private", state="closed", title="Next door", **SENT))
    clock.now = NOON + 730 * DAY
    forget_expired(ports)
    left = stored(repository)
    assert (left.title, left.description, left.redactions) == (None, REMOVED, 1)
    assert (left.lat, left.long) == (53.96, -1.08)


@pytest.mark.parametrize("later", [DAY, 729 * DAY])
def test_retention_of_a_closed_report_continues_after_an_update(
    later: timedelta, ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    fixed = update(1, state="fixed", datetime=NOON)
    open_report = report(1, **SENT).with_update(fixed)
    thanks = update(2, state="fixed", datetime=NOON + later)
    repository.create(open_report.with_update(thanks))
    clock.now = NOON + 730 * DAY - SECOND
    forget_expired(ports)
    assert stored(repository).contact == CONTACT
    clock.now += SECOND
    forget_expired(ports)
    assert stored(repository).contact is None


def test_retention_starts_again_when_the_report_is_closed_again(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    changed = report(1, **SENT)
    for number, state in enumerate(("fixed", "reopen", "closed")):
        changed = changed.with_update(update(number, state=state, datetime=NOON + number * DAY))
    repository.create(changed)
    clock.now = NOON + 732 * DAY - SECOND
    forget_expired(ports)
    assert stored(repository).contact == CONTACT
    clock.now += SECOND
    forget_expired(ports)
    assert stored(repository).contact is None


def test_note_of_a_report_without_a_sender_is_deleted_in_time(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    repository.create(report(1, state="closed", anonymous=True))
    repository.add_note("R00000000001", Note(note_id="N", datetime=NOON, sender="x", text="x"))
    clock.now = NOON + 730 * DAY
    forget_expired(ports)
    assert repository.list_notes("R00000000001") == []
    assert repository.list_past_retention("closed", until=clock.now, limit=1, after=None) == []


def test_flag_of_a_closed_report_is_deleted_in_its_own_time(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    flags = [
        Flag(flag_id=f"{days}", reason="other", text="Own.", datetime=NOON + days * DAY)
        for days in (0, 700)
    ]
    repository.create(report(1, state="closed", flags=tuple(flags), **SENT))
    clock.now = NOON + 730 * DAY
    forget_expired(ports)
    assert stored(repository).flags == (flags[1],) and stored(repository).contact is None
    clock.now = NOON + 1430 * DAY - SECOND
    forget_expired(ports)
    assert stored(repository).flags == (flags[1],)
    clock.now += SECOND
    forget_expired(ports)
    assert stored(repository).flags == () and stored(repository).retention_kind is None


@pytest.mark.parametrize(
    "values",
    [
        {"state": "open", **SENT},
        {"state": "investigating", **SENT},
        {"state": "closed", "forgotten": True},
        {"state": "closed", "visibility": "withdrawn"},
    ],
)
def test_open_or_erased_report_is_unchanged(
    values: Any, ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    before = repository.create(report(1, **values))
    clock.now = NOON + 9999 * DAY
    forget_expired(ports)
    assert stored(repository) == before


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("unconfirmed_kept_days", {"visibility": "unconfirmed"}),
        ("sender_kept_days", {"state": "closed"}),
    ],
)
def test_council_sets_the_retention_periods(
    setting: str, values: Any, ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    repository.create(report(1, **values, **SENT))
    days: Any = {setting: 3}
    council = msgspec.structs.replace(council_named("demo"), **days)
    shorter = replace(ports, council=council)
    clock.now = NOON + 3 * DAY - SECOND
    forget_expired(shorter)
    assert stored(repository).contact == CONTACT
    clock.now += SECOND
    forget_expired(shorter)
    assert stored(repository).contact is None


@pytest.mark.parametrize("failure", [UpstreamFailed("not now"), ValueError("cannot be read")])
def test_several_pages_are_processed_and_a_failure_delays_no_other(
    failure: Exception, ports: Ports, clock: Clock
) -> None:
    class Failing(MemoryRepository):
        def drop_notes(self, service_request_id: str) -> None:
            if service_request_id == "R00000000007":
                raise failure
            super().drop_notes(service_request_id)

    repository = Failing()
    for number in range(150):
        repository.create(report(number, state="closed", **SENT))
    clock.now = NOON + 730 * DAY
    failed = forget_expired(replace(ports, repository=repository))
    assert set(failed) == {"R00000000007"}
    left = [each for each in repository.list_ids() if stored(repository, each).contact]
    assert left == ["R00000000007"]


def stored(repository: MemoryRepository, key: str = "R00000000001") -> ServiceRequest:
    found = repository.get(key)
    assert found
    return found
