"""Places by what somebody types, through the API."""

import boto3
import pytest

from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from infra.demo.facilities import demo_tables
from infra.demo.gazetteer import COMMITTED
from infra.facilities import import_facilities, kind_named
from tests.api.conftest import Api


@pytest.fixture
def demo_places(api: Api) -> Api:
    for key, path in COMMITTED.items():
        boto3.client("s3").put_object(Bucket=api.cloud.bucket, Key=key, Body=path.read_bytes())
    council, tables = container.council(), demo_tables()
    for kind in ("library", "bus-stop", "railway-station"):
        import_facilities(kind_named(kind, council), tables[kind], council, publishing_ports())
    return api


def test_place_is_found_whatever_kind_of_place_is_typed(demo_places: Api) -> None:
    for q, kind in (
        ("market+place", "street"),
        ("market+place+12", "street"),
        ("12+market+place,+zz11aa", "street"),
        ("Eskerby", "place"),
        ("ZZ1+1AA", "postcode"),
        ("zz11aa", "postcode"),
        ("b6491", "road"),
        ("heron+mere", "landmark"),
        ("larkwick+libary", "facility"),
        ("eskerby+station", "facility"),
        ("bus+stop+tinder+gate", "facility"),
    ):
        answer = demo_places.get(f"/api/places?q={q}")
        assert answer.status_code == 200
        best = answer.json_body["items"][0]
        assert set(best) == {"label", "kind", "lat", "long"}
        assert best["kind"] == kind, q
        assert answer.json_body["next"] is None


def test_list_is_empty_when_no_places_were_published(api: Api) -> None:
    answer = api.get("/api/places?q=market")
    assert (answer.status_code, answer.json_body) == (200, {"items": [], "next": None})


@pytest.mark.parametrize("query", ["", "?q=", "?q=+", "?q=" + "x" * 101])
def test_places_name_the_field_when_q_cannot_be_searched(api: Api, query: str) -> None:
    answer = api.get("/api/places" + query)
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json_body["errors"]] == ["q"]
