"""Collects the information about a place and its ward."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec

from chalicelib.areas.model import (
    CouncillorView,
    MyArea,
    NearRoadWork,
    OtherWard,
    RoadWork,
    WardView,
)
from chalicelib.areas.ports import Ports
from chalicelib.errors import Invalid, NotFound, UpstreamFailed
from chalicelib.geo.ellipsoid import displayed_distance_m
from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon_edge import nearest_on_edge
from chalicelib.geo.ward import Ward
from chalicelib.kernel.fields import copy_fields
from chalicelib.texts import Text, either

NEAR_WARD_M = 500.0
"""Road works up to this distance outside a ward still count for it."""


class WardArea(msgspec.Struct, frozen=True, dict=True):
    """A ward as publishing needs it: its area, and its document without reports."""

    ward: Ward
    councillors: tuple[CouncillorView, ...]
    roadworks: tuple[RoadWork, ...]

    @property
    def code(self) -> str:
        return self.ward.code

    @property
    def name(self) -> str:
        return self.ward.name

    @property
    def bounds(self) -> Box:
        return self.ward.bounds

    def contains(self, point: Point) -> bool:
        return self.ward.shape.contains(point)

    @cached_property
    def content(self) -> dict[str, Any]:
        """The document without its reports."""
        ward = WardView(code=self.code, name=self.ward.name, councillors=self.councillors)
        return {"ward": ward, "roadworks": self.roadworks}


def my_area_at(postcode: str | None, point: Point | None, ports: Ports) -> MyArea:
    """The published information about a place, by its postcode or its coordinates.

    Raises Invalid (neither or both), NotFound (outside the council), UpstreamFailed (also if no
    wards are known yet).
    """
    if (postcode is None) == (point is None):
        raise Invalid.field("postcode", "give either a postcode, or lat and long")
    place = point or _place_of_postcode(postcode or "", ports)
    ward = _ward_at(place, ports)
    document = ports.places.document(ward.code)
    if document is None:
        raise UpstreamFailed(
            Text(
                "We are putting together the information about {ward}. Try again soon.",
                ward=ward.name,
            )
        )
    return MyArea(
        ward=document.ward,
        other_wards=_other_wards(place, ward, ports) if point is None else (),
        nearest=ports.nearest(place),
        open_reports=document.open_reports,
        reports=document.reports,
        roadworks=_sort_by_distance(_without_past(document.roadworks, ports), place),
        updated_datetime=document.updated_datetime,
    )


def ward_areas(ports: Ports) -> list[WardArea]:
    """All of today's wards, for their documents. Raises UpstreamFailed."""
    roadworks = _without_past(ports.places.roadworks(), ports)
    return [
        WardArea(
            ward,
            tuple(_councillor(each) for each in ports.council.councillors.get(ward.code, ())),
            tuple(work for work in roadworks if _is_near(ward, work.point)),
        )
        for ward in ports.places.wards()
    ]


def _ward_at(place: Point, ports: Ports) -> Ward:
    wards = ports.places.wards()
    if not wards:
        name = Text(ports.council.name)
        raise UpstreamFailed(
            Text(
                "The wards of {council} are not available yet. Try again in a few minutes.",
                council=name,
            )
        )
    found = next((each for each in wards if each.shape.contains(place)), None)
    if found is None:
        raise NotFound(_outside_message(place, ports))
    return found


def _other_wards(middle: Point, ward: Ward, ports: Ports) -> tuple[OtherWard, ...]:
    """The further wards within `MARGIN_M` of the middle of a postcode."""
    return tuple(
        OtherWard(code=each.code, name=each.name)
        for each in ports.places.wards()
        if each.code != ward.code and each.is_near(middle)
    )


def _place_of_postcode(postcode: str, ports: Ports) -> Point:
    if not 5 <= len("".join(postcode.split())) <= 7:
        example = ports.council.example_postcode
        raise Invalid.field(
            "postcode",
            Text("enter a full postcode, such as {example}", example=example)
            if example
            else Text("enter a full postcode"),
        )
    place = ports.places.postcode(postcode)
    if place is None:
        raise NotFound(
            Text(
                "The postcode {postcode} does not seem to be in {council}. Check it, or find your "
                "council at https://www.gov.uk/find-local-council",
                postcode=postcode.strip().upper(),
                council=Text(ports.council.name),
            )
        )
    return place


def _outside_message(place: Point, ports: Ports) -> str:
    """The error for a place without a ward."""
    neighbour = ports.council.neighbour_at(place)
    council = Text(ports.council.name)
    if neighbour is None:
        return Text(
            "This location is outside {council}. Find the right council at "
            "https://www.gov.uk/find-local-council",
            council=council,
        )
    ways, name = either(neighbour.phone, neighbour.url), Text(neighbour.name)
    if not ways:
        return Text(
            "This location is outside {council}. It looks like {neighbour}'s.",
            council=council,
            neighbour=name,
        )
    return Text(
        "This location is outside {council}. It looks like {neighbour}'s: {ways}",
        council=council,
        neighbour=name,
        ways=ways,
    )


def _without_past(works: Sequence[RoadWork], ports: Ports) -> list[RoadWork]:
    today = ports.today()
    return [work for work in works if work.ends >= today]


def _is_near(ward: Ward, point: Point) -> bool:
    if ward.bounds.overlap(Box.around(point, NEAR_WARD_M)) is None:
        return False
    return (
        ward.shape.contains(point) or nearest_on_edge(ward.shape, point).distance_m <= NEAR_WARD_M
    )


def _sort_by_distance(works: Sequence[RoadWork], place: Point) -> tuple[NearRoadWork, ...]:
    near = [
        NearRoadWork(
            **msgspec.structs.asdict(work), distance_m=displayed_distance_m(work.point, place)
        )
        for work in works
    ]
    return tuple(sorted(near, key=lambda each: (each.distance_m, each.ref)))


def _councillor(each: Any) -> CouncillorView:
    return copy_fields(CouncillorView, each)
