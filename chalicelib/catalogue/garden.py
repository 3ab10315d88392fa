"""The rules of garden waste subscriptions."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Literal, NamedTuple, get_args

from msgspec import Meta

from chalicelib.catalogue.calendars import Season
from chalicelib.catalogue.promise import ONE_DAY
from chalicelib.catalogue.words import Code, Strict

GardenItem = Literal["join", "add", "renew"]
"""The items of the service's price lists: join for a year, add containers for the rest of it, and
renew for the next year."""
GARDEN_ITEMS: tuple[GardenItem, ...] = get_args(GardenItem)
FEBRUARY = 2
LEAP_DAY = 29


class SubscriptionYear(NamedTuple):
    """The first and the last day of a year of a subscription."""

    first: date
    last: date


class GardenWaste(Strict, frozen=True, kw_only=True):
    """The garden waste of subscribers. Rounds that empty `container` are for them alone, and
    `service` is what they subscribe with. A year is the `season`, the same days for everybody, or
    twelve months from joining. In the last `closing_days` of a season people join the next one.
    `most_containers`: how many premises may have. A subscription can be renewed in the last
    `renew_days` of a year; `remind_days_before` its last day, reminders are sent. A cancellation
    sends back what was paid by card in the last `refund_days`.
    """

    service: Code
    container: Code
    season: Season | None = None
    closing_days: Annotated[int, Meta(ge=0, le=180)] = 0
    most_containers: Annotated[int, Meta(ge=1, le=20)] = 4
    renew_days: Annotated[int, Meta(ge=1, le=180)] = 56
    remind_days_before: tuple[Annotated[int, Meta(ge=1, le=180)], ...] = (28, 7)
    refund_days: Annotated[int, Meta(ge=0, le=366)] = 14

    def year_on(self, day: date) -> SubscriptionYear:
        """The year that somebody joins on that day: the season of the day or the next one, or
        twelve months from the day."""
        if self.season is None:
            return SubscriptionYear(day, _a_year_after(day) - ONE_DAY)
        seasons = (_season(self.season, year) for year in range(day.year - 1, day.year + 2))
        open_until = day + timedelta(days=self.closing_days)
        return next(each for each in seasons if each.last >= open_until)

    def is_renewable(self, last: date, on: date) -> bool:
        """True in the last days of a year that ends on `last`."""
        return last - timedelta(days=self.renew_days) < on <= last


def _a_year_after(day: date) -> date:
    """The same day of the next year; 1 March after 29 February."""
    if (day.month, day.day) == (FEBRUARY, LEAP_DAY):
        return date(day.year + 1, FEBRUARY + 1, 1)
    return day.replace(year=day.year + 1)


def _season(season: Season, year: int) -> SubscriptionYear:
    """The season that begins in that year."""
    ends_in = year if season.first <= season.last else year + 1
    return SubscriptionYear(_day(year, season.first), _day(ends_in, season.last))


def _day(year: int, month_day: str) -> date:
    """The day of that year, or the last one of its month if the month is shorter."""
    month, day = int(month_day[:2]), int(month_day[3:])
    return date(year, month, min(day, monthrange(year, month)[1]))
