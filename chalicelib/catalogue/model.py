"""What a council is and what can be reported to it, as its configuration document says.

Names are Open311's: ServiceDefinition, service_code, service_name, group, keywords.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from chalicelib.geo.point import Box

Code = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Words = Annotated[str, Meta(min_length=1, max_length=200)]
Degrees = Annotated[float, Meta(ge=-180, le=180)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the document: a key that it does not know is a mistake, not a wish."""


class ServiceLevel(Strict, frozen=True, kw_only=True):
    """The promise: done within `days` calendar days of being reported."""

    days: Annotated[int, Meta(ge=1, le=365)]


class Team(Strict, frozen=True, kw_only=True):
    """Who deals with reports."""

    team: Code
    name: Words


class ServiceDefinition(Strict, frozen=True, kw_only=True):
    """One kind of thing that can be reported."""

    service_code: Code
    service_name: Words
    group: Words
    description: Words
    team: Code
    service_level: ServiceLevel
    keywords: tuple[Words, ...] = ()
    visibility: Literal["public"] = "public"

    def due(self, requested: datetime) -> datetime:
        """The promise date of something reported then."""
        return requested + timedelta(days=self.service_level.days)


class Council(Strict, frozen=True, kw_only=True, dict=True):
    """A council's whole configuration. `bounds`: west, south, east, north in WGS84 degrees."""

    jurisdiction_id: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Words
    phone: Words
    time_zone: Words
    bounds: tuple[Degrees, Degrees, Degrees, Degrees]
    teams: tuple[Team, ...]
    services: tuple[ServiceDefinition, ...]
    basemap_attribution: str = ""

    @property
    def box(self) -> Box:
        west, south, east, north = self.bounds
        return Box(west=west, south=south, east=east, north=north)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def by_code(self) -> Mapping[str, ServiceDefinition]:
        """The services by service_code."""
        return {service.service_code: service for service in self.services}


def services_document(council: Council) -> dict[str, Any]:
    """The published list of services: Open311's names, `items` in the council's own order."""
    return {
        "items": [
            {
                "service_code": service.service_code,
                "service_name": service.service_name,
                "group": service.group,
                "description": service.description,
                "keywords": list(service.keywords),
                "visibility": service.visibility,
                "attributes": [],
                "service_level": {"days": service.service_level.days},
            }
            for service in council.services
        ]
    }
