"""Finds the subscriptions that something concerns: tests exactly what the index found, and chooses
one message for each person, even if several of their subscriptions fit."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import Entry
from chalicelib.alerts.model import Frequency, TopicKind, What
from chalicelib.events import OfReport, ReportSubmitted
from chalicelib.geo.point import Point, distance_m

FIXED_STATE = "fixed"
FITTING: Mapping[TopicKind, frozenset[What]] = {
    "report": frozenset(("new", "state_changed", "fixed", "updated", "repair_question")),
    "area": frozenset(("new", "state_changed", "fixed", "disruption")),
    "ward": frozenset(("new", "state_changed", "fixed", "disruption")),
    "council": frozenset(("new", "state_changed", "fixed", "disruption")),
    "roadworks": frozenset(("roadworks",)),
    "disruptions": frozenset(("disruption",)),
    "bins": frozenset(("collection_reminder",)),
}
"""The news that each kind of topic offers."""
OF_REPORTS_ALONE: frozenset[What] = FITTING["report"] - FITTING["area"]
_BEFORE: Mapping[Frequency, int] = {"now": 0, "daily": 1, "weekly": 2}


class Happening(Struct, frozen=True, kw_only=True):
    """Something that people may hear of. `report` is the id of the report that it is about, or
    None. `places` are where it is, as far as that is known; otherwise it is all over the `extent`.
    If it is not public, it concerns only subscribers whose own report it is."""

    what: What
    report: str | None = None
    service_codes: Collection[str]
    places: Sequence[Point] = ()
    extent: Extent | None = None
    is_public: bool


def what_of(fact: OfReport) -> What | None:
    """The news that a fact is to subscribers; None if it is no news to them."""
    if fact.is_new:
        return "new"
    if isinstance(fact, ReportSubmitted):
        return None
    if fact.state != fact.old_state:
        return "fixed" if fact.state == FIXED_STATE else "state_changed"
    return "updated" if fact.says_more else None


def chosen(found: Iterable[Entry], happening: Happening, *, but: str | None = None) -> list[Entry]:
    """The entries that it concerns, one for each recipient except `but`. Of several entries, takes
    the one that tells the subscriber soonest, then one of a report before one of a place."""
    best: dict[str, Entry] = {}
    for entry in found:
        if entry.recipient == but or not concerns(entry, happening):
            continue
        known = best.get(entry.recipient)
        if known is None or _rank(entry) < _rank(known):
            best[entry.recipient] = entry
    return list(best.values())


def concerns(entry: Entry, happening: Happening) -> bool:
    """True if the subscriber with this entry is to hear of it."""
    if not happening.is_public and not _is_own(entry, happening):
        return False
    if happening.what in OF_REPORTS_ALONE and not _is_of_report(entry):
        return False
    codes = happening.service_codes
    return (
        _fits(entry.event_types, happening.what)
        and (not entry.service_codes or not set(entry.service_codes).isdisjoint(codes))
        and (entry.place is None or _is_within(entry.place, happening))
    )


def _is_of_report(entry: Entry) -> bool:
    return entry.area.startswith("report#")


def _is_own(entry: Entry, happening: Happening) -> bool:
    """A follower of a report that was merged into the reporter's own does not see that own
    report."""
    return entry.is_own and entry.area == f"report#{happening.report}"


def _fits(wanted: Sequence[What], what: What) -> bool:
    """A subscriber who wants to hear of changes also hears that the problem is mended."""
    return not wanted or what in wanted or (what == "fixed" and "state_changed" in wanted)


def _is_within(place: tuple[float, float, float], of: Happening) -> bool:
    lat, long, radius_m = place
    centre = Point(lat=lat, long=long)
    if of.extent:
        return of.extent.touches(centre, radius_m)
    return any(distance_m(centre, each) <= radius_m for each in of.places)


def _rank(entry: Entry) -> tuple[int, bool, str]:
    return _BEFORE[entry.frequency], not _is_of_report(entry), entry.subscription_id
