"""The invented council on the local stack: events are stored, the pump carries them through
streams, index, matching and senders, and delivered messages are read from the outbox. Subscriptions
and reports are stored by their use cases rather than over HTTP; all later processing is the normal
one. Time stands still within a phase, however long that takes.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import boto3
import time_machine

from bench.crowd.geometry import WardAt, ward_finder
from bench.crowd.model import Phase, World, acts_in_order
from bench.crowd.outbox import DeliveredMessage, read_messages
from bench.crowd.reporting import Reports
from bench.crowd.subscribing import leave_subscription, store_subscriptions
from bench.crowd.watching import counting_queries, keep_to_alerts, process_all
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.catalogue.load import COUNCILS
from chalicelib.gazetteer.wards import WARDS
from infra.demo.gazetteer import COMMITTED
from infra.local import mail
from infra.local.cloud import DEMO, Cloud
from infra.local.push import PushService
from infra.publish_web import WebFile, upload_file

T = TypeVar("T")
PHASE_TIMES: Mapping[Phase, datetime] = {
    "before": datetime(2026, 6, 3, 9, 0, tzinfo=UTC),
    "new": datetime(2026, 6, 3, 9, 10, tzinfo=UTC),
    "first": datetime(2026, 6, 3, 9, 20, tzinfo=UTC),
    "second": datetime(2026, 6, 3, 9, 30, tzinfo=UTC),
    "next day": datetime(2026, 6, 4, 9, 0, tzinfo=UTC),
}
"""A Wednesday, and the day after; the council's time is an hour ahead."""
WAKE_TIMES = {
    "evening": datetime(2026, 6, 3, 19, 5, tzinfo=UTC),
    "digests": datetime(2026, 6, 4, 7, 5, tzinfo=UTC),
    "next evening": datetime(2026, 6, 4, 19, 5, tzinfo=UTC),
    "next digests": datetime(2026, 6, 5, 7, 5, tzinfo=UTC),
    "questions": datetime(2026, 6, 7, 19, 5, tzinfo=UTC),
    "weekly digests": datetime(2026, 6, 8, 7, 5, tzinfo=UTC),
}
AT_ONCE = 50
"""The number of events before all their processing is done: moto searches the whole queue for each
message."""


class Run(NamedTuple):
    """The result. `queries`: the number of facts by their number of index queries."""

    landed: Counter[DeliveredMessage]
    queries: Counter[int]


@contextmanager
def crowd(world: World) -> Iterator["Crowd"]:
    """The stack with this council on it, before anything has happened."""
    with ExitStack() as clean:
        clock = clean.enter_context(time_machine.travel(PHASE_TIMES["before"], tick=False))
        folder = clean.enter_context(tempfile.TemporaryDirectory())
        push = PushService()
        push.start()
        clean.callback(push.stop)
        cloud = Cloud(council=_council(Path(folder)), outside_allowed=push.origin)
        clean.callback(cloud.stop)
        upload_file(boto3.client("s3"), cloud.bucket, WebFile(WARDS, COMMITTED[WARDS]))
        keep_to_alerts(cloud.pump)
        yield Crowd(world, cloud, push, clock)


class Crowd:
    """An invented council on a stack."""

    def __init__(self, world: World, cloud: Cloud, push: PushService, clock: Any) -> None:
        self._world, self._cloud, self._push, self._clock = world, cloud, push, clock
        self._reports = Reports(world.cases)
        on_push = [each for each in world.people if each.channel == "push"]
        self._browsers = {each.address: push.subscribe() for each in on_push}

    def run(self) -> Run:
        """Runs all events, in the order of `expected.py`."""
        phases: tuple[Phase, ...] = ("new", "first", "second")
        with counting_queries() as asked:
            self._live("before")
            self._subscribe()
            for phase in phases:
                self._live(phase)
            self._wake("evening", "digests")
            self._live("next day")
            self._wake("next evening", "next digests", "questions", "weekly digests")
        return Run(Counter(self._delivered_messages()), Counter(asked))

    def _live(self, phase: Phase) -> None:
        self._clock.move_to(PHASE_TIMES[phase])
        for some in _in_parts(acts_in_order(self._world, phase)):
            for number, act in some:
                self._reports.act(number, act, phase)
            process_all(self._cloud.pump)

    def _subscribe(self) -> None:
        """All subscribe; some stop it, once they are in the index."""
        for some in _in_parts(self._world.people):
            made = [
                (person, each)
                for person in some
                for each in store_subscriptions(
                    person, self._browsers.get(person.address), self._reports.ids
                )
            ]
            process_all(self._cloud.pump)
            for person, each in made:
                leave_subscription(person, each)
            process_all(self._cloud.pump)

    def _wake(self, *moments: str) -> None:
        """Advances to these times, and from each by minutes until nothing is due."""
        for moment in moments:
            self._clock.move_to(WAKE_TIMES[moment])
            ports = delivery_ports()
            while ports.alerts.due_alerts(ports.now(), limit=1):
                self._cloud.pump.run_schedules()
                process_all(self._cloud.pump)
                self._clock.shift(60)

    def _delivered_messages(self) -> Iterator[DeliveredMessage]:
        shown = mail.outbox(each.outbox_entry() for each in self._push.taken)["items"]
        names = {browser["endpoint"]: name for name, browser in self._browsers.items()}
        return read_messages(shown, self._reports.ids, names)


def wards() -> WardAt:
    """The ward of a place of the demo council."""
    return ward_finder(json.loads(COMMITTED[WARDS].read_bytes()))


def _council(folder: Path) -> str:
    """The demo council with an unlimited number of texts."""
    document = json.loads((COUNCILS / f"{DEMO}.json").read_bytes()) | {"texts_a_day": 1_000_000}
    path = folder / f"{DEMO}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def _in_parts(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(things), AT_ONCE):
        yield things[begin : begin + AT_ONCE]
