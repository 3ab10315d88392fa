"""My area: a place's ward and what is going on there; elsewhere, whose it looks like."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from chalicelib.areas.model import OpenReport, OtherWard, RoadWork, WardDocument, WardView
from chalicelib.areas.ports import Ports
from chalicelib.areas.usecases import my_area_at, ward_areas
from chalicelib.errors import Invalid, NotFound, UpstreamFailed
from chalicelib.gazetteer.wards import ward_of
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon, Polygon
from chalicelib.geo.ward import Ward
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.councils import council_named

TODAY = date(2026, 6, 1)
HERE = Point(**MARKET_PLACE)
RING = ((-1.09, 53.95), (-1.07, 53.95), (-1.07, 53.97), (-1.09, 53.97))
CENTRE = ward_of("centre", "Centre", MultiPolygon((Polygon(RING),)))
NORTH_RING = ((-1.09, 53.97), (-1.07, 53.97), (-1.07, 53.99), (-1.09, 53.99))
NORTH = ward_of("north", "North", MultiPolygon((Polygon(NORTH_RING),)))
AT_THE_EDGE = Point(lat=53.9698, long=-1.08)
"""About 22 m from the north ward."""
REPORT = OpenReport(
    service_request_id="R1",
    title=None,
    service_code="pothole",
    lat=HERE.lat,
    long=HERE.long,
    requested_datetime=NOON,
)


def work(ref: str, **values: Any) -> RoadWork:
    return RoadWork(
        **{
            "ref": ref,
            "description": "Gas",
            "location": "Market Street",
            "status": "Planned",
            "starts": TODAY,
            "ends": TODAY,
            "organisation": "Demo Gas",
            "traffic": "Signs",
            **MARKET_PLACE,
            **values,
        }
    )


class MemoryPlaces:
    """One ward, its document, and road works."""

    def __init__(self, *works: RoadWork) -> None:
        self.works = works
        self.published: WardDocument | None = WardDocument(
            ward=WardView(code="centre", name="Centre"),
            open_reports=1,
            reports=(REPORT,),
            roadworks=works,
            updated_datetime=NOON,
        )

    def wards(self) -> Sequence[Ward]:
        return (CENTRE, NORTH)

    def roadworks(self) -> Sequence[RoadWork]:
        return self.works

    def postcode(self, text: str) -> Point | None:
        return {
            "ZZ1 1AA": HERE,
            "ZZ1 1AB": AT_THE_EDGE,
            "ZZ9 9ZZ": Point(lat=54.02, long=-0.97),
        }.get(text)

    def document(self, ward_code: str) -> WardDocument | None:
        return self.published


def nearest(point: Point) -> Mapping[str, Any]:
    return {"library": {"name": "Market Library"}}


def ports(places: MemoryPlaces | None = None) -> Ports:
    return Ports(
        places=places or MemoryPlaces(),
        council=council_named("demo"),
        nearest=nearest,
        today=lambda: TODAY,
    )


def test_my_area_is_answered_when_the_place_is_in_a_ward() -> None:
    by_point, by_postcode = my_area_at(None, HERE, ports()), my_area_at("ZZ1 1AA", None, ports())
    assert by_point == by_postcode
    assert (by_point.ward.code, by_point.open_reports) == ("centre", 1)
    assert by_point.reports == (REPORT,)
    assert by_point.nearest["library"]["name"] == "Market Library"


def test_postcode_near_another_ward_names_both_and_a_place_names_one() -> None:
    by_postcode = my_area_at("ZZ1 1AB", None, ports())
    assert by_postcode.ward.code == "centre"
    assert by_postcode.other_wards == (OtherWard(code="north", name="North"),)
    assert my_area_at(None, AT_THE_EDGE, ports()).other_wards == ()
    assert my_area_at("ZZ1 1AA", None, ports()).other_wards == ()


def test_road_works_are_the_nearest_first_when_some_are_over_since() -> None:
    far, over = work("far", lat=53.965), work("over", ends=date(2026, 5, 31))
    found = my_area_at(None, HERE, ports(MemoryPlaces(far, over, work("near"))))
    assert [(each.ref, each.distance_m) for each in found.roadworks] == [
        ("near", 0.0),
        ("far", 667.8),
    ]


@pytest.mark.parametrize(
    ("postcode", "point", "said"),
    [
        (None, Point(lat=54.02, long=-0.97), "It looks like Wold District Council's: https://wold"),
        ("ZZ9 9ZZ", None, "It looks like Wold District Council's"),
        (None, Point(lat=53.9, long=-0.9), "It looks like Wold District Council's"),
        (None, Point(lat=51.5, long=-0.1), "https://www.gov.uk/find-local-council"),
        ("SW1A 1AA", None, "The postcode SW1A 1AA does not seem to be in Eskerby Council"),
    ],
)
def test_my_area_names_the_responsible_council_when_the_place_is_outside(
    postcode: str | None, point: Point | None, said: str
) -> None:
    with pytest.raises(NotFound, match=said):
        my_area_at(postcode, point, ports())


def test_my_area_is_unavailable_when_there_are_no_wards() -> None:
    class WithoutWards(MemoryPlaces):
        def wards(self) -> Sequence[Ward]:
            return ()

    with pytest.raises(UpstreamFailed, match="not available yet"):
        my_area_at(None, HERE, ports(WithoutWards()))


@pytest.mark.parametrize(("postcode", "point"), [(None, None), ("ZZ1 1AA", HERE), ("ZZ1", None)])
def test_my_area_names_the_field_when_not_exactly_one_place_is_given(
    postcode: str | None, point: Point | None
) -> None:
    with pytest.raises(Invalid) as caught:
        my_area_at(postcode, point, ports())
    assert caught.value.errors[0].field == "postcode"


def test_my_area_is_unavailable_when_the_ward_is_not_published_yet() -> None:
    places = MemoryPlaces()
    places.published = None
    with pytest.raises(UpstreamFailed):
        my_area_at(None, HERE, ports(places))


def test_ward_has_its_councillors_and_works_near_it_when_it_is_published() -> None:
    beside, far = work("beside", long=-1.064), work("far", long=-1.05)
    over = work("over", ends=date(2026, 5, 31))
    area, _ = ward_areas(ports(MemoryPlaces(beside, far, over)))
    assert [each.ref for each in area.roadworks] == ["beside"]
    assert area.councillors[0].name == "Councillor for Centre ward"
    assert area.content["ward"].name == "Centre"
