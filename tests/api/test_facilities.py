"""Where's my nearest, through the API."""

from typing import Any

import boto3
import pytest

from chalicelib.bootstrap import container
from chalicelib.bootstrap.facilities import facilities_ports
from chalicelib.bootstrap.publishing import publishing_ports
from infra.demo.facilities import demo_tables
from infra.demo.gazetteer import COMMITTED
from infra.facilities import import_facilities, kind_named
from tests.api.conftest import Api
from tests.support.builders import draft_body

HERE = "lat=53.959&long=-1.0815"


@pytest.fixture
def published(api: Api) -> Api:
    """With the demo council's libraries, parks and street lights."""
    council, tables = container.council(), demo_tables()
    for name in ("library", "park", "street-light"):
        kind = kind_named(name, council)
        import_facilities(kind, tables[name], council, publishing_ports())
    return api


def nearest(api: Api, query: str) -> list[dict[str, Any]]:
    answer = api.get(f"/api/facilities/nearest?{query}")
    assert answer.status_code == 200, answer.json_body
    assert answer.json_body["next"] is None
    items: list[dict[str, Any]] = answer.json_body["items"]
    return items


def test_kinds_have_their_number_of_facilities_and_their_service(published: Api) -> None:
    answer = published.get("/api/facilities/kinds")
    assert answer.status_code == 200
    assert answer.json_body["next"] is None
    library, _, light = answer.json_body["items"]
    assert library == {
        "kind": "library",
        "label": "Library",
        "plural": "Libraries",
        "icon": "book",
        "count": 17,
        "service_code": None,
    }
    assert light["service_code"] == "street-light"


def test_nearest_are_five_by_default(published: Api) -> None:
    found = nearest(published, f"kind=library&{HERE}")
    distances = [item["distance_m"] for item in found]
    assert len(found) == 5 and distances == sorted(distances)
    assert found[0]["facility_id"] == "library-1"
    assert {"kind", "name", "lat", "long", "address", "opening_hours", "phone"} <= set(found[0])
    assert len(nearest(published, f"kind=library&{HERE}&limit=100")) == 17


def test_parks_are_measured_to_their_edge(published: Api) -> None:
    (park,) = nearest(published, f"kind=park&{HERE}&limit=1")
    inside = f"kind=park&lat={park['lat']}&long={park['long']}&limit=1"
    assert nearest(published, inside)[0]["distance_m"] <= 0.2


def test_street_light_shows_its_open_report(published: Api) -> None:
    (light,) = nearest(published, f"kind=street-light&{HERE}&limit=1")
    assert "open_report" not in light
    body = draft_body(
        service_code="street-light",
        asset_id=light["facility_id"],
        lat=light["lat"],
        long=light["long"],
        attributes={"what": "out"},
    )
    report = published.post("/api/reports", body)
    assert report.status_code == 201, report.json_body
    published.cloud.pump.run_until_idle()
    del container.BUILT[facilities_ports,]
    (again,) = nearest(published, f"kind=street-light&{HERE}&limit=1")
    assert again["open_report"] == report.json_body["service_request_id"]
    seen = published.get(f"/api/reports/{again['open_report']}").json_body
    assert seen["asset_id"] == light["facility_id"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"kind=castle&{HERE}", "kind"),
        (HERE, "kind"),
        ("kind=library&long=-1.08", "lat"),
        ("kind=library&lat=53.9&long=x", "long"),
        ("kind=library&lat=NaN&long=1", "lat"),
        ("kind=library&lat=91&long=1", "lat"),
        (f"kind=library&{HERE}&limit=0", "limit"),
        (f"kind=library&{HERE}&limit=101", "limit"),
    ],
)
def test_nearest_names_the_field_when_a_parameter_is_invalid(
    published: Api, query: str, field: str
) -> None:
    answer = published.get(f"/api/facilities/nearest?{query}")
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json_body["errors"]] == [field]


def test_unknown_kind_is_refused_with_the_known_ones(published: Api) -> None:
    answer = published.get(f"/api/facilities/nearest?kind=castle&{HERE}")
    assert answer.json_body["detail"] == "kind: must be one of: library, park, street-light"


def test_list_of_kinds_is_empty_when_nothing_is_published(api: Api) -> None:
    assert api.get("/api/facilities/kinds").json_body == {"items": [], "next": None}
    answer = api.get(f"/api/facilities/nearest?kind=library&{HERE}")
    assert (answer.status_code, answer.json_body["detail"]) == (
        400,
        "kind: no facilities are published yet",
    )


def nearest_page(api: Api, query: str = "") -> tuple[int, str]:
    answer = api.get(f"/forms/nearest{query}")
    return answer.status_code, answer.body.decode()


@pytest.fixture
def with_places(published: Api) -> Api:
    for key, path in COMMITTED.items():
        bucket = published.cloud.bucket
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
    return published


def test_page_lists_the_nearest_when_a_kind_and_a_place_are_given(with_places: Api) -> None:
    status, html = nearest_page(with_places, "?kind=library&q=Market+Place")
    assert status == 200
    assert "Nearest to Market Place" in html
    assert html.index("Eskerby Library") < html.index("Larkwick Library")
    assert '<option value="library" selected>' in html


def test_page_is_a_form_without_a_query(with_places: Api) -> None:
    status, html = nearest_page(with_places)
    assert status == 200 and "Find the nearest" in html and "There is a problem" not in html


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?kind=library", "q"),
        ("?kind=library&q=Xyzzyqq", "q"),
        ("?kind=castle&q=Market+Place", "kind"),
    ],
)
def test_page_names_the_field_when_a_value_is_invalid(
    with_places: Api, query: str, field: str
) -> None:
    status, html = nearest_page(with_places, query)
    assert status == 400
    assert "There is a problem" in html and f'href="#{field}"' in html


def test_page_says_that_nothing_is_listed_when_a_kind_is_empty(api: Api) -> None:
    assert "No places listed yet" in nearest_page(api)[1]
