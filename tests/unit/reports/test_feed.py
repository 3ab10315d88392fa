"""The feed of changes: its readers get everything public, and learn what is hidden later."""

from datetime import timedelta
from itertools import chain

import pytest
from msgspec.structs import replace

from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.parts import Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.exchange.feed import FeedCursor, FeedEntry, list_changes_after
from chalicelib.reports.usecases.resident.withdrawing import withdraw_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.staff.moderation import publish_held_reports
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, draft, report, update_draft
from tests.support.fakes import Clock, MemoryRepository

ANYBODY = Author()
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
MINUTE = timedelta(minutes=1)


class Follower:
    """Another system, which asks until there is no more."""

    def __init__(self, ports: Ports, after: FeedCursor | None = None, limit: int = 100) -> None:
        self._ports, self._limit, self.cursor = ports, limit, after

    def hears(self) -> list[FeedEntry]:
        found: list[list[FeedEntry]] = []
        while True:
            feed = list_changes_after(self.cursor, limit=self._limit, ports=self._ports)
            found.append(list(feed.changes))
            if feed.next == self.cursor:
                return list(chain(*found))
            self.cursor = feed.next

    def told(self) -> list[tuple[str, bool]]:
        return [(each.report.service_request_id, each.is_gone) for each in self.hears()]


@pytest.fixture
def follower(ports: Ports) -> Follower:
    return Follower(ports)


def test_feed_has_a_report_once_after_several_changes(
    ports: Ports, clock: Clock, follower: Follower
) -> None:
    first = submit(draft(), "one", ANYBODY, ports).service_request_id
    second = submit(draft(description="Another."), "two", ANYBODY, ports).service_request_id
    clock.now += MINUTE
    add_update(first, update_draft(), "key", ANYBODY, ports)
    clock.now += MINUTE
    assert follower.told() == [(second, False), (first, False)]
    assert follower.told() == []


@pytest.mark.parametrize(("seconds", "number"), [(4, 0), (5, 1), (6, 1)])
def test_feed_stops_shortly_before_now(
    seconds: int, number: int, ports: Ports, clock: Clock, follower: Follower
) -> None:
    submit(draft(), "one", ANYBODY, ports)
    clock.now += timedelta(seconds=seconds)
    assert len(follower.hears()) == number


def an_officer(report_id: str, ports: Ports, **values: object) -> None:
    stored = ports.repository.get(report_id)
    assert stored
    change_report(report_id, ReportChanges(**values), stored.version, OFFICER, ports)  # type: ignore[arg-type]


@pytest.mark.parametrize("visibility", ["hidden", "private"])
def test_public_report_is_gone_when_it_is_hidden(
    visibility: str, ports: Ports, clock: Clock, follower: Follower
) -> None:
    made = submit(draft(), "one", ANYBODY, ports).service_request_id
    clock.now += MINUTE
    assert follower.told() == [(made, False)]
    an_officer(made, ports, visibility=visibility)
    clock.now += MINUTE
    assert follower.told() == [(made, True)]
    an_officer(made, ports, visibility="public")
    clock.now += MINUTE
    assert follower.told() == [(made, False)]


def test_public_report_is_gone_when_it_is_withdrawn(
    ports: Ports, clock: Clock, follower: Follower
) -> None:
    made = submit(draft(), "one", ANYBODY, ports).service_request_id
    clock.now += MINUTE
    follower.hears()
    withdraw_report(made, "one", ANYBODY, ports)
    clock.now += MINUTE
    assert follower.told() == [(made, True)]


@pytest.mark.parametrize("values", [{"description": "Redacted."}, {"lat": 53.95, "long": -1.08}])
def test_report_reappears_after_a_visible_change_by_an_officer(
    values: dict[str, object], ports: Ports, clock: Clock, follower: Follower
) -> None:
    made = submit(draft(), "one", ANYBODY, ports).service_request_id
    clock.now += MINUTE
    follower.hears()
    an_officer(made, ports, priority="low")
    clock.now += MINUTE
    assert follower.told() == []
    an_officer(made, ports, **values)
    clock.now += MINUTE
    assert follower.told() == [(made, False)]


