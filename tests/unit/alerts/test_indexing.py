"""Which addresses are asked whether they want a subscription."""

from datetime import timedelta

import pytest

from chalicelib.alerts.model import Subscription, mark_stopped
from chalicelib.alerts.usecases.indexing import confirmation_request
from tests.support.builders import NOON
from tests.support.fakes_alerts import subscription

WAITS = subscription(state="unconfirmed", confirmed_at=None, request_id="r1")
LATER = subscription(
    state="unconfirmed", confirmed_at=None, created_at=NOON + timedelta(days=2), request_id="r2"
)


@pytest.mark.parametrize(("before", "after"), [(None, WAITS), (WAITS, LATER)])
def test_confirmation_is_sent_when_a_subscription_starts_or_restarts(
    before: Subscription | None, after: Subscription
) -> None:
    asked = confirmation_request(before, after)
    assert asked and asked.subscription_id == after.subscription_id
    assert asked.request_id == after.request_id


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WAITS, WAITS),
        (WAITS, subscription()),
        (None, subscription()),
        (WAITS, mark_stopped(WAITS, "requested", NOON)),
        (WAITS, None),
    ],
)
def test_confirmation_is_not_sent_when_anything_else_changes(
    before: Subscription, after: Subscription | None
) -> None:
    assert confirmation_request(before, after) is None
