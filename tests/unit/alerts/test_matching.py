"""The meaning of a fact and its matching subscriptions, compared with a full scan of them."""

from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from chalicelib.alerts.index import IndexEntry, entries_of
from chalicelib.alerts.matching import (
    OFFERED_EVENT_TYPES,
    Occurrence,
    choose_entries,
    event_type_of,
    is_concerned,
)
from chalicelib.alerts.model import (
    MOST_RADIUS_M,
    AlertRequested,
    EventType,
    Subscription,
    Topic,
    TopicKind,
)
from chalicelib.alerts.ports import Reporter
from chalicelib.alerts.usecases.indexing import reindex
from chalicelib.alerts.usecases.matching import match_report
from chalicelib.events import OfReport, ReportChanged, ReportSubmitted
from chalicelib.geo.point import Point, distance_m
from chalicelib.reports.published import Report
from tests.support.builders import MARKET_PLACE
from tests.support.fakes import IDS
from tests.support.fakes_alerts import GUILDHALL, AlertsWorld, alert_report, area, subscription

R1 = "R00000000001"
WEST, SOUTH, EAST, NORTH = -1.2, 53.89, -0.963, 54.028


def submitted(**values: Any) -> ReportSubmitted:
    return ReportSubmitted(
        **{
            "event_id": "1",
            "service_request_id": R1,
            "version": 1,
            "tile": None,
            "is_new": True,
            **values,
        }
    )


def changed(**values: Any) -> ReportChanged:
    return ReportChanged(
        **{
            "event_id": "2",
            "service_request_id": R1,
            "version": 2,
            "old_tile": None,
            "tile": None,
            "state": "in_progress",
            "old_state": "open",
            **values,
        }
    )


def happening(**values: Any) -> Occurrence:
    return Occurrence(
        **{
            "what": "state_changed",
            "report": R1,
            "service_codes": ("pothole",),
            "places": (Point(**MARKET_PLACE),),
            "is_public": True,
            **values,
        }
    )


def entry(**values: Any) -> IndexEntry:
    return entries_of(subscription(**values))[0]


def indexed(*stored: Subscription) -> AlertsWorld:
    alerts = AlertsWorld(*stored)
    for each in stored:
        reindex(each.subscription_id, [each], alerts.indexing)
    alerts.reports.put(alert_report())
    return alerts


def told(alerts: AlertsWorld, fact: OfReport) -> set[str]:
    """Ids of the subscriptions that are told of it."""
    alerts.outbox.sent.clear()
    count = match_report(fact, alerts.matching)
    tells = [each for each in alerts.outbox.sent if isinstance(each, AlertRequested)]
    assert len(tells) == len({each.subscription_id for each in tells}) == count
    return {each.subscription_id for each in tells}


# What a fact means.


@pytest.mark.parametrize(
    ("fact", "what"),
    [
        (submitted(is_new=True), "new"),
        (submitted(is_new=False), None),
        (changed(is_new=True), "new"),
        (changed(appeared=True, state="open"), None),
        (changed(), "state_changed"),
        (changed(state="fixed"), "fixed"),
        (changed(state="closed"), "state_changed"),
        (changed(state="open", says_more=True), "updated"),
        (changed(says_more=True), "state_changed"),
        (changed(state="open"), None),
        (changed(state="", old_state=""), None),
    ],
)
def test_fact_has_its_event_types(fact: OfReport, what: EventType | None) -> None:
    assert event_type_of(fact) == what


def test_every_topic_lists_its_event_types() -> None:
    assert set(OFFERED_EVENT_TYPES) == set(get_args(TopicKind))
    # Officers' questions and reminders of bookings go to the reporter, and a
    # correction to those who were reminded.
    always = {"officer_question", "collection_change", "booking_reminder"}
    assert frozenset().union(*OFFERED_EVENT_TYPES.values()) == set(get_args(EventType)) - always


# Matching subscriptions.


@pytest.mark.parametrize(
    ("chosen_event_types", "what", "concerned"),
    [
        ((), "new", True),
        (("new",), "new", True),
        (("new",), "fixed", False),
        (("fixed",), "state_changed", False),
        (("state_changed",), "fixed", True),
    ],
)
def test_event_matches_subscriptions_with_its_type(
    chosen_event_types: tuple[EventType, ...], what: EventType, concerned: bool
) -> None:
    assert is_concerned(entry(event_types=chosen_event_types), happening(what=what)) is concerned


