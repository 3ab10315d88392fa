"""A fact that concerns more people than one run tells, when the network plays up: each of them is
passed to the senders, and the queue's message is deleted only when that is done."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import count

import boto3
import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import entries_of
from chalicelib.alerts.model import AlertRequested, Topic
from chalicelib.alerts.ports import NoticeScope
from chalicelib.alerts.usecases import alert_batches, notice_pages
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import match_ports
from chalicelib.events import DisruptionPosted, ReportChanged
from chalicelib.geo.point import Box, Point
from chalicelib.handlers.alerts import alerts_events
from tests.architecture.test_events import EVENTS
from tests.support.builders import MARKET_PLACE
from tests.support.composition import replace_built
from tests.support.fakes_alerts import AlertsWorld, MemoryNotices, alert_report, subscription
from tests.support.seam import ALL_TRIES, Try, lose_reply, refuse_call

EVENT = json.loads((EVENTS / "match_alerts.json").read_text(encoding="utf-8"))
REPORT = "7K3M2QXV9HTD"
FACT = ReportChanged(
    event_id="2",
    service_request_id=REPORT,
    version=2,
    old_tile=None,
    tile=None,
    state="in_progress",
    old_state="open",
)
NOTICE = "d" * 32
POSTED = DisruptionPosted(event_id="3", notice_id=NOTICE, news=1)
HERE = Point(**MARKET_PLACE)
SUBSCRIBERS = [subscription(number, topic=Topic(kind="council")) for number in range(7)]
STRIKES: dict[str, Callable[[int], AbstractContextManager[list[Try]]]] = {
    "reply lost for good": lambda nth: lose_reply(nth, times=ALL_TRIES),
    "refused": partial(refuse_call, kind="500", times=ALL_TRIES),
}


def round_about(centre: Point, radius_m: float) -> Extent:
    return Extent(box=Box.around(centre, radius_m), ward_codes=(), centre=centre, radius_m=radius_m)


@pytest.fixture
def subscribers(cloud: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven, two of them told by one run; the index and the queues are moto's."""
    reports = AlertsWorld().reports
    reports.put(alert_report(service_request_id=REPORT))
    notices = MemoryNotices({NOTICE: NoticeScope(extent=round_about(HERE, 50))})
    ports = replace(match_ports(), reports=reports, notices=notices)
    ports.index.put(entry for each in SUBSCRIBERS for entry in entries_of(each))
    replace_built(monkeypatch, match_ports, ports)
    monkeypatch.setattr(alert_batches, "BATCH_SIZE", 2)


@pytest.mark.parametrize("kind", STRIKES)
def test_all_recipients_are_notified_once_when_each_run_breaks_off_at_any_call(
    kind: str, subscribers: None
) -> None:
    for nth in count(1):
        strike = partial(STRIKES[kind], nth)
        was_struck = deliver(msgspec.json.encode(FACT).decode(), strike)
        for body in list(waiting("MATCH_QUEUE_URL")):
            was_struck |= deliver(body, strike)
        bodies = waiting("ALERTS_QUEUE_URL")
        told = [msgspec.json.decode(body, type=AlertRequested).subscription_id for body in bodies]
        assert set(told) == {each.subscription_id for each in SUBSCRIBERS}, nth
        if not was_struck:
            assert nth > 6 and len(told) == len(SUBSCRIBERS)
            return


def test_all_recipients_are_notified_when_any_page_of_a_disruption_breaks_off(
    subscribers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_pages, "MOST_ENTRIES", 3)
    for nth in count(1):
        strike = partial(STRIKES["refused"], nth)
        was_struck, bodies = False, [msgspec.json.encode(POSTED).decode()]
        while bodies:
            was_struck |= deliver(bodies.pop(), strike)
            bodies += waiting("MATCH_QUEUE_URL")
        told = [
            msgspec.json.decode(body, type=AlertRequested).subscription_id
            for body in waiting("ALERTS_QUEUE_URL")
        ]
        assert set(told) == {each.subscription_id for each in SUBSCRIBERS}, nth
        if not was_struck:
            assert nth > 3 and len(told) == len(SUBSCRIBERS)
            return


def deliver(body: str, strike: Callable[[], AbstractContextManager[list[Try]]]) -> bool:
    """As the queue does: until the handler no longer names the message. Answers whether a
    call was struck."""
    event = {"Records": [EVENT["Records"][0] | {"body": body}]}
    with strike() as struck:
        for _ in range(5):
            if not alerts_events.match_alerts(event, None)["batchItemFailures"]:
                return bool(struck)
    raise AssertionError("The message is in the dead-letter queue.")


def waiting(name: str) -> Iterator[str]:
    """What lies in the queue that this setting names, taken from it."""
    queue, url = boto3.client("sqs"), getattr(container.settings(), name.lower())
    while found := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]
