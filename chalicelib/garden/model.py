"""A garden waste subscription: the years and containers that were paid for at one premises.

It is stored by its premises and has no personal data. Who may change it follows from the requests
that bought it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue.garden import GardenItem, GardenWaste
from chalicelib.catalogue.promise import ONE_DAY
from chalicelib.errors import Conflict
from chalicelib.texts import Text

KEPT_FOR = timedelta(days=730)
"""How long a subscription is stored after its last day."""
MOST_RETURNED = 19
NOT_SUBSCRIBED = Text("There is no garden waste subscription at this address.")
ALREADY_SUBSCRIBED = Text("There is a garden waste subscription at this address already.")


class Year(Struct, frozen=True, kw_only=True):
    """A year that was paid for, from `first` to `last`, both included."""

    first: date
    last: date
    containers: int


class Move(Struct, frozen=True, kw_only=True):
    """A subscription that moved away: the requests that bought it, and the premises it is at."""

    requests: tuple[str, ...]
    to: str


class Purchase(Struct, frozen=True, kw_only=True):
    """The containers that a request pays for. `day` is the council's day on which the request was
    sent, which decides the price."""

    service_request_id: str
    premises_id: str
    kind: GardenItem
    containers: int
    day: date


class GardenSubscription(Struct, frozen=True, kw_only=True):
    """The subscription of a premises. `years` are in order, the current one and perhaps the next;
    `buyers` has the request that paid for each. `requests` bought years or added containers; the
    purchases of the requests in `returned` were taken back. Collections at the premises begin with
    `begins`, on which somebody joined or moved there, or with the first year after it."""

    premises_id: str
    updated_at: datetime
    version: int = 0
    years: tuple[Year, ...] = ()
    buyers: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    begins: date | None = None
    cancelled_on: date | None = None
    moved: tuple[Move, ...] = ()
    returned: tuple[str, ...] = ()

    @property
    def last(self) -> date:
        """The last day that was paid for. The subscription must have years."""
        return self.years[-1].last

    def is_live(self, on: date) -> bool:
        """True until the last day that was paid for, also before the first one."""
        return self.cancelled_on is None and bool(self.years) and on <= self.last

    def holder(self, on: date) -> str | None:
        """The request that paid for the year of that day: for the first year before it begins, for
        the last one when all are over. None if nothing was bought."""
        running = (of for year, of in zip(self.years, self.buyers, strict=False) if on <= year.last)
        return next(running, self.buyers[-1] if self.buyers else None)

    def years_left(self, on: date) -> tuple[Year, ...]:
        """The years that are not over on that day."""
        return tuple(each for each in self.years if on <= each.last)

    def collected_spans(self) -> Iterator[tuple[date, date]]:
        """The first and the last day of each time in which the containers are emptied."""
        for each in self.years:
            first = max(each.first, self.begins or each.first)
            if first <= each.last:
                yield first, each.last

    def containers_on(self, day: date) -> int:
        """How many containers are paid for on that day, or for the year that comes next."""
        if not self.is_live(day):
            return 0
        return next(each.containers for each in self.years if day <= each.last)

    def has_moved_to(self, other: "GardenSubscription") -> bool:
        """True if this subscription moved to the other premises, and is still there."""
        last = Move(requests=other.requests, to=other.premises_id)
        return self.cancelled_on is not None and self.moved[-1:] == (last,)

    @property
    def expires_at(self) -> datetime:
        """When it is deleted."""
        if not self.years:
            return self.updated_at + KEPT_FOR
        return datetime.combine(self.last, self.updated_at.timetz()) + KEPT_FOR


def possible_purchases(
    subscription: GardenSubscription | None, on: date, rules: GardenWaste
) -> tuple[GardenItem, ...]:
    """The kinds of purchases that are possible for a premises on that day."""
    if subscription is None or not subscription.is_live(on):
        return ("join",)
    kinds: list[GardenItem] = []
    if most_to_buy(subscription, "add", on, rules) > 0:
        kinds.append("add")
    if rules.is_renewable(subscription.last, on):
        kinds.append("renew")
    return tuple(kinds)


def most_to_buy(
    subscription: GardenSubscription | None, kind: GardenItem, on: date, rules: GardenWaste
) -> int:
    """The largest number of containers that such a purchase can add. `add` adds them to each year
    that is not over, none of which may have too many."""
    if subscription is None or kind != "add":
        return rules.most_containers
    present = (each.containers for each in subscription.years_left(on))
    return max(0, rules.most_containers - max(present, default=0))


def with_purchase(
    subscription: GardenSubscription | None, purchase: Purchase, rules: GardenWaste, now: datetime
) -> GardenSubscription:
    """The subscription with a purchase. A repeat returns the same object, also after the purchase
    was taken back.

    Raises: Conflict if the purchase is no longer possible: another request came first.
    """
    base = subscription or GardenSubscription(premises_id=purchase.premises_id, updated_at=now)
    if purchase.service_request_id in (*base.requests, *base.returned):
        return base
    is_too_many = purchase.containers > most_to_buy(
        subscription, purchase.kind, purchase.day, rules
    )
    if purchase.kind not in possible_purchases(subscription, purchase.day, rules) or is_too_many:
        raise Conflict(ALREADY_SUBSCRIBED if base.is_live(purchase.day) else NOT_SUBSCRIBED)
    return replace(
        base,
        updated_at=now,
        years=_years(base, purchase, rules),
        buyers=_buyers(base, purchase),
        requests=_requests(base, purchase),
        begins=purchase.day if purchase.kind == "join" else base.begins,
        cancelled_on=None,
        returned=() if purchase.kind == "join" else base.returned,
    )


def _years(base: GardenSubscription, purchase: Purchase, rules: GardenWaste) -> tuple[Year, ...]:
    running = base.years_left(purchase.day)
    match purchase.kind:
        case "join":
            return (_year(purchase, purchase.day, rules),)
        case "renew":
            return (*running, _year(purchase, base.last + ONE_DAY, rules))
        case "add":
            more = purchase.containers
            return tuple(replace(each, containers=each.containers + more) for each in running)


def _buyers(base: GardenSubscription, purchase: Purchase) -> tuple[str, ...]:
    """The requests that paid for the years after the purchase."""
    number = len(base.years_left(purchase.day))
    running = base.buyers[-number:] if number else ()
    match purchase.kind:
        case "join":
            return (purchase.service_request_id,)
        case "renew":
            return (*running, purchase.service_request_id)
        case "add":
            return running


def _year(purchase: Purchase, on: date, rules: GardenWaste) -> Year:
    span = rules.year_on(on)
    return Year(first=span.first, last=span.last, containers=purchase.containers)


def _requests(base: GardenSubscription, purchase: Purchase) -> tuple[str, ...]:
    """The requests that bought the subscription. Those of an earlier subscriber are dropped, so
    that they cannot change it."""
    before = () if purchase.kind == "join" else base.requests
    return (*before, purchase.service_request_id)


def without_purchase(
    subscription: GardenSubscription, purchase: Purchase, on: date, now: datetime
) -> GardenSubscription:
    """The subscription without a purchase, from that day on. It ends if no year that somebody else
    paid for is left. A repeat returns the same object."""
    request = purchase.service_request_id
    if request not in subscription.requests:
        return subscription
    base = replace(
        subscription,
        requests=tuple(each for each in subscription.requests if each != request),
        returned=(*subscription.returned[-MOST_RETURNED:], request),
        updated_at=now,
    )
    if purchase.kind == "add":
        less = purchase.containers
        years = (replace(each, containers=max(0, each.containers - less)) for each in base.years)
        return replace(base, years=tuple(years))
    # Years that were stored before buyers were have none.
    buyers = ("",) * (len(base.years) - len(base.buyers)) + base.buyers
    kept = [each for each in zip(base.years, buyers, strict=True) if each[1] != request]
    if kept and on <= kept[-1][0].last:
        return replace(
            base,
            years=tuple(year for year, _ in kept),
            buyers=tuple(buyer for _, buyer in kept),
        )
    return with_cancellation(base, on, now) if base.is_live(on) else base


def with_cancellation(
    subscription: GardenSubscription, on: date, now: datetime
) -> GardenSubscription:
    """The subscription, cancelled from that day on. A repeat returns the same object. Raises
    Conflict if it is not live."""
    if subscription.cancelled_on is not None:
        return subscription
    if not subscription.is_live(on):
        raise Conflict(NOT_SUBSCRIBED)
    return replace(subscription, cancelled_on=on, updated_at=now)


def move_subscription(
    subscription: GardenSubscription, to: GardenSubscription, on: date, now: datetime
) -> tuple[GardenSubscription, GardenSubscription]:
    """The subscription at its old premises and at the new one. Raises Conflict if it is not live,
    or another one is at the new premises."""
    if not subscription.is_live(on):
        raise Conflict(NOT_SUBSCRIBED)
    if to.is_live(on):
        raise Conflict(ALREADY_SUBSCRIBED)
    move = Move(requests=subscription.requests, to=to.premises_id)
    old = replace(
        subscription,
        cancelled_on=on,
        requests=(),
        moved=(*subscription.moved[-9:], move),
        updated_at=now,
    )
    new = replace(
        to,
        years=subscription.years,
        buyers=subscription.buyers,
        requests=subscription.requests,
        begins=on,
        cancelled_on=None,
        updated_at=now,
    )
    return old, new