def test_text_event_matches_only_subscriptions_to_the_report() -> None:
    of_report = entry(topic=Topic(kind="report", service_request_id=R1))
    assert is_concerned(of_report, happening(what="updated"))
    assert not is_concerned(entry(topic=Topic(kind="council")), happening(what="updated"))


@pytest.mark.parametrize(
    ("codes", "concerned"), [((), True), (("pothole",), True), (("litter",), False)]
)
def test_event_matches_subscriptions_with_its_service(
    codes: tuple[str, ...], concerned: bool
) -> None:
    one = entry(topic=Topic(kind="council", service_codes=codes))
    assert is_concerned(one, happening()) is concerned


@pytest.mark.parametrize(("off_m", "concerned"), [(-0.5, True), (0.5, False)])
def test_event_matches_circles_that_contain_it_to_the_metre(off_m: float, concerned: bool) -> None:
    place = Point(lat=53.965, long=-1.09)
    radius_m = distance_m(Point(**MARKET_PLACE), place) - off_m
    assert is_concerned(entry(topic=area(radius_m)), happening(places=(place,))) is concerned


def test_non_public_report_matches_only_its_reporters_subscription() -> None:
    topic = Topic(kind="report", service_request_id=R1)
    private = happening(is_public=False)
    assert is_concerned(entry(topic=topic, is_own=True), private)
    assert not is_concerned(entry(topic=topic), private)
    assert not is_concerned(entry(topic=Topic(kind="council")), private)
    other = Topic(kind="report", service_request_id="R00000000002")
    assert not is_concerned(entry(topic=other, is_own=True), private)


def test_person_gets_one_message_when_several_of_their_subscriptions_match() -> None:
    same_address = {"address_key": "known", "topic": Topic(kind="council")}
    found = [
        entry(number=1, **same_address, frequency="weekly"),
        entry(number=2, **same_address),
        entry(number=3, address_key="known", topic=Topic(kind="report", service_request_id=R1)),
        entry(number=4, address_key="known", frequency="daily"),
        entry(number=5, address_key="another's"),
    ]
    for order in (found, found[::-1]):
        ids = {each.subscription_id for each in choose_entries(order, happening())}
        assert ids == {f"{3:032x}", f"{5:032x}"}


# The whole way, against looking at each subscription.


def some_subscriptions(count: int, seed: int) -> list[Subscription]:
    random = Random(seed)

    def topic() -> Topic:
        codes = random.choice([(), (), ("pothole",), ("litter", "pothole")])
        kind = random.choices(["area", "ward", "council", "report"], [20, 2, 1, 1])[0]
        if kind == "area":
            radius_m = random.choice([100, 500, 2_000, MOST_RADIUS_M])
            place = {"lat": random.uniform(SOUTH, NORTH), "long": random.uniform(WEST, EAST)}
            return area(radius_m, **place, service_codes=codes)
        if kind == "ward":
            return Topic(kind="ward", ward_code=random.choice([GUILDHALL, "another"]))
        if kind == "report":
            return Topic(kind="report", service_request_id=f"R{random.randint(1, 30):011}")
        return Topic(kind="council", service_codes=codes)

    event_types: list[tuple[EventType, ...]] = [(), ("new",), ("fixed",), ("state_changed",)]
    return [
        subscription(number, topic=topic(), event_types=random.choice(event_types))
        for number in range(count)
    ]


