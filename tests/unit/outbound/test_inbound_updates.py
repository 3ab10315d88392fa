"""What another body says of a report comes into our timeline, once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import NoReply
from chalicelib.net.reply import Reply
from chalicelib.outbound.inbound_updates import LEAST, MOST_A_RUN, PollResult, Ports, RemoteStatus
from chalicelib.outbound.inbound_updates import poll as poll_until
from chalicelib.outbound.model import Delivery
from chalicelib.outbound.open311_client import MOST_BYTES, Open311Client
from chalicelib.outbound.polling import FOR_ALL, FOR_UPDATES, poll_all
from chalicelib.outbound.ports import Mark
from chalicelib.outbound.tokens import AT_ONCE as TOKENS_AT_ONCE
from chalicelib.outbound.tokens import LAST as TOKENS_LAST
from chalicelib.outbound.tokens import resolve_tokens as resolve_until
from chalicelib.reports.published import InboundResult
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_forwarding import (
    REFERENCE,
    FakeServer,
    MemoryMarks,
    open311_answer,
    status_reply,
)
from tests.support.fakes_outbound import MemoryDeliveries, delivery
from tests.unit.outbound.test_open311 import county

DAY = timedelta(days=1)


class Told:
    """The reports: what came into their timelines, and what was noted of being passed on."""

    def __init__(self) -> None:
        self.most = 1_000
        self.timeline: dict[str, tuple[str, RemoteStatus]] = {}
        self.references: dict[str, tuple[str, str | None]] = {}

    def __call__(self, service_request_id: str, key: str, said: RemoteStatus, /) -> InboundResult:
        if key in self.timeline:
            return "known"
        if sum(about == service_request_id for about, _ in self.timeline.values()) >= self.most:
            return "over"
        self.timeline[key] = (service_request_id, said)
        return "added"

    def note_passed_on(self, request_id: str, to: str, reference: str | None, key: str) -> None:
        self.references.setdefault(key, (to, reference))


class Office:
    """A council that has passed a report on to the county, which calls it C-1."""

    def __init__(self, *destinations: Open311Destination, **sent: Any) -> None:
        self.outside, self.told, self.clock = FakeServer(), Told(), Clock()
        self.deliveries, self.marks = MemoryDeliveries(), MemoryMarks()
        values = {"state": "sent", "external_id": "C-1", "sent_at": NOON}
        self.sent = self.deliveries.create(delivery(**(values | sent)))
        self.ports = Ports(
            deliveries=self.deliveries,
            marks=self.marks,
            client=Open311Client(lambda: self.outside, lambda _: "k3y"),
            bring_back=self.told,
            reports=self.told,  # type: ignore[arg-type]
            destinations=destinations or (county(),),
            now=self.clock,
        )

    def hears(self, *said: Reply | Exception) -> None:
        self.outside.answers["GET servicerequestupdates.xml"] = list(said)

    def windows(self) -> list[tuple[str, str]]:
        """Of which times the county was asked."""
        return [(q["start_date"][0], q["end_date"][0]) for _, _, q in self.outside.asked]


def poll(there: Open311Destination, ports: Ports) -> int:
    return polled(there, ports).updates


def polled(there: Open311Destination, ports: Ports) -> PollResult:
    return poll_until(there, ports, ports.now() + FOR_UPDATES)


def resolve_tokens(there: Open311Destination, ports: Ports) -> None:
    resolve_until(there, ports, ports.now() + FOR_UPDATES)


@pytest.fixture
def office() -> Office:
    return Office()


def said(update_id: str = "u1", number: str = "C-1", **values: str) -> dict[str, str]:
    return {
        "update_id": update_id,
        "service_request_id": number,
        "status": "fixed",
        "updated_datetime": "2026-06-01T11:59:00Z",
        "description": "Filled in.",
        "media_url": "",
        **values,
    }


def updates(*entries: dict[str, str]) -> Reply:
    return open311_answer(list(entries), root="service_request_updates")


def test_update_enters_its_reports_timeline(office: Office) -> None:
    office.hears(updates(said(), said("u2", status="closed", description="")))
    assert poll(county(), office.ports) == 2
    assert list(office.told.timeline.values()) == [
        (REFERENCE, RemoteStatus("fixed", "Filled in.")),
        (REFERENCE, RemoteStatus("closed", "")),
    ]


def test_update_is_added_once_when_periods_overlap(office: Office) -> None:
    office.hears(updates(said()))
    for minutes in (0, 5, 10):
        office.clock.now = NOON + timedelta(minutes=minutes)
        assert poll(county(), office.ports) == 1
    assert len(office.told.timeline) == 1
    assert office.windows() == [
        ("2026-06-01T10:00:00Z", "2026-06-01T12:00:00Z"),
        ("2026-06-01T10:00:00Z", "2026-06-01T12:05:00Z"),
        ("2026-06-01T10:05:00Z", "2026-06-01T12:10:00Z"),
    ]


def test_updates_of_two_reports_or_destinations_with_equal_ids_are_separate() -> None:
    office = Office(county(), county(destination="other"))
    for destination, external_id in (("county", "C-2"), ("other", "C-1")):
        values = {"state": "sent", "external_id": external_id, "destination": destination}
        office.deliveries.create(delivery(delivery_id=external_id + destination, **values))
    office.hears(updates(said("u1", "C-1"), said("u1", "C-2")))
    assert poll_all(office.ports).updates == 3
    assert len(office.told.timeline) == 3


def test_updates_of_unknown_reports_are_ignored(office: Office) -> None:
    office.hears(updates(said(number="X-9"), said(update_id=""), said(number="")))
    assert poll(county(), office.ports) == 0
    assert office.told.timeline == {}


@pytest.mark.parametrize(
    "failure", [NoReply("lost"), status_reply(500), status_reply(403), status_reply(200)]
)
def test_same_period_is_requested_again_when_the_destination_does_not_answer(
    failure: Reply | Exception, office: Office
) -> None:
    office.hears(updates())
    poll(county(), office.ports)
    office.clock.now = NOON + timedelta(hours=5)
    office.hears(failure)
    assert set(poll_all(office.ports).failed) == {"county"}
    office.hears(updates(said()))
    assert poll_all(office.ports).updates == 1
    assert office.windows()[-1] == office.windows()[-2]
    assert office.windows()[-1][0] == "2026-06-01T10:00:00Z"


def test_missed_days_are_caught_up_one_by_one(office: Office) -> None:
    office.marks.put("county", Mark(NOON - 9 * DAY))
    office.hears(updates())
    poll(county(), office.ports)
    assert office.marks.get("county") == Mark(NOON)
    starts, ends = zip(*office.windows(), strict=True)
    assert len(ends) == 9 and starts[1:] == ends[:-1]
    assert (starts[0], ends[-1]) == ("2026-05-23T10:00:00Z", "2026-06-01T12:00:00Z")


def test_destination_that_does_not_answer_delays_no_other() -> None:
    office = Office(county(destination="away", endpoint="https://away.example/v2"), county())
    office.hears(NoReply("lost"), updates(said()))
    told = poll_all(office.ports)
    assert (told.updates, set(told.failed)) == (1, {"away"})


def test_report_gets_its_reference_when_its_token_has_become_an_id() -> None:
    office = Office(external_id="token:t1")
    office.outside.answers["GET t1.xml"] = [
        open311_answer([{"service_request_id": "", "token": "t1"}])
    ]
    resolve_tokens(county(), office.ports)
    assert office.told.references == {}
    office.outside.answers["GET t1.xml"] = [
        open311_answer([{"service_request_id": "C-7", "token": "t1"}])
    ]
    for _ in range(3):
        resolve_tokens(county(), office.ports)
    assert list(office.told.references.values()) == [("The county", "C-7")]
    assert _stored(office).external_id == "C-7"


def test_server_without_updates_is_not_a_failure() -> None:
    office = Office(external_id="token:t1")
    office.hears(status_reply(404))
    office.outside.answers["GET t1.xml"] = [
        open311_answer([{"service_request_id": "C-7", "token": "t1"}])
    ]
    told = poll_all(office.ports)
    assert (told.updates, told.failed) == (0, {})
    assert _stored(office).external_id == "C-7" and office.marks.get("county") is None


def test_updates_before_the_id_was_known_are_added_later() -> None:
    office = Office(external_id="token:t1")
    office.marks.put("county", Mark(NOON + 3 * DAY))
    office.clock.now = NOON + 3 * DAY
    office.outside.answers["GET t1.xml"] = [
        open311_answer([{"service_request_id": "C-1", "token": "t1"}])
    ]
    office.hears(updates())
    poll_all(office.ports)
    office.clock.now += timedelta(minutes=5)
    office.hears(updates(said()))
    poll_all(office.ports)
    starts = [q["start_date"][0] for _, _, q in office.outside.asked if "start_date" in q]
    assert starts[1] == "2026-06-01T10:00:00Z" and len(office.told.timeline) == 1
    assert office.marks.get("county") == Mark(office.clock.now)


def test_refused_token_delays_no_other() -> None:
    office = Office(external_id="token:t1")
    second = delivery(delivery_id="e" * 32, state="sent", external_id="token:t2")
    office.deliveries.create(second)
    office.hears(updates())
    office.outside.answers["GET t1.xml"] = [status_reply(404)]
    office.outside.answers["GET t2.xml"] = [
        open311_answer([{"service_request_id": "C-8", "token": "t2"}])
    ]
    assert poll_all(office.ports).failed == {}
    assert list(office.told.references.values()) == [("The county", "C-8")]


def test_each_token_is_polled_in_turn_when_there_are_too_many_for_one_run() -> None:
    office = Office(external_id="token:t0")
    for number in range(1, 2 * TOKENS_AT_ONCE + 5):
        values = {"delivery_id": f"{number:032}", "external_id": f"token:t{number}"}
        office.deliveries.create(delivery(state="sent", **values))
    none_yet = open311_answer([{"service_request_id": "", "token": "t"}])
    for number in range(2 * TOKENS_AT_ONCE + 5):
        office.outside.answers[f"GET t{number}.xml"] = [none_yet]
    for run in range(1, 4):
        resolve_tokens(county(), office.ports)
        assert len(office.outside.asked) <= run * TOKENS_AT_ONCE
        office.clock.now += timedelta(minutes=5)
    assert len({path for _, path, _ in office.outside.asked}) == 2 * TOKENS_AT_ONCE + 5


def test_update_with_overlong_ids_delays_no_other(office: Office) -> None:
    office.hears(updates(said(number="x" * 3_000), said(update_id="u" * 3_000), said()))
    assert poll(county(), office.ports) == 1


def test_api_key_is_sent_with_a_request_for_updates(office: Office) -> None:
    office.hears(updates())
    poll(county(jurisdiction_id="county.example"), office.ports)
    ((_, path, query),) = office.outside.asked
    assert path == "/open311/v2/servicerequestupdates.xml"
    assert (query["api_key"], query["jurisdiction_id"]) == (["k3y"], ["county.example"])


def refuses(office: Office, is_refused: Callable[[datetime, datetime], bool], no: Reply) -> None:
    """The county answers so where it is asked for such a time."""

    def get(url: str, headers: Any = None, *, most_bytes: int, timeout_s: float) -> Reply:
        query = parse_qs(urlsplit(url).query)
        office.outside.asked.append(("GET", url, query))
        start, end = (datetime.fromisoformat(query[name][0]) for name in ("start_date", "end_date"))
        return no if is_refused(start, end) else updates()

    office.outside.get = get  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "no", [status_reply(400), status_reply(413), Reply(200, {}, b"x" * MOST_BYTES)]
)
def test_refused_period_is_requested_in_parts(no: Reply, office: Office) -> None:
    office.marks.put("county", Mark(NOON - 2 * DAY))
    refuses(office, lambda start, end: end - start > timedelta(hours=1), no)
    told = polled(county(), office.ports)
    assert (office.marks.get("county"), told.missed) == (Mark(NOON), 0)


def test_period_refused_in_all_parts_is_skipped_and_reported(office: Office) -> None:
    bad = NOON - 3 * timedelta(hours=1)
    office.marks.put("county", Mark(NOON - DAY))
    refuses(office, lambda start, end: start <= bad < end, status_reply(400))
    told = poll_all(office.ports)
    assert (told.failed, told.polled["county"].missed) == ({}, 1)
    mark = office.marks.get("county")
    assert mark and mark.until == NOON and mark.missed_until
    assert bad < mark.missed_until <= bad + LEAST
    office.outside.asked.clear()
    assert polled(county(), office.ports).missed == 0


def test_tokens_are_polled_when_updates_cannot_be_read() -> None:
    office = Office(external_id="token:t1")
    office.hears(status_reply(403))
    office.outside.answers["GET t1.xml"] = [
        open311_answer([{"service_request_id": "C-7", "token": "t1"}])
    ]
    assert set(poll_all(office.ports).failed) == {"county"}
    assert _stored(office).external_id == "C-7"


def test_report_refuses_updates_beyond_its_limit(office: Office) -> None:
    office.told.most = 20
    office.hears(updates(*(said(f"u{number}") for number in range(500))))
    told = polled(county(), office.ports)
    assert (told.updates, told.over, len(office.told.timeline)) == (20, 480, 20)


def test_run_has_a_maximum_of_updates_and_the_next_one_continues(office: Office) -> None:
    office.hears(updates(*(said(f"u{number}") for number in range(MOST_A_RUN + 7))))
    assert polled(county(), office.ports).added == MOST_A_RUN
    assert office.marks.get("county") is None
    assert polled(county(), office.ports).added == 7
    assert office.marks.get("county") == Mark(NOON)


def slow(office: Office, by: timedelta) -> None:
    """The county takes that long for each answer."""
    at_once = office.outside.get

    def get(url: str, headers: Any = None, *, most_bytes: int, timeout_s: float) -> Reply:
        office.clock.now += by
        return at_once(url, most_bytes=most_bytes, timeout_s=timeout_s)

    office.outside.get = get  # type: ignore[method-assign]


def test_slow_destination_has_a_time_limit() -> None:
    names = [f"b{number}" for number in range(5)]
    office = Office(*(county(destination=name) for name in names))
    office.hears(updates())
    slow(office, timedelta(seconds=19))
    asked: set[str] = set()
    for run in range(len(names)):
        office.clock.now = NOON + run * timedelta(minutes=5)
        begun = office.clock.now
        for name in names:
            office.marks.put(name, Mark(NOON - 7 * DAY))
        told = poll_all(office.ports)
        assert office.clock.now - begun < FOR_ALL + timedelta(seconds=20)
        assert told.left and {*told.left} | {*told.polled} == {*names}
        asked |= {*told.polled}
    assert asked == {*names}


def test_token_is_polled_after_a_thousand_other_deliveries() -> None:
    office = Office(external_id="C-0")
    for number in range(1_050):
        values = {"delivery_id": f"{number:032}", "external_id": f"X-{number}"}
        office.deliveries.create(delivery(state="sent", **values))
    office.deliveries.create(delivery(delivery_id="f" * 32, state="sent", external_id="token:t"))
    office.outside.answers["GET t.xml"] = [
        open311_answer([{"service_request_id": "C-7", "token": "t"}])
    ]
    resolve_tokens(county(), office.ports)
    assert [reference for _, reference in office.told.references.values()] == ["C-7"]


def test_token_is_given_up_after_a_week_without_an_id() -> None:
    office = Office(external_id="token:t1")
    office.clock.now += TOKENS_LAST + timedelta(seconds=1)
    resolve_tokens(county(), office.ports)
    assert office.outside.asked == [] and office.deliveries.with_token("county") == []


def test_each_token_is_polled_in_turn_when_time_runs_out() -> None:
    office = Office(external_id="token:t0")
    for number in range(5):
        values = {"delivery_id": f"{number:032}", "external_id": f"token:t{number}"}
        office.deliveries.create(delivery(state="sent", **values))
        office.outside.answers[f"GET t{number}.xml"] = [open311_answer([{"token": "t"}])]
    slow(office, FOR_UPDATES)
    for run in range(8):
        office.clock.now = NOON + run * timedelta(minutes=5)
        resolve_tokens(county(), office.ports)
    assert len({path for _, path, _ in office.outside.asked}) == 5


def _stored(office: Office) -> Delivery:
    found = office.deliveries.get(office.sent.delivery_id)
    assert found
    return found
