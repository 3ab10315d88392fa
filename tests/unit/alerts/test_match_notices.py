"""Matching of road works and disruptions, compared with looking at every subscription."""

from random import Random
from typing import Any

import pytest

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.model import (
    MOST_RADIUS_M,
    AlertRequested,
    NoticePageWanted,
    Subscription,
    Topic,
)
from chalicelib.alerts.ports import NoticeScope
from chalicelib.alerts.usecases import notice_pages
from chalicelib.alerts.usecases.indexing import reindex
from chalicelib.alerts.usecases.match_notices import match_notice, match_notice_page
from chalicelib.events import (
    DisruptionChanged,
    DisruptionEnded,
    DisruptionPosted,
    OfNotice,
    RoadWorkPlanned,
)
from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.polygon import MultiPolygon, Polygon
from tests.support.builders import MARKET_PLACE
from tests.support.fakes_alerts import BOUNDS, GUILDHALL, AlertsWorld, subscription

HERE = Point(**MARKET_PLACE)
DISRUPTION = "d" * 32
CORNERS = ((-1.09, 53.95), (-1.07, 53.95), (-1.07, 53.965), (-1.09, 53.965))
WARD = MultiPolygon((Polygon(CORNERS, ()),))


def circle(radius_m: float, centre: Point = HERE, wards: tuple[str, ...] = (GUILDHALL,)) -> Extent:
    return Extent(
        box=Box.around(centre, radius_m), ward_codes=wards, centre=centre, radius_m=radius_m
    )


def posted(**values: Any) -> DisruptionPosted:
    return DisruptionPosted(**{"event_id": "1", "notice_id": DISRUPTION, "news": 1, **values})


def works(place: Point = HERE) -> RoadWorkPlanned:
    return RoadWorkPlanned(event_id="1", notice_id="roadworks-1", **place._asdict())


def indexed(*stored: Subscription, extent: Extent, **affected: Any) -> AlertsWorld:
    alerts = AlertsWorld(*stored)
    for each in stored:
        reindex(each.subscription_id, [each], alerts.indexing)
    alerts.notices.known[DISRUPTION] = NoticeScope(extent=extent, **affected)
    return alerts


def told(alerts: AlertsWorld, fact: OfNotice) -> set[str]:
    """Who is told, after every page that one run leaves to the next."""
    alerts.outbox.sent.clear()
    count = match_notice(fact, alerts.matching)
    while alerts.shares.sent:
        wanted = alerts.shares.sent.pop()
        assert isinstance(wanted, NoticePageWanted)
        count += match_notice_page(wanted, alerts.matching)
    tells = [each for each in alerts.outbox.sent if isinstance(each, AlertRequested)]
    assert len(tells) == len({each.subscription_id for each in tells}) == count
    return {each.subscription_id for each in tells}


def topic(random: Random) -> Topic:
    kind: Any = random.choice(
        ["disruptions", "disruptions", "area", "roadworks", "ward", "council"]
    )
    place: Any = {"lat": random.uniform(53.9, 54.02), "long": random.uniform(-1.18, -0.97)}
    radius_m = random.choice([100, 500, 2_000, MOST_RADIUS_M])
    if kind in ("council", "ward"):
        return Topic(kind=kind, ward_code=GUILDHALL if kind == "ward" else None)
    where = random.choice(["circle", "circle", "ward", "whole"]) if kind != "area" else "circle"
    return {
        "circle": Topic(kind=kind, **place, radius_m=radius_m),
        "ward": Topic(kind=kind, ward_code=random.choice([GUILDHALL, "another"])),
        "whole": Topic(kind=kind),
    }[where]


def is_inside(one: Topic, extent: Extent) -> bool:
    """By reading the subscription, as people would."""
    if one.ward_code:
        return one.ward_code in extent.ward_codes
    if one.lat is None or one.long is None or one.radius_m is None:
        return True
    place = Point(lat=one.lat, long=one.long)
    if extent.centre:
        return distance_m(place, extent.centre) <= one.radius_m + extent.radius_m
    return extent.shape is None or extent.touches(place, one.radius_m)