def would_hear(one: Subscription, of: Report, what: EventType) -> bool:
    """By reading the subscription, as people would."""
    topic = one.topic
    where = {
        "report": topic.service_request_id == of.service_request_id,
        "ward": topic.ward_code == of.ward_code,
        "council": True,
        "area": topic.kind == "area"
        and of.point is not None
        and distance_m(Point(lat=topic.lat or 0, long=topic.long or 0), of.point)
        <= (topic.radius_m or 0),
    }[topic.kind]
    wanted = {"fixed": {"fixed", "state_changed"}}.get(what, {what})
    is_heard = not one.event_types or bool(wanted & set(one.event_types))
    return (
        where and is_heard and (not topic.service_codes or of.service_code in topic.service_codes)
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_exactly_the_matching_subscribers_are_notified(seed: int) -> None:
    stored = some_subscriptions(150, seed)
    alerts = indexed(*stored)
    random = Random(seed)
    for number in range(1, 16):
        where = Point(lat=random.uniform(SOUTH, NORTH), long=random.uniform(WEST, EAST))
        of = alert_report(
            service_request_id=f"R{number:011}",
            lat=where.lat,
            long=where.long,
            ward_code=random.choice([GUILDHALL, None]),
            service_code=random.choice(["pothole", "litter"]),
        )
        alerts.reports.put(of)
        facts: list[OfReport] = [submitted(), changed(), changed(state="fixed")]
        fact = random.choice(facts)
        what = event_type_of(fact)
        assert what
        alerts.index.asked.clear()
        found = told(
            alerts, type(fact)(**_fields(fact) | {"service_request_id": of.service_request_id})
        )
        assert found == {e.subscription_id for e in stored if would_hear(e, of, what)}
        assert len(alerts.index.asked) <= 6


def _fields(fact: OfReport) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__struct_fields__}


# The reporter's own.


REPORTER = Reporter("email", "reporter@example.org", None)


def reported(**values: Any) -> AlertsWorld:
    alerts = indexed()
    alerts.reports.put(alert_report(**values))
    alerts.reports.reporters[R1] = REPORTER
    return alerts


def test_reporter_is_subscribed_to_the_report_and_gets_an_acknowledgement() -> None:
    alerts = reported()
    (own,) = told(alerts, submitted())
    stored = alerts.subscriptions.get(own)
    assert stored and stored.state == "active" and stored.is_own
    assert stored.to == "reporter@example.org"
    assert stored.topic == Topic(kind="report", service_request_id=R1)
    assert told(alerts, submitted()) == {own}, "A fact that comes again makes no second one."
    assert len(alerts.subscriptions.stored) == 1


def test_reporter_is_notified_of_a_non_public_report() -> None:
    alerts = reported(visibility="private")
    other = subscription(1, topic=Topic(kind="council"))
    alerts.index.put(entries_of(other))
    (own,) = told(alerts, submitted(is_new=False))
    reindex(own, [], alerts.indexing)
    assert told(alerts, changed()) == {own}


def test_acknowledgement_of_an_order_comes_when_it_is_settled_and_not_before() -> None:
    alerts = reported(visibility="private")
    assert told(alerts, submitted(is_new=False, moves_order=True)) == set()
    own = told(alerts, changed(state="open", is_confirmed=True, moves_order=True))
    assert own == {each.subscription_id for each in alerts.subscriptions.stored.values()} != set()
    assert told(alerts, changed(state="open", moves_order=True)) == set()


def test_reporter_is_not_subscribed_when_alerts_are_declined() -> None:
    alerts = reported()
    alerts.reports.reporters.clear()
    assert not told(alerts, submitted())
    assert not alerts.subscriptions.stored


def test_reporter_is_not_notified_after_stopping_alerts_when_the_fact_repeats() -> None:
    alerts = reported()
    (own,) = told(alerts, submitted())
    stored = alerts.subscriptions.stored[own]
    alerts.subscriptions.stored[own] = subscription(**asdict(stored) | {"state": "stopped"})
    assert not told(alerts, submitted())


def test_reporter_is_not_notified_of_the_own_report_as_a_new_one_nearby() -> None:
    street = subscription(
        1,
        address_key=IDS.address_key("email", "reporter@example.org"),
        topic=area(1000),
        to="reporter@example.org",
    )
    alerts = indexed(street)
    alerts.reports.reporters[R1] = REPORTER
    assert told(alerts, submitted()) == {IDS.subscription_id("report", R1)}
    assert not told(alerts, changed(is_new=True)), "Nor when it becomes public later."


def test_own_subscription_is_removed_when_the_reporters_data_is_erased() -> None:
    alerts = reported()
    (own,) = told(alerts, submitted())
    assert not told(alerts, changed(state="open", lost_sender=True))
    assert alerts.subscriptions.get(own) is None


# Reports that were merged.


