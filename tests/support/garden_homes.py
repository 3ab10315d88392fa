"""Homes with a garden waste subscription, for tests of what collections do there."""

from datetime import timedelta

from chalicelib.bootstrap.collections import garden_subscriptions
from chalicelib.garden.model import GardenSubscription, Year
from chalicelib.kernel.time import truncate_to_second, utc_now


def subscribe(*premises_ids: str) -> None:
    """Stores a subscription of the 90 days before and after today for each of the premises."""
    now = truncate_to_second(utc_now())
    days = timedelta(days=90)
    year = Year(first=now.date() - days, last=now.date() + days, containers=1)
    for each in premises_ids:
        if garden_subscriptions().get(each) is None:
            garden_subscriptions().save(
                GardenSubscription(premises_id=each, updated_at=now, years=(year,))
            )
