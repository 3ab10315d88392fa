"""What can be subscribed to: every fault is named with its field and its fix."""

from typing import Any

import pytest

from chalicelib.alerts.model import EventType, Topic
from chalicelib.alerts.topics import topic_faults
from tests.support.councils import council_named
from tests.support.fakes_alerts import GUILDHALL, area


def faults(topic: Topic, event_types: tuple[EventType, ...] = ()) -> dict[str, str]:
    return dict(topic_faults(topic, event_types, council_named("demo"), lambda: {GUILDHALL}))


@pytest.mark.parametrize(
    "topic",
    [
        area(100),
        area(10_000),
        area(service_codes=("pothole", "litter")),
        area(10_000, lat=54.1),
        Topic(kind="ward", ward_code=GUILDHALL),
        Topic(kind="council"),
        Topic(kind="report", service_request_id="R00000000001"),
        Topic(kind="roadworks"),
        Topic(kind="roadworks", ward_code=GUILDHALL),
        Topic(kind="disruptions", lat=53.959, long=-1.0815, radius_m=500),
    ],
)
def test_topic_can_be_subscribed_to_when_it_is_complete(topic: Topic) -> None:
    assert not faults(topic)


@pytest.mark.parametrize(
    ("topic", "named"),
    [
        (area(0), {"topic.radius_m"}),
        (area(99.9), {"topic.radius_m"}),
        (area(500_000), {"topic.radius_m"}),
        (area(float("nan")), {"topic.radius_m"}),
        (area(500, lat=10.0), {"topic.lat"}),
        (area(500, long=30.0), {"topic.long"}),
        (area(None), {"topic.radius_m"}),  # type: ignore[arg-type]
        (Topic(kind="area"), {"topic.lat", "topic.long", "topic.radius_m"}),
        (area(ward_code=GUILDHALL), {"topic.ward_code"}),
        (area(service_codes=("helicopter",)), {"topic.service_codes"}),
        (Topic(kind="ward"), {"topic.ward_code"}),
        (Topic(kind="ward", ward_code="nowhere"), {"topic.ward_code"}),
        (Topic(kind="council", lat=53.959), {"topic.lat"}),
        (Topic(kind="report"), {"topic.service_request_id"}),
        (
            Topic(kind="report", service_request_id="R1", service_codes=("pothole",)),
            {"topic.service_codes"},
        ),
        (Topic(kind="roadworks", radius_m=500), {"topic.lat", "topic.long"}),
        (
            Topic(kind="roadworks", ward_code=GUILDHALL, lat=53.959, long=-1.0815, radius_m=500),
            {"topic.ward_code"},
        ),
    ],
)
def test_fault_names_its_field_when_a_topic_cannot_be_subscribed_to(
    topic: Topic, named: set[str]
) -> None:
    assert set(faults(topic)) == named


def test_fault_of_a_radius_says_what_to_do_instead() -> None:
    assert faults(area(500_000))["topic.radius_m"] == (
        "must be a number of metres from 100 to 10,000; for a larger area, choose the whole council"
    )


@pytest.mark.parametrize(
    ("topic", "event_types"),
    [
        (Topic(kind="council"), ("roadworks",)),
        (Topic(kind="roadworks"), ("new",)),
        (Topic(kind="council"), ("updated",)),
    ],
)
def test_event_type_is_refused_when_the_topic_does_not_offer_it(
    topic: Topic, event_types: Any
) -> None:
    assert set(faults(topic, event_types)) == {"event_types"}
