"""A disruption of the whole council with a million subscribers: each run reads one bounded page,
and a person whose subscriptions are in several pages is told once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.audience import Quota
from chalicelib.alerts.delivery import Wake
from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import AreaQuery, IndexEntry
from chalicelib.alerts.model import AlertBatch, AlertRequested, NoticePageWanted, Topic
from chalicelib.alerts.ports import NoticeScope
from chalicelib.alerts.usecases.match_notices import match_notice_page
from chalicelib.alerts.usecases.notice_pages import MOST_ENTRIES
from chalicelib.alerts.usecases.sending import process_request, process_wake
from chalicelib.aws.sqs import MOST_IN_A_BATCH
from chalicelib.errors import NotNow
from chalicelib.events import DisruptionPosted
from tests.support.fakes_alerts import BOUNDS, GUILDHALL, AlertsWorld
from tests.support.fakes_delivery import DeliveryWorld, notice

NOTICE = "d" * 32
POSTED = DisruptionPosted(event_id="1", notice_id=NOTICE, news=1)
MILLION = 1_000_000


class CountedIndex:
    """The Index port with a million subscriptions to the council's disruptions, none of them
    stored. `made` counts the entries that were read."""

    AREA = "disruptions:council"

    def __init__(self) -> None:
        self.made = 0

    def entries(self, area: AreaQuery, *, limit: int | None = None) -> Iterable[IndexEntry]:
        return islice(self._from(area.low), limit) if area.name == self.AREA else ()

    def _from(self, low: str) -> Iterator[IndexEntry]:
        _, _, after = low.rstrip("~").partition("#")
        for number in range(int(after, 16) + 1 if after else 0, MILLION):
            self.made += 1
            yield _entry(f"{number:032x}", self.AREA)

    def put(self, entries: Iterable[IndexEntry]) -> None:
        raise AssertionError

    def remove(self, keys: Iterable[tuple[str, str]]) -> None:
        raise AssertionError


def _entry(subscription_id: str, area: str) -> IndexEntry:
    return IndexEntry(
        area=area,
        reach="b",
        subscription_id=subscription_id,
        place=None,
        service_codes=(),
        event_types=(),
        frequency="now",
        channel="email",
        recipient=subscription_id,
        is_own=False,
    )


def page_from(low: str) -> tuple[list[AlertBatch], NoticePageWanted | None, CountedIndex]:
    """What a run that begins there leaves to others, and what it read."""
    alerts, index = AlertsWorld(), CountedIndex()
    everywhere = Extent(box=BOUNDS, ward_codes=(GUILDHALL,))
    alerts.notices.known[NOTICE] = NoticeScope(extent=everywhere)
    wanted = NoticePageWanted(fact=POSTED, news=1, area=0, low=low)
    match_notice_page(wanted, replace(alerts.matching, index=index))
    batches = [each for each in alerts.shares.sent if isinstance(each, AlertBatch)]
    pages = [each for each in alerts.shares.sent if isinstance(each, NoticePageWanted)]
    assert len(pages) == 1 and not alerts.outbox.sent
    assert alerts.shares.sent[-1] == pages[0], "the next page is asked for last"
    return batches, pages[0], index


@pytest.mark.parametrize("page", [0, 1, 99, MILLION // MOST_ENTRIES - 1])
def test_each_page_of_a_million_is_as_small_and_begins_where_the_one_before_ended(
    page: int,
) -> None:
    begin = page * MOST_ENTRIES
    low = f"b#{begin - 1:032x}~" if page else ""
    batches, following, index = page_from(low)
    told = [each for batch in batches for each in batch.subscription_ids]
    assert told == [f"{number:032x}" for number in range(begin, begin + MOST_ENTRIES)]
    assert index.made == MOST_ENTRIES and len(batches) == MOST_IN_A_BATCH, "one call of the queue"
    assert following and (following.area, following.low) == (0, f"b#{int(told[-1], 16):032x}~")


def test_page_after_the_last_subscriber_goes_on_with_the_next_area() -> None:
    batches, following, _ = page_from(f"b#{MILLION - 1:032x}~")
    assert not batches and following and following.area > 0 and not following.low


@pytest.fixture
def world() -> DeliveryWorld:
    world = DeliveryWorld()
    world.knows(notice(notice_id=NOTICE))
    for number, topic in enumerate((Topic(kind="council"), Topic(kind="disruptions"))):
        world.subscribe(subscription_id=f"{number:032x}", topic=topic)
    return world


def requested(number: int, **values: Any) -> AlertRequested:
    return AlertRequested(
        **{
            "subscription_id": f"{number:032x}",
            "what": "disruption",
            "version": 1,
            "occurred_at": DeliveryWorld().clock.now,
            "notice_id": NOTICE,
            **values,
        }
    )


def test_person_with_two_subscriptions_is_told_by_one_of_them(world: DeliveryWorld) -> None:
    ports = world.ports()
    after = [process_request(requested(number), ports) for number in (0, 1, 0)]
    assert [each and each.state for each in after] == ["sent", "dropped", None]
    assert len(world.sender.there) == 1


def test_person_is_told_once_when_the_first_message_has_to_be_tried_again(
    world: DeliveryWorld,
) -> None:
    ports = world.ports()
    world.sender.raises = [NotNow("full")]
    first, second = process_request(requested(0), ports), process_request(requested(1), ports)
    assert first and second and (first.state, second.state) == ("waiting", "dropped")
    world.clock.now = first.next_try_at
    process_wake(Wake(subscription_id=first.subscription_id, alert_id=first.alert_id), ports)
    assert len(world.sender.there) == 1


def test_new_version_of_the_disruption_is_told_again(world: DeliveryWorld) -> None:
    ports = world.ports()
    process_request(requested(0), ports)
    world.knows(notice(notice_id=NOTICE, version=2))
    process_request(requested(1, version=2), ports)
    assert len(world.sender.there) == 2


def test_email_over_the_quota_of_the_day_waits_for_the_next_morning(world: DeliveryWorld) -> None:
    world.quota = Quota(emails_a_second=1, emails_a_day=1)
    after = process_request(requested(0), world.ports())
    assert after and (after.state, after.backlog, after.tries) == ("waiting", "over_cap", 0)
    assert after.next_try_at.date() > world.clock.now.date() and not world.sender.there
