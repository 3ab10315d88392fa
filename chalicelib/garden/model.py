"""A garden waste subscription: the years and containers that were paid for at one premises.

It is found by its premises and names nobody. The requests that bought it say who may change it.
"""

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
SUBSCRIBED = Text("There is a garden waste subscription at this address already.")


class Year(Struct, frozen=True, kw_only=True):
    """A year that was paid for, from `first` to `last`, both included."""

    first: date
    last: date
    containers: int


class Moved(Struct, frozen=True, kw_only=True):
    """A subscription that moved away: the requests that bought it, and the premises it is at."""

    requests: tuple[str, ...]
    to: str


class Purchase(Struct, frozen=True, kw_only=True):
    """What a request pays for. `day` is the council's day on which the request was sent: its price
    is of that day."""

    service_request_id: str
    premises_id: str
    kind: GardenItem
    containers: int
    day: date


class GardenSubscription(Struct, frozen=True, kw_only=True):
    """The subscription of a premises. `years` are in order, the current one and perhaps the next.
    `requests` bought them; what `returned` had bought was taken back."""

    premises_id: str
    updated_at: datetime
    version: int = 0
    years: tuple[Year, ...] = ()
    requests: tuple[str, ...] = ()
    cancelled_on: date | None = None
    moved: tuple[Moved, ...] = ()
    returned: tuple[str, ...] = ()

    @property
    def last(self) -> date:
        """The last day that was paid for. Only a subscription with years has one."""
        return self.years[-1].last

    def is_live(self, on: date) -> bool:
        """True until the last day, and before a season that was paid for begins."""
        return self.cancelled_on is None and bool(self.years) and on <= self.last

    def containers_on(self, day: date) -> int:
        """How many containers are paid for on that day, or for the year that comes next."""
        if not self.is_live(day):
            return 0
        return next(each.containers for each in self.years if day <= each.last)

    def has_moved_to(self, other: "GardenSubscription") -> bool:
        """True if this is what moved to the other premises, and is still there."""
        left = Moved(requests=other.requests, to=other.premises_id)
        return self.cancelled_on is not None and self.moved[-1:] == (left,)

    @property
    def expires_at(self) -> datetime:
        """When it is removed."""
        if not self.years:
            return self.updated_at + KEPT_FOR
        return datetime.combine(self.last, self.updated_at.timetz()) + KEPT_FOR


def possible(of: GardenSubscription | None, on: date, rules: GardenWaste) -> tuple[GardenItem, ...]:
    """What can be bought for a premises on that day."""
    if of is None or not of.is_live(on):
        return ("join",)
    kinds: list[GardenItem] = []
    if of.containers_on(on) < rules.most_containers:
        kinds.append("add")
    if rules.is_renewable(of.last, on):
        kinds.append("renew")
    return tuple(kinds)


def most(of: GardenSubscription | None, kind: GardenItem, on: date, rules: GardenWaste) -> int:
    """How many containers can be bought."""
    has = of.containers_on(on) if of and kind == "add" else 0
    return rules.most_containers - has


def bought(
    of: GardenSubscription | None, purchase: Purchase, rules: GardenWaste, now: datetime
) -> GardenSubscription:
    """The subscription with what a request paid for. A repeat returns the same object, also after
    it was taken back.

    Raises: Conflict if it is no longer possible: another request for the premises came first.
    """
    kept = of or GardenSubscription(premises_id=purchase.premises_id, updated_at=now)
    if purchase.service_request_id in (*kept.requests, *kept.returned):
        return kept
    is_too_many = purchase.containers > most(of, purchase.kind, purchase.day, rules)
    if purchase.kind not in possible(of, purchase.day, rules) or is_too_many:
        raise Conflict(SUBSCRIBED if kept.is_live(purchase.day) else NOT_SUBSCRIBED)
    return replace(
        kept,
        updated_at=now,
        years=_years(kept, purchase, rules),
        requests=_requests(kept, purchase),
        cancelled_on=None,
        returned=() if purchase.kind == "join" else kept.returned,
    )


def _years(kept: GardenSubscription, purchase: Purchase, rules: GardenWaste) -> tuple[Year, ...]:
    running = tuple(each for each in kept.years if purchase.day <= each.last)
    match purchase.kind:
        case "join":
            return (_year(purchase, purchase.day, rules),)
        case "renew":
            return (*running, _year(purchase, kept.last + ONE_DAY, rules))
        case "add":
            more = purchase.containers
            return tuple(replace(each, containers=each.containers + more) for each in running)


def _year(purchase: Purchase, on: date, rules: GardenWaste) -> Year:
    span = rules.year_on(on)
    return Year(first=span.first, last=span.last, containers=purchase.containers)


def _requests(kept: GardenSubscription, purchase: Purchase) -> tuple[str, ...]:
    """Earlier requests cannot change what a new subscriber pays for."""
    before = () if purchase.kind == "join" else kept.requests
    return (*before, purchase.service_request_id)


def without(
    of: GardenSubscription, purchase: Purchase, on: date, now: datetime
) -> GardenSubscription:
    """The subscription without what a request bought, from that day on: it ends without the
    request that began it, or that renewed it for the current year. A repeat returns the same
    object."""
    request = purchase.service_request_id
    if request not in of.requests:
        return of
    kept = replace(
        of,
        requests=tuple(each for each in of.requests if each != request),
        returned=(*of.returned[-MOST_RETURNED:], request),
        updated_at=now,
    )
    if purchase.kind == "add":
        less = purchase.containers
        years = (replace(each, containers=max(0, each.containers - less)) for each in kept.years)
        return replace(kept, years=tuple(years))
    if purchase.kind == "renew" and len(kept.years) > 1 and on < kept.years[-1].first:
        return replace(kept, years=kept.years[:-1])
    return cancelled(kept, on, now) if kept.is_live(on) else kept


def cancelled(of: GardenSubscription, on: date, now: datetime) -> GardenSubscription:
    """The subscription without collections from that day on. A repeat returns the same object.
    Raises Conflict if it is not live."""
    if of.cancelled_on is not None:
        return of
    if not of.is_live(on):
        raise Conflict(NOT_SUBSCRIBED)
    return replace(of, cancelled_on=on, updated_at=now)


def moved(
    of: GardenSubscription, to: GardenSubscription, on: date, now: datetime
) -> tuple[GardenSubscription, GardenSubscription]:
    """The subscription at its old premises and at the new one. Raises Conflict if it is not live,
    or another one is at the new premises."""
    if not of.is_live(on):
        raise Conflict(NOT_SUBSCRIBED)
    if to.is_live(on):
        raise Conflict(SUBSCRIBED)
    left = Moved(requests=of.requests, to=to.premises_id)
    old = replace(of, cancelled_on=on, requests=(), moved=(*of.moved[-9:], left), updated_at=now)
    new = replace(to, years=of.years, requests=of.requests, cancelled_on=None, updated_at=now)
    return old, new