def test_report_reappears_when_an_officer_approves_a_photo(
    ports: Ports, repository: MemoryRepository, clock: Clock, follower: Follower
) -> None:
    photo = Photo(photo_id="P" * 26, state="waiting")
    stored = repository.create(report(once_public=True, photos=(photo,)))
    clock.now += MINUTE
    follower.hears()
    an_officer(stored.service_request_id, ports, photos={photo.photo_id: "shown"})
    clock.now += MINUTE
    assert follower.told() == [(stored.service_request_id, False)]


def test_report_appears_when_its_holding_time_has_ended(
    ports: Ports, repository: MemoryRepository, clock: Clock, follower: Follower
) -> None:
    repository.create(report(visibility="held", publish_at=NOON + MINUTE))
    clock.now += 2 * MINUTE
    assert follower.told() == []
    publish_held_reports(ports)
    clock.now += MINUTE
    assert follower.told() == [(report().service_request_id, False)]


@pytest.mark.parametrize("visibility", ["waiting", "held", "private", "hidden", "withdrawn"])
def test_report_never_appears_when_it_was_never_public(
    visibility: str, repository: MemoryRepository, clock: Clock, follower: Follower
) -> None:
    repository.create(report(visibility=visibility))
    clock.now += MINUTE
    assert follower.told() == []


def test_feed_has_every_report_when_many_changed_in_one_second_and_some_are_private(
    ports: Ports, repository: MemoryRepository, clock: Clock
) -> None:
    for number in range(25):
        public = number % 4 != 0
        repository.create(
            report(number, visibility="public" if public else "private", once_public=public)
        )
    clock.now += MINUTE
    told = Follower(ports, limit=3).told()
    assert [name for name, _ in told] == [
        report(number).service_request_id for number in range(25) if number % 4
    ]


def test_feed_continues_after_years_without_changes(
    ports: Ports, repository: MemoryRepository
) -> None:
    repository.create(report(once_public=True, updated_datetime=NOON - MINUTE))
    long_ago = FeedCursor(NOON.replace(year=2015))
    assert len(Follower(ports, long_ago).hears()) == 1


def test_feed_starts_ninety_days_ago_by_default(
    ports: Ports, repository: MemoryRepository, follower: Follower
) -> None:
    for number, days in enumerate((89, 91)):
        moment = NOON - timedelta(days=days)
        repository.create(report(number, once_public=True, updated_datetime=moment))
    assert follower.told() == [(report(0).service_request_id, False)]


def test_feed_stays_at_a_future_cursor(ports: Ports) -> None:
    future = FeedCursor(NOON + timedelta(days=400), "R00000000001")
    assert list_changes_after(future, limit=10, ports=ports) == ([], future)


def test_index_entry_without_a_report_is_left_out(
    ports: Ports, repository: MemoryRepository, clock: Clock, follower: Follower
) -> None:
    class Empty(MemoryRepository):
        listed = repository.list_in_window

    repository.create(report(once_public=True))
    clock.now += MINUTE
    assert Follower(replace(ports, repository=Empty())).told() == []


def test_feed_has_non_public_reports_only_for_the_partner_that_sent_them(
    ports: Ports, clock: Clock
) -> None:
    partner = Author(partner="k1", reports="private")
    sent = submit(draft(), "one", partner, ports).service_request_id
    clock.now += MINUTE

    def told(sender: str | None) -> list[tuple[str, bool]]:
        feed = list_changes_after(None, limit=10, ports=ports, sender=sender)
        return [(each.report.service_request_id, each.is_gone) for each in feed.changes]

    assert told("partner:k1") == [(sent, False)]
    assert told("partner:k2") == told(None) == []
    an_officer(sent, ports, visibility="hidden")
    clock.now += MINUTE
    assert told("partner:k1") == [(sent, True)]
    assert told("partner:k2") == told(None) == []
