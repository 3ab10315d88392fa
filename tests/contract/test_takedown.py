"""Many reports are taken back at once: the CDN drops the copies of all, as fast as it can."""

from collections.abc import Collection, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from chalicelib.aws.cloudfront import TOO_MANY, CloudFrontCdn
from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.errors import NotNow, UpstreamFailed
from chalicelib.events import Event, ReportChanged
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, key_of
from chalicelib.handlers.publishing import publishing_events
from chalicelib.publishing.model import page_key, report_key
from tests.contract.test_publishing_at_the_seam import delivered
from tests.support.builders import MARKET_PLACE
from tests.support.composition import replace_built
from tests.support.effort import effort
from tests.support.fakes import MemoryQueue
from tests.support.fakes_publishing import PublishingWorld

TILE = key_of(Point(**MARKET_PLACE), MAP_ZOOM)
REPORTS = effort(200, 10_000)
MOST_PATHS = REPORTS // 3 + 30


class BusyCdn:
    """Works on MOST_PATHS paths at a time; `finish` ends all work in progress."""

    def __init__(self) -> None:
        self.dropped: set[str] = set()
        self.in_progress = self.refused = 0

    def invalidate(self, paths: Collection[str], reference: str) -> None:
        assert not [path for path in paths if "*" in path]
        if self.in_progress + len(paths) > MOST_PATHS:
            self.refused += 1
            raise NotNow("too_many_invalidations")
        self.in_progress += len(paths)
        self.dropped |= set(paths)

    def finish(self) -> None:
        self.in_progress = 0


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> MemoryQueue[Event]:
    made = MemoryQueue[Event]()
    replace_built(monkeypatch, container.queue, made, "publish")
    return made


@pytest.fixture
def here() -> PublishingWorld:
    return PublishingWorld()


@pytest.fixture
def cdn(here: PublishingWorld, monkeypatch: pytest.MonkeyPatch) -> BusyCdn:
    made = BusyCdn()
    ports = replace(here.ports(), purge=made.invalidate)
    replace_built(monkeypatch, publishing_ports, ports)
    return made


def hidden(number: int) -> ReportChanged:
    """The fact that this report was hidden."""
    return ReportChanged(
        event_id=str(number),
        service_request_id=f"R{number:011}",
        version=2,
        old_tile=TILE,
        tile=TILE,
        purge=True,
    )


def deliver_all(facts: Sequence[Event]) -> list[Event]:
    """Delivers facts in batches; returns those that count as failed."""
    batches = [facts[first : first + 10] for first in range(0, len(facts), 10)]
    return [fact for batch in batches for fact in delivered(batch)]


def test_copies_of_thousands_of_hidden_reports_are_dropped_without_a_failed_message(
    here: PublishingWorld, cdn: BusyCdn, queue: MemoryQueue[Event]
) -> None:
    facts: list[Event] = [hidden(number) for number in range(REPORTS)]
    for fact in facts:
        here.documents.bodies[report_key(fact.service_request_id)] = b"{}"
    assert deliver_all(facts) == []
    assert not [key for key in here.documents.bodies if "reports/" in key]
    while queue.sent:
        again, queue.sent[:] = list(queue.sent), []
        cdn.finish()
        assert deliver_all(again) == []
    assert cdn.refused > 2
    assert set(queue.delays) == {publishing_events.CDN_BUSY_S}
    for fact in facts:
        for key in (report_key, page_key):
            assert f"/{key(fact.service_request_id)}" in cdn.dropped


def test_message_comes_again_when_its_fact_cannot_be_put_off(
    here: PublishingWorld, cdn: BusyCdn, queue: MemoryQueue[Event]
) -> None:
    cdn.in_progress = MOST_PATHS
    queue.fails = UpstreamFailed("The queue did not answer.")
    assert delivered([hidden(1)]) == [hidden(1)]


def test_cdn_says_that_it_has_too_much_to_do() -> None:
    class Refusing:
        def create_invalidation(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": TOO_MANY}}, "CreateInvalidation")

    client: Any = Refusing()
    with pytest.raises(NotNow):
        CloudFrontCdn(client, "E1").invalidate(["/a"], "reference")
