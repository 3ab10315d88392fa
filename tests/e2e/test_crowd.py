"""Many subscribers and reports of all kinds at once, on the whole of alerts: who hears what, beside
what a plain list of everybody and everything says. `python -m bench.crowd` is the same, large."""

from bench.crowd.compare import outcome


def test_every_subscriber_gets_exactly_the_matching_alerts_when_many_have_subscribed() -> None:
    found = outcome(reports=60, subscriptions=200)
    assert (found.missing, found.extra) == ([], [])
    assert found.landed >= 100
