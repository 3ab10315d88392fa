"""Disruptions: an officer's notice that a service does not run normally, in an area, for a time.

posted ──changed──▶ … ──▶ over, or withdrawn
"""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from chalicelib.kernel.field_types import LINE, TEXT

LEAST_RADIUS_M, MOST_RADIUS_M = 50, 50_000
LONGEST = timedelta(days=366)
KEPT_FOR = timedelta(days=30)
"""How long a disruption is stored after its end."""

Title = Annotated[str, Meta(min_length=1, max_length=100), LINE]
Text = Annotated[str, Meta(max_length=2_000), TEXT]
Moment = Annotated[datetime, Meta(tz=True)]
Codes = Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(max_length=50)]


class DisruptionArea(Struct, frozen=True, kw_only=True):
    """A circle, a ward, or with neither the whole council. WGS84 degrees."""

    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    long: Annotated[float, Meta(ge=-180, le=180)] | None = None
    radius_m: float | None = None
    ward_code: Annotated[str, Meta(max_length=40)] | None = None


class DisruptionDraft(Struct, frozen=True, kw_only=True):
    """An officer's draft of a disruption. Without service codes it is about no service that can be
    reported."""

    title: Title
    begins: Moment
    ends: Moment
    text: Text = ""
    area: DisruptionArea = DisruptionArea()
    service_codes: Codes = ()


class DisruptionChanges(Struct, frozen=True, kw_only=True):
    """An officer's changes. None leaves a field as it is; an area replaces the whole previous
    area."""

    title: Title | None = None
    begins: Moment | None = None
    ends: Moment | None = None
    text: Text | None = None
    area: DisruptionArea | None = None
    service_codes: Codes | None = None


class Disruption(Struct, frozen=True, kw_only=True):
    """A disruption. `news` counts the notices to subscribers: one when it is posted, and one for
    each change that moves its times or area, or adds a service. `version` is 0 until it is
    stored."""

    disruption_id: str
    title: str
    text: str
    area: DisruptionArea
    service_codes: tuple[str, ...]
    begins: datetime
    ends: datetime
    posted_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None = None
    news: int = 1
    fingerprint: str = ""
    request_id: str = ""
    version: int = 0

    @property
    def expires_at(self) -> datetime:
        """When it is deleted."""
        return max(self.ends, self.updated_at) + KEPT_FOR

    def is_current(self, now: datetime) -> bool:
        """True while it is current or upcoming."""
        return self.withdrawn_at is None and now < self.ends


def apply_changes(disruption: Disruption, changes: DisruptionChanges, now: datetime) -> Disruption:
    """Returns the disruption with the changes, updated at `now`."""
    values = {name: value for name, value in asdict(changes).items() if value is not None}
    after = replace(disruption, **values)
    adds_service = not set(after.service_codes) <= set(disruption.service_codes)
    is_news = adds_service or _times_and_area(after) != _times_and_area(disruption)
    return replace(after, news=disruption.news + is_news, updated_at=now)


def mark_withdrawn(disruption: Disruption, now: datetime) -> Disruption:
    """Returns the disruption as withdrawn at `now`."""
    return replace(disruption, withdrawn_at=now, updated_at=now)


def _times_and_area(disruption: Disruption) -> tuple[object, ...]:
    return disruption.begins, disruption.ends, disruption.area
