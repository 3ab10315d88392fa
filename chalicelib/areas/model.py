"""The published information about a ward and about a place in it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from chalicelib.geo.point import Point
from chalicelib.kernel.ids import derived_id
from chalicelib.reports.published import Delay

ROADWORKS = "data/roadworks.json"
"""The key of the published document of road works."""


class RoadWork(msgspec.Struct, frozen=True, kw_only=True):
    """Works that dig up a road; both days are included."""

    ref: str
    description: str
    location: str
    status: str
    starts: date
    ends: date
    organisation: str
    traffic: str
    lat: float
    long: float

    NOTICE: ClassVar = "roadworks-"

    @property
    def point(self) -> Point:
        return Point(lat=self.lat, long=self.long)

    @property
    def notice_id(self) -> str:
        """The key of the notice to subscribers: it changes with the days or the place."""
        parts = (self.ref, str(self.starts), str(self.ends), str(self.lat), str(self.long))
        return self.NOTICE + derived_id(*parts)


class RoadWorks(msgspec.Struct, frozen=True, kw_only=True):
    """The published document: road works not over at publication, sorted by start. `untold` are the
    ids of road works that subscribers have not been notified of yet."""

    items: tuple[RoadWork, ...] = ()
    untold: tuple[str, ...] = ()


class NearRoadWork(RoadWork, frozen=True, kw_only=True):
    """Road works and their distance, in metres."""

    distance_m: float


class CouncillorView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ward's councillor."""

    name: str
    party: str | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None


class WardView(msgspec.Struct, frozen=True, kw_only=True):
    """A ward and its councillors."""

    code: str
    name: str
    councillors: tuple[CouncillorView, ...] = ()


class OpenReport(msgspec.Struct, frozen=True, kw_only=True):
    """An open report in the ward's list."""

    service_request_id: str
    title: str | None
    service_code: str
    lat: float
    long: float
    requested_datetime: datetime
    expected_datetime: datetime | None = None
    delay: Delay | None = None


class WardDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The published data of a ward; `reports` are its newest open reports."""

    ward: WardView
    open_reports: int
    reports: tuple[OpenReport, ...]
    roadworks: tuple[RoadWork, ...]
    updated_datetime: datetime


class OtherWard(msgspec.Struct, frozen=True, kw_only=True):
    """A ward in which some addresses of a postcode may be."""

    code: str
    name: str


class MyArea(msgspec.Struct, frozen=True, kw_only=True):
    """The ward of a location, the `nearest` facility of each kind, the newest of the ward's
    `open_reports`, and road works, the nearest first. A postcode is known by its middle only:
    `other_wards` are those in which some of its addresses may be."""

    ward: WardView
    other_wards: tuple[OtherWard, ...] = ()
    nearest: Mapping[str, Any]
    open_reports: int
    reports: tuple[OpenReport, ...]
    roadworks: tuple[NearRoadWork, ...]
    updated_datetime: datetime