def test_follower_of_a_duplicate_is_notified_of_the_surviving_report() -> None:
    followed = [
        subscription(n, topic=Topic(kind="report", service_request_id=f"R{n:011}"))
        for n in (2, 3, 4)
    ]
    alerts = indexed(*followed)
    alerts.reports.put(
        alert_report(duplicates=("R00000000002", "R00000000004")),
        alert_report(
            service_request_id="R00000000002", duplicate_of=R1, duplicates=("R00000000003", R1)
        ),
        alert_report(service_request_id="R00000000003", duplicate_of="R00000000002"),
        alert_report(service_request_id="R00000000004", duplicate_of=None),
    )
    assert told(alerts, changed()) == {f"{2:032x}", f"{3:032x}"}, (
        "The fourth was taken apart again."
    )
    (tell, _) = alerts.outbox.sent
    assert isinstance(tell, AlertRequested) and tell.service_request_id == R1


# What a message says.


def test_queue_message_has_only_subscriptions_and_the_event() -> None:
    alerts = indexed(subscription(topic=Topic(kind="council")))
    match_report(changed(request_id="r1", stored_at_ms=1_790_000_000_999), alerts.matching)
    (tell,) = alerts.outbox.sent
    assert isinstance(tell, AlertRequested)
    assert tell.event_key == f"{R1}#2#state_changed"
    assert (tell.request_id, tell.occurred_at.isoformat()) == ("r1", "2026-09-21T14:13:20+00:00")


def test_subscribers_to_the_report_are_asked_whether_it_is_fixed() -> None:
    of_it = Topic(kind="report", service_request_id=R1)
    alerts = indexed(
        subscription(1, topic=of_it),
        subscription(2),
        subscription(3, topic=Topic(kind="council"), event_types=("new",)),
        subscription(4, topic=of_it, event_types=("new",)),
    )
    match_report(changed(state="fixed", repair=3), alerts.matching)
    sent = [each for each in alerts.outbox.sent if isinstance(each, AlertRequested)]
    assert {(tell.subscription_id, tell.event_key) for tell in sent} == {
        (f"{1:032x}", f"{R1}#2#fixed"),
        (f"{2:032x}", f"{R1}#2#fixed"),
        (f"{1:032x}", f"{R1}#3#repair_question"),
    }


def test_places_are_not_queried_when_only_subscribers_to_the_report_match() -> None:
    alerts = indexed(subscription(topic=Topic(kind="report", service_request_id=R1)))
    assert len(told(alerts, changed(state="open", says_more=True))) == 1
    assert [area.name for area in alerts.index.asked] == [f"report#{R1}"]


def test_nothing_is_read_when_a_fact_has_no_event_types() -> None:
    alerts = indexed()
    alerts.reports.subjects.clear()
    assert match_report(changed(state="open"), alerts.matching) == 0
    assert alerts.index.asked == []


def test_missing_report_notifies_nobody() -> None:
    alerts = indexed(subscription(topic=Topic(kind="council")))
    alerts.reports.subjects.clear()
    assert not told(alerts, changed())


@pytest.mark.parametrize("hears", [True, False])
def test_only_the_reporter_is_asked(hears: bool) -> None:
    follower = subscription(1, topic=Topic(kind="report", service_request_id=R1))
    alerts = AlertsWorld(follower)
    alerts.reports.put(alert_report(visibility="private"))
    sender = Reporter("email", "reporter@example.org", None)
    known = alerts.reports.reporters if hears else alerts.reports.senders
    known[R1] = sender
    for _ in range(2):
        match_report(changed(state="open", question=2), alerts.matching)
    tells = [each for each in alerts.outbox.sent if isinstance(each, AlertRequested)]
    (own,) = [each for each in alerts.subscriptions.stored.values() if each.is_own]
    assert {(each.subscription_id, each.what, each.version) for each in tells} == {
        (own.subscription_id, "officer_question", 2)
    }
    assert own.event_types == (() if hears else ("officer_question",))


def test_reporter_without_alerts_or_address_is_not_asked() -> None:
    alerts = AlertsWorld()
    alerts.reports.put(alert_report())
    match_report(changed(state="open", question=1), alerts.matching)
    assert alerts.outbox.sent == []
    alerts.reports.senders[R1] = Reporter("email", "reporter@example.org", None)
    match_report(changed(state="open", question=1), alerts.matching)
    (own,) = alerts.subscriptions.stored.values()
    alerts.subscriptions.save(replace(own, state="stopped"))
    alerts.outbox.sent.clear()
    match_report(changed(state="open", question=2), alerts.matching)
    assert alerts.outbox.sent == []