@pytest.mark.parametrize(
    "extent",
    [
        circle(50),
        circle(2_500),
        circle(20_000),
        Extent(
            box=Box(west=-1.09, south=53.95, east=-1.07, north=53.965),
            ward_codes=(GUILDHALL,),
            shape=WARD,
        ),
        Extent(box=BOUNDS, ward_codes=(GUILDHALL, "another")),
    ],
    ids=["a street", "a part of the town", "the town", "a ward", "the whole council"],
)
def test_exactly_the_subscribers_inside_are_notified_of_a_disruption(extent: Extent) -> None:
    random = Random(1)
    stored = [subscription(number, topic=topic(random)) for number in range(300)]
    alerts = indexed(*stored, extent=extent)
    expected = {
        each.subscription_id
        for each in stored
        if each.topic.kind != "roadworks" and is_inside(each.topic, extent)
    }
    assert expected and told(alerts, posted()) == expected


@pytest.mark.parametrize(("entries", "queries"), [(1, 10_000), (7, 10_000), (10_000, 1), (3, 2)])
def test_subscribers_are_notified_once_however_small_the_pages_are(
    entries: int, queries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_pages, "MOST_ENTRIES", entries)
    monkeypatch.setattr(notice_pages, "MOST_QUERIES", queries)
    random = Random(3)
    stored = [subscription(number, topic=topic(random)) for number in range(60)]
    extent = circle(2_500)
    alerts = indexed(*stored, extent=extent)
    inside = {
        each.subscription_id
        for each in stored
        if each.topic.kind != "roadworks" and is_inside(each.topic, extent)
    }
    assert inside and told(alerts, posted()) == inside


def test_pages_end_when_the_disruption_changed_or_ended_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notice_pages, "MOST_ENTRIES", 2)
    stored = [subscription(number, topic=Topic(kind="council")) for number in range(4)]
    alerts = indexed(*stored, extent=circle(500))
    assert match_notice(posted(), alerts.matching) == 2
    (wanted,) = alerts.shares.sent
    assert isinstance(wanted, NoticePageWanted)
    alerts.notices.known[DISRUPTION] = NoticeScope(extent=circle(900), news=2)
    assert match_notice_page(wanted, alerts.matching) == 0
    del alerts.notices.known[DISRUPTION]
    assert match_notice_page(wanted, alerts.matching) == 0


def test_exactly_the_subscribers_inside_are_notified_of_road_works() -> None:
    random = Random(2)
    stored = [subscription(number, topic=topic(random)) for number in range(300)]
    alerts = indexed(*stored, extent=circle(0))
    expected = {
        each.subscription_id
        for each in stored
        if each.topic.kind == "roadworks" and is_inside(each.topic, circle(0))
    }
    assert expected and told(alerts, works()) == expected
    assert len(alerts.index.asked) == 5, "the council, the ward, a cell of each level"


def test_message_counts_what_is_told_and_names_the_notice() -> None:
    alerts = indexed(subscription(topic=Topic(kind="disruptions")), extent=circle(500), news=3)
    told(alerts, posted(request_id="r1"))
    (tell,) = alerts.outbox.sent
    assert isinstance(tell, AlertRequested)
    assert tell.event_key == f"{DISRUPTION}#3#disruption" and tell.request_id == "r1"


@pytest.mark.parametrize(
    ("fact", "count"),
    [
        (DisruptionChanged(event_id="2", notice_id=DISRUPTION, news=2, is_news=True), 1),
        (DisruptionChanged(event_id="2", notice_id=DISRUPTION, news=1, is_news=False), 0),
        (DisruptionEnded(event_id="2", notice_id=DISRUPTION), 0),
        (posted(notice_id="e" * 32), 0),
    ],
)
def test_notice_with_new_words_or_that_is_over_is_not_announced(fact: OfNotice, count: int) -> None:
    alerts = indexed(subscription(topic=Topic(kind="disruptions")), extent=circle(500))
    assert len(told(alerts, fact)) == count


def test_chosen_services_and_event_types_decide_the_alerts() -> None:
    council = Topic(kind="council")
    potholes = Topic(kind="council", service_codes=("pothole",))
    alerts = indexed(
        subscription(1, topic=council, event_types=("new",)),
        subscription(2, topic=council, event_types=("disruption",)),
        subscription(3, topic=potholes),
        subscription(4, topic=council),
        extent=circle(500),
        service_codes=("bins",),
    )
    assert told(alerts, posted()) == {f"{2:032x}", f"{4:032x}"}


def test_person_gets_one_message_when_several_of_their_subscriptions_match() -> None:
    same_address = {"address_key": "known"}
    alerts = indexed(
        subscription(1, topic=Topic(kind="disruptions"), frequency="daily", **same_address),
        subscription(2, topic=Topic(kind="council"), **same_address),
        extent=circle(500),
    )
    assert told(alerts, posted()) == {f"{2:032x}"}
