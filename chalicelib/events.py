"""Facts that reactions receive: what happened to which item, without personal data.

A fact says which documents may have changed; the reaction reads the item itself again,
so facts may come twice or out of order. Each carries the id of the request that caused it.
"""

from datetime import datetime
from typing import Literal

import msgspec

CaseChange = Literal["opened", "changed", "gone"]
"""What became of the work of a case: it may be done from now on, it has changed or was cancelled,
or nobody outside the council may know of the case any longer."""


class _Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What every fact says. Those that were sent by an older version of this code do not know
    which request, or when: then `request_id` is empty and `stored_at_ms` (since 1970) is 0."""

    event_id: str
    service_request_id: str
    request_id: str = ""
    stored_at_ms: int = 0


class ReportSubmitted(_Fact, frozen=True, tag=True, kw_only=True):
    """A ServiceRequest was stored for the first time; `tile` is None while nobody knows where,
    `day` (YYYY-MM-DD in UTC) when it was requested. `is_new`: everybody can see it at once, and no
    other system had it before. `shows_change`: everybody can see it. `moves_figures`: it counts for
    the figures. `moves_order`: it has an order. `case_change` is `opened` if its work may be
    done."""

    version: int
    tile: str | None
    day: str = ""
    photos: tuple[str, ...] = ()
    state: str = ""
    is_new: bool = False
    shows_change: bool = True
    moves_figures: bool = True
    moves_order: bool = False
    case_change: CaseChange | None = None


class ReportChanged(_Fact, frozen=True, tag=True, kw_only=True):
    """A stored ServiceRequest was rewritten; its tile may have changed with it.

    `photos` are those before and after. `purge`: public content was withdrawn, so copies of it
    must not outlive it. `appeared`: the report became public with this change; `is_new`: for the
    first time. `shows_change`: something changed that everybody can see or could see before.
    `state` and `old_state` are empty in facts from an older version of this code. `says_more`:
    there is a new public text. `lost_sender`: the reporter's identity was erased.
    `repair` is not 0 where this change marked it as done: the number of times so far;
    `question` is not 0 where an officer asked the reporter something: the number of the question.
    `told_from`: an officer can still undo this change; nobody is told of it before then.
    `takes_back`: an officer undid a change that nobody was told of, so nobody is told of this.
    `moves_figures`: it may count for the figures in another way than before. `moves_order`: its
    order changed. `is_confirmed`: it was unconfirmed before. `case_change`: what became of its
    work, None if that stays as it was. `old_service_code` is empty in facts from an older version.
    """

    version: int
    old_tile: str | None
    tile: str | None
    day: str = ""
    photos: tuple[str, ...] = ()
    purge: bool = False
    appeared: bool = False
    is_new: bool = False
    shows_change: bool = True
    state: str = ""
    old_state: str = ""
    says_more: bool = False
    lost_sender: bool = False
    repair: int = 0
    question: int = 0
    told_from: datetime | None = None
    takes_back: bool = False
    moves_figures: bool = True
    moves_order: bool = False
    is_confirmed: bool = False
    case_change: CaseChange | None = None
    old_service_code: str = ""


class PhotoTaken(_Fact, frozen=True, tag=True, kw_only=True):
    """A photo was looked at, and taken or refused."""

    photo_id: str


class PhotoWanted(_Fact, frozen=True, tag=True, kw_only=True):
    """A photo came as an address: its file is to be fetched."""

    photo_id: str


class EntryBooked(_Fact, frozen=True, tag=True, kw_only=True):
    """Money of a request was booked in the ledger. `event_id` is the entry's id, `entry` the entry
    as JSON, as `GET /api/ledger` shows it."""

    entry: str


class _OfNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What every fact about road works or a disruption says."""

    event_id: str
    notice_id: str
    request_id: str = ""
    stored_at_ms: int = 0


class DisruptionPosted(_OfNotice, frozen=True, tag=True, kw_only=True):
    """An officer posted a disruption; `news` counts what subscribers are told of it."""

    news: int


class DisruptionChanged(_OfNotice, frozen=True, tag=True, kw_only=True):
    """An officer changed one; `is_news` where subscribers are told of that."""

    news: int
    is_news: bool


class DisruptionEnded(_OfNotice, frozen=True, tag=True, kw_only=True):
    """An officer took one back."""


class RoadWorkPlanned(_OfNotice, frozen=True, tag=True, kw_only=True):
    """Road works were published that were not, or with other days or at another place."""

    lat: float
    long: float


class JobChanged(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A job was stored or rewritten; `days` are those of crews, as YYYY-MM-DD, that it was in
    before or is in now. `is_new`: it was stored for the first time. `for_reports`: something
    changed that its reports may have to follow."""

    event_id: str
    job_id: str
    version: int
    request_id: str = ""
    stored_at_ms: int = 0
    days: tuple[tuple[str, str], ...] = ()
    is_new: bool = False
    for_reports: bool = True


class RoundDayChanged(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Something was said about a collection round on a day."""

    event_id: str
    round: str
    request_id: str = ""
    stored_at_ms: int = 0


OfNotice = DisruptionPosted | DisruptionChanged | DisruptionEnded | RoadWorkPlanned
OfReport = ReportSubmitted | ReportChanged
Event = OfReport | PhotoTaken | PhotoWanted


def tiles_touched(event: Event) -> frozenset[str]:
    """Quadkeys of the published tiles that the fact may have changed."""
    match event:
        case ReportSubmitted(tile=tile):
            tiles = {tile}
        case ReportChanged(old_tile=old_tile, tile=tile):
            tiles = {old_tile, tile}
        case PhotoTaken() | PhotoWanted():
            tiles = set()
    return frozenset(tile for tile in tiles if tile)


def day_touched(event: Event) -> str | None:
    """The day on which the report was requested, None if the fact does not say so."""
    return event.day or None if isinstance(event, OfReport) else None


def shows(event: Event) -> bool:
    """True if the fact may have changed what everybody can see of a report."""
    return not isinstance(event, OfReport) or event.shows_change or needs_purge(event)


def photos_touched(event: Event) -> frozenset[str]:
    """Ids of the photos whose being public the fact may have changed."""
    return frozenset(event.photos if isinstance(event, OfReport) else (event.photo_id,))


def needs_purge(event: Event) -> bool:
    """True where something that was public was taken back."""
    return isinstance(event, ReportChanged) and event.purge


def moves_figures(event: object) -> bool:
    """True where the report may count for the figures in another way than before."""
    return isinstance(event, OfReport) and event.moves_figures


def moves_order(event: object) -> bool:
    """True where the order of the report may have to be carried out."""
    return isinstance(event, OfReport) and event.moves_order
