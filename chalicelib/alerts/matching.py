"""Whom something concerns: the exact test of what the index found, and one message for each
person, however many of her subscriptions it fits.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import Entry
from chalicelib.alerts.model import Frequency, TopicKind, What
from chalicelib.events import OfReport, ReportSubmitted
from chalicelib.geo.point import Point, distance_m

MENDED_STATE = "fixed"
FITTING: Mapping[TopicKind, frozenset[What]] = {
    "report": frozenset(("new", "state_changed", "mended", "updated", "needs_answer")),
    "area": frozenset(("new", "state_changed", "mended", "disruption")),
    "ward": frozenset(("new", "state_changed", "mended", "disruption")),
    "council": frozenset(("new", "state_changed", "mended", "disruption")),
    "roadworks": frozenset(("roadworks",)),
    "disruptions": frozenset(("disruption",)),
}
"""What there is to hear of each kind of topic."""
OF_REPORTS_ALONE: frozenset[What] = FITTING["report"] - FITTING["area"]
_BEFORE: Mapping[Frequency, int] = {"now": 0, "daily": 1, "weekly": 2}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that people may hear of, and what it is about: the report of that id, or none.
    `places` are where it is, as far as that is known, or else it is all over the `extent`. Where it
    is not public, it concerns those alone whose own report it is."""

    what: What
    report: str | None = None
    service_codes: Collection[str]
    places: Sequence[Point] = ()
    extent: Extent | None = None
    is_public: bool


def what_of(fact: OfReport) -> What | None:
    """What a fact means to those who subscribed; None where it means nothing to them."""
    if fact.is_new:
        return "new"
    if isinstance(fact, ReportSubmitted):
        return None
    if fact.state != fact.old_state:
        return "mended" if fact.state == MENDED_STATE else "state_changed"
    return "updated" if fact.says_more else None


def chosen(found: Iterable[Entry], happening: Happening, *, but: str | None = None) -> list[Entry]:
    """Those of the entries that it concerns, one for each recipient but that one: of several the
    one that tells her soonest, and of a report before that of a place."""
    best: dict[str, Entry] = {}
    for entry in found:
        if entry.recipient == but or not concerns(entry, happening):
            continue
        known = best.get(entry.recipient)
        if known is None or _rank(entry) < _rank(known):
            best[entry.recipient] = entry
    return list(best.values())


def concerns(entry: Entry, happening: Happening) -> bool:
    """True where whoever has the entry is to hear of it."""
    if not happening.is_public and not _is_hers(entry, happening):
        return False
    if happening.what in OF_REPORTS_ALONE and not _is_of_report(entry):
        return False
    codes = happening.service_codes
    return (
        _fits(entry.whats, happening.what)
        and (not entry.service_codes or not set(entry.service_codes).isdisjoint(codes))
        and (entry.place is None or _is_within(entry.place, happening))
    )


def _is_of_report(entry: Entry) -> bool:
    return entry.area.startswith("report#")


def _is_hers(entry: Entry, happening: Happening) -> bool:
    """Whoever follows a report that was merged into hers does not see hers."""
    return entry.is_own and entry.area == f"report#{happening.report}"


def _fits(whats: Sequence[What], what: What) -> bool:
    """Whoever wants to hear of changes hears that it is mended, too."""
    return not whats or what in whats or (what == "mended" and "state_changed" in whats)


def _is_within(place: tuple[float, float, float], of: Happening) -> bool:
    lat, long, radius_m = place
    centre = Point(lat=lat, long=long)
    if of.extent:
        return of.extent.touches(centre, radius_m)
    return any(distance_m(centre, each) <= radius_m for each in of.places)


def _rank(entry: Entry) -> tuple[int, bool, str]:
    return _BEFORE[entry.frequency], not _is_of_report(entry), entry.subscription_id
