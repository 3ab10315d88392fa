"""Many subscribers and reports of all kinds at once, on the whole of alerts: who hears what, beside
what a plain list of everybody and everything says. `python -m bench.crowd` is the same, large."""

from bench.crowd.compare import run_and_compare
from tests.support.effort import effort


def test_every_subscriber_gets_exactly_the_matching_alerts_when_many_have_subscribed() -> None:
    found = run_and_compare(reports=effort(25, 60), subscriptions=effort(120, 200))
    assert (found.missing, found.extra) == ([], [])
    assert found.landed >= effort(25, 100)
