"""Chooses the subscriptions that an event concerns: tests the entries of the index exactly, and
takes one for each person, even if several of their subscriptions match."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import IndexEntry
from chalicelib.alerts.model import EventType, Frequency, TopicKind
from chalicelib.events import OfReport, ReportSubmitted
from chalicelib.geo.point import Point, distance_m
from chalicelib.kernel.words import WithDefault

FIXED_STATE = "fixed"
OFFERED_EVENT_TYPES: WithDefault[TopicKind, frozenset[EventType]] = WithDefault(
    {
        "report": frozenset(("new", "state_changed", "fixed", "updated", "repair_question")),
        "area": frozenset(("new", "state_changed", "fixed", "disruption")),
        "ward": frozenset(("new", "state_changed", "fixed", "disruption")),
        "council": frozenset(("new", "state_changed", "fixed", "disruption")),
        "roadworks": frozenset(("roadworks",)),
        "disruptions": frozenset(("disruption",)),
        "bins": frozenset(("collection_reminder",)),
    },
    frozenset(),
)
"""The event types that a subscriber to each kind of topic can choose from."""
ONLY_OF_REPORTS: frozenset[EventType] = OFFERED_EVENT_TYPES["report"] - OFFERED_EVENT_TYPES["area"]
_ORDER: WithDefault[Frequency, int] = WithDefault({"now": 0, "daily": 1, "weekly": 2}, 0)


class Occurrence(Struct, frozen=True, kw_only=True):
    """An event of which subscribers may be notified. `report` is the id of the report that it is
    about, or None. `places` are its locations, if they are known; otherwise it is all over the
    `extent`. If it is not public, it concerns only subscribers whose own report it is."""

    what: EventType
    report: str | None = None
    service_codes: Collection[str]
    places: Sequence[Point] = ()
    extent: Extent | None = None
    is_public: bool


def event_type_of(fact: OfReport) -> EventType | None:
    """The event type of a fact; None if subscribers are not notified of it."""
    if fact.is_new:
        return "new"
    if isinstance(fact, ReportSubmitted):
        return None
    if fact.state != fact.old_state:
        return "fixed" if fact.state == FIXED_STATE else "state_changed"
    return "updated" if fact.says_more else None


def choose_entries(
    found: Iterable[IndexEntry], occurrence: Occurrence, *, but: str | None = None
) -> list[IndexEntry]:
    """The entries that the event concerns, one for each recipient except `but`. Of several entries,
    takes the one that notifies soonest, then one of a report before one of a place."""
    best: dict[str, IndexEntry] = {}
    for entry in found:
        if entry.recipient == but or not is_concerned(entry, occurrence):
            continue
        known = best.get(entry.recipient)
        if known is None or _rank(entry) < _rank(known):
            best[entry.recipient] = entry
    return list(best.values())


def is_concerned(entry: IndexEntry, occurrence: Occurrence) -> bool:
    """True if the subscriber with this entry is to be notified of the event."""
    if not occurrence.is_public and not _is_own(entry, occurrence):
        return False
    if occurrence.what in ONLY_OF_REPORTS and not _is_of_report(entry):
        return False
    codes = occurrence.service_codes
    return (
        _is_wanted(entry.event_types, occurrence.what)
        and (not entry.service_codes or not set(entry.service_codes).isdisjoint(codes))
        and (entry.place is None or _is_within(entry.place, occurrence))
    )


def _is_of_report(entry: IndexEntry) -> bool:
    return entry.area.startswith("report#")


def _is_own(entry: IndexEntry, occurrence: Occurrence) -> bool:
    """True if the entry is of the reporter of this very report. The reporter of another report that
    was merged into it may not see it."""
    return entry.is_own and entry.area == f"report#{occurrence.report}"


def _is_wanted(chosen: Sequence[EventType], what: EventType) -> bool:
    """True if the subscriber chose this event type. A subscriber to changes of the state is also
    notified that the problem is fixed."""
    return not chosen or what in chosen or (what == "fixed" and "state_changed" in chosen)


def _is_within(place: tuple[float, float, float], occurrence: Occurrence) -> bool:
    lat, long, radius_m = place
    centre = Point(lat=lat, long=long)
    if occurrence.extent:
        return occurrence.extent.touches(centre, radius_m)
    return any(distance_m(centre, each) <= radius_m for each in occurrence.places)


def _rank(entry: IndexEntry) -> tuple[int, bool, str]:
    return _ORDER[entry.frequency], not _is_of_report(entry), entry.subscription_id
