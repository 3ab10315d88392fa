"""The estimate of how many people a disruption is sent to."""

import pytest

from chalicelib.alerts.audience import Counts, Quota, audience_of, count_changes, counts_in
from chalicelib.alerts.index import AreaQuery
from chalicelib.alerts.model import Topic
from chalicelib.alerts.usecases.audience_estimate import EstimatePorts, estimate_audience
from chalicelib.alerts.usecases.indexing import reindex
from tests.support.fakes_alerts import GUILDHALL, AlertsWorld, MemoryAudiences, area, subscription
from tests.support.fakes_delivery import VOICE, DeliveryWorld
from tests.unit.alerts.test_match_notices import circle

QUOTA = Quota(emails_a_second=50, emails_a_day=50_000)
EVERYWHERE = [AreaQuery("disruptions:council", "a", "d")]


def test_subscription_counts_once_however_many_entries_it_has() -> None:
    (number,) = count_changes([(None, subscription(topic=area(10_000)))]).values()
    assert number == 1


def test_subscription_that_is_changed_or_stopped_is_counted_where_it_is_now() -> None:
    audiences = MemoryAudiences()
    before = subscription(topic=Topic(kind="council"))
    moved = subscription(topic=Topic(kind="ward", ward_code=GUILDHALL), version=2)
    audiences.add(count_changes([(None, before), (before, moved)]))
    assert {at: by for at, by in audiences.counts().items() if by} == {
        (f"ward#{GUILDHALL}", "email"): 1
    }
    audiences.add(count_changes([(moved, subscription(state="stopped"))]))
    assert not any(audiences.counts().values())


def test_estimate_names_the_time_and_the_days_that_the_quota_takes() -> None:
    council = EVERYWHERE[0].name
    counts: Counts = {
        (council, "email"): 312_000,
        (council, "sms"): 9,
        ("elsewhere", "email"): 7,
    }
    found = audience_of(counts_in(EVERYWHERE, counts), QUOTA, emails_sent=10_000, texts_left=3)
    assert (found.emails, found.texts, found.texts_left) == (312_000, 9, 3)
    assert (found.emails_left, found.seconds, found.days) == (30_000, 6_240, 9)


@pytest.mark.parametrize("radius_m", [50, 20_000])
def test_estimate_counts_who_is_near_and_what_was_sent_today(radius_m: float) -> None:
    here = subscription(1, topic=Topic(kind="disruptions"))
    near, far = subscription(2), subscription(3, topic=area(100, lat=55.5, long=-3.0))
    alerts, world = AlertsWorld(here, near, far), DeliveryWorld()
    alerts.indexing.audiences.add(count_changes([(None, each) for each in (here, near, far)]))
    for each in (here, near, far):
        reindex(each.subscription_id, [each], alerts.indexing)
    world.budget.take(world.clock.now.date(), "emails", 1, most=9)
    ports = EstimatePorts(
        index=alerts.index,
        audiences=alerts.indexing.audiences,
        budget=world.budget,
        quota=QUOTA,
        texts_a_day=100,
        zone=VOICE.zone,
        now=world.clock,
    )
    found = estimate_audience(circle(radius_m), ports)
    assert (found.emails, found.days, found.texts_left) == (2, 1, 70)
    assert found.emails_left == QUOTA.notice_emails_a_day - 1
