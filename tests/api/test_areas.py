"""My area through the API, from what the commands published."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.wards import WARDS
from chalicelib.geo.point import Point
from chalicelib.handlers.forms.forms_siblings import Siblings
from chalicelib.reports.usecases.access import Author
from infra.__main__ import commands
from infra.demo.gazetteer import COMMITTED
from infra.local import mail
from infra.local.seed import demo_roadworks
from infra.roadworks import COLUMNS
from tests.api.conftest import Api
from tests.api.test_alerts_sent import confirmed
from tests.support.builders import MARKET_PLACE, NOON, draft_body
from tests.support.composition import replace_built
from tests.support.open311 import assert_errors, other_system

HERE = "lat=53.959&long=-1.0815"
HEAD = ",".join([*COLUMNS.values(), "Latitude", "Longitude"])


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(each) for each in arguments])


def published(api: Api, key: str) -> Any:
    answer = boto3.client("s3").get_object(Bucket=api.cloud.bucket, Key=key)
    return json.loads(answer["Body"].read())


@pytest.fixture
def demo(api: Api) -> Api:
    """The demo council with its places and road works."""
    for key, path in COMMITTED.items():
        boto3.client("s3").put_object(Bucket=api.cloud.bucket, Key=key, Body=path.read_bytes())
    demo_roadworks(publishing_ports(), NOON.date().replace(year=2100))
    # What was read of them before is kept for a minute.
    container.forget_built()
    return api


def published_wards(api: Api) -> None:
    """The schedule's five minutes have passed."""
    from chalicelib.publishing.usecases import publish_wards

    api.cloud.pump.run_until_idle()
    assert publish_wards(publishing_ports()) == {}


def test_my_area_is_answered_for_a_postcode_or_a_place(demo: Api) -> None:
    sent = demo.post("/api/reports", draft_body()).json_body
    published_wards(demo)
    [first, *_] = published(demo, "data/postcodes.json")["sectors"].items()
    sector, units = first
    by_postcode = demo.get(f"/api/my-area?postcode={(sector + units[0][0]).replace(' ', '+')}")
    assert by_postcode.status_code == 200
    answer = demo.get(f"/api/my-area?{HERE}")
    assert answer.status_code == 200
    body = answer.json_body
    assert (body["ward"]["code"], body["ward"]["name"]) == ("centre", "Centre")
    assert body["ward"]["councillors"][0] == {
        "name": "Councillor for Centre ward",
        "email": "centre@council.example",
        "phone": "01904 960123",
    }
    assert body["open_reports"] == 1
    assert body["reports"][0]["service_request_id"] == sent["service_request_id"]
    distances = [work["distance_m"] for work in body["roadworks"]]
    assert distances and distances == sorted(distances)
    assert body["nearest"] == {}


def test_report_has_its_ward_and_street_when_it_was_submitted_without_an_address(demo: Api) -> None:
    sent = demo.post("/api/reports", draft_body()).json_body
    report = demo.get(f"/api/reports/{sent['service_request_id']}").json_body
    assert report["ward_code"] == "centre"
    streets = published(demo, "data/streets.json")["streets"]
    assert report["address"] in streets


def test_my_area_is_not_found_when_the_place_is_in_another_council(demo: Api) -> None:
    answer = demo.get("/api/my-area?lat=54.02&long=-0.97")
    assert answer.status_code == 404
    assert "Wold District Council" in answer.json_body["detail"]
    assert demo.get("/api/my-area?postcode=SW1A+1AA").status_code == 404


@pytest.mark.parametrize("query", ["", "?postcode=ZZ1", f"?postcode=ZZ1+1AA&{HERE}", "?lat=53.9"])
def test_my_area_names_the_field_when_no_single_place_is_given(demo: Api, query: str) -> None:
    answer = demo.get("/api/my-area" + query)
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] in {"postcode", "long"}


def test_report_is_accepted_when_no_places_are_published(api: Api) -> None:
    sent = api.post("/api/reports", draft_body())
    assert sent.status_code == 201
    report = api.get(f"/api/reports/{sent.json_body['service_request_id']}").json_body
    assert (report["ward_code"], report["address"]) == (None, None)
    answer = api.get(f"/api/my-area?{HERE}")
    assert answer.status_code == 503
    assert "wards of Eskerby Council are not available yet" in answer.json_body["detail"]


def test_report_is_refused_with_the_neighbours_name_when_its_place_is_in_no_ward(
    demo: Api,
) -> None:
    body = draft_body(lat=54.02, long=-0.99, service_code="litter")
    refused = demo.post("/api/reports", body)
    assert refused.status_code == 400
    (error,) = refused.json_body["errors"]
    assert error["field"] == "lat"
    assert "Wold District Council" in error["message"]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_open311_names_the_responsible_council_when_the_place_is_in_no_ward(
    form: str, demo: Api
) -> None:
    answer = other_system(demo).report(form=form, lat="54.02", long="-0.99", service_code="litter")
    assert_errors(answer, 400, "Wold District Council")
    assert demo.stored_ids() == []


def test_forms_name_the_responsible_council_when_the_place_is_in_no_ward(demo: Api) -> None:
    siblings = Siblings(Author())
    assert "Wold District Council" in str(siblings.outside_text(Point(lat=54.02, long=-0.99)))
    assert siblings.outside_text(Point(**MARKET_PLACE)) is None
    container.forget_built()
    boto3.client("s3").delete_object(Bucket=demo.cloud.bucket, Key=WARDS)
    assert siblings.outside_text(Point(lat=54.02, long=-0.99)) is None


def ward(code: str, west: float, east: float) -> dict[str, Any]:
    south, north = 53.89, 54.028
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"ward_code": code, "ward_name": code.title()},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def ward_file(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_reports_move_when_boundaries_change_on_a_day(demo: Api, tmp_path: Path) -> None:
    sent = demo.post("/api/reports", draft_body()).json_body
    file = ward_file(
        tmp_path / "new.geojson", ward("west", -1.2, -1.08), ward("east", -1.08, -0.97)
    )
    result = run("import-wards", file, "--valid-from", "2026-01-01")
    assert result.exit_code == 0, result.output
    assert "2 wards imported, 0 refused." in result.output
    assert "1 reports moved to another ward." in result.output
    report = demo.get(f"/api/reports/{sent['service_request_id']}").json_body
    assert report["ward_code"] == "west"
    document = published(demo, WARDS)
    assert [ward["code"] for ward in document["items"]] == ["east", "west"]
    assert [each["valid_from"] for each in document["earlier"]] == ["2023-05-04"]
    assert published(demo, "data/wards/west.json")["ward"]["name"] == "West"
    again = run("import-wards", file, "--valid-from", "2026-01-01")
    assert "0 reports moved to another ward." in again.output


def test_wards_are_unchanged_when_one_of_the_new_ones_is_refused(demo: Api, tmp_path: Path) -> None:
    before = published(demo, WARDS)
    file = ward_file(tmp_path / "bad.geojson", ward("a", -1.2, -1.1), ward("a", -1.1, -1.0))
    result = run("import-wards", file)
    assert result.exit_code == 1
    assert "feature 2: ward_code: 'a' is used twice; remove one" in result.output
    assert published(demo, WARDS) == before
    allowed = run("import-wards", file, "--allow-rejects")
    assert allowed.exit_code == 0
    assert [ward["code"] for ward in published(demo, WARDS)["items"]] == ["a"]


def test_wards_are_refused_when_they_apply_from_a_future_day(demo: Api, tmp_path: Path) -> None:
    file = ward_file(tmp_path / "new.geojson", ward("a", -1.2, -1.0))
    result = run("import-wards", file, "--valid-from", "2999-01-01")
    assert result.exit_code == 1
    assert "in the future" in str(result.exception)


def test_postcodes_are_found_when_they_were_imported_beside_streets(
    demo: Api, tmp_path: Path
) -> None:
    places = published(demo, "data/places.json")
    file = tmp_path / "yo.csv"
    file.write_text("YO1 7HH,10,460360,452140\nYO1 7AB,90,0,0\nSW1A 1AA,10,529090,179645\n")
    result = run("import-postcodes", file)
    assert "1 imported, 1 outside, 1 without a place, 0 refused." in result.output
    assert published(demo, "data/places.json") == places
    found = demo.get("/api/places?q=yo17hh").json_body["items"]
    assert [each["label"] for each in found] == ["YO1 7HH"]


def test_postcodes_are_unchanged_when_a_row_is_refused(demo: Api, tmp_path: Path) -> None:
    before = published(demo, "data/postcodes.json")
    file = tmp_path / "yo.csv"
    file.write_text("YO1 7HH,10,460360,452140\nnonsense,10,460360,452140\n")
    result = run("import-postcodes", file)
    assert result.exit_code == 1
    assert "yo.csv, line 2: postcode: 'nonsense' is none" in result.output
    assert published(demo, "data/postcodes.json") == before


def test_road_works_are_published_when_they_are_not_over(demo: Api, tmp_path: Path) -> None:
    place = f"{MARKET_PLACE['lat']},{MARKET_PLACE['long']}"
    rows = [
        f"R1,Gas,Market Street,Planned,01/06/2026,03/06/2999,Demo Gas,Signs,{place}",
        f"R2,Gas,Market Street,Done,01/06/2016,03/06/2016,Demo Gas,Signs,{place}",
    ]
    file = tmp_path / "works.csv"
    file.write_text("\n".join([HEAD, *rows]))
    result = run("import-roadworks", file)
    assert "1 taken, 1 past, 0 outside, 0 repeated, 0 refused." in result.output, result.output
    assert [work["ref"] for work in published(demo, "data/roadworks.json")["items"]] == ["R1"]
    found = demo.get(f"/api/my-area?{HERE}").json_body["roadworks"]
    assert [(work["ref"], work["distance_m"]) for work in found] == [("R1", 0.0)]


def test_subscribers_are_notified_once_of_new_and_changed_road_works(
    demo: Api, tmp_path: Path
) -> None:
    confirmed(demo, topic={"kind": "roadworks", **MARKET_PLACE, "radius_m": 500})
    before = len(mail.emails())

    def imported(*rows: str) -> list[str]:
        """What is told because of an import of these."""
        known = len(mail.emails())
        file = tmp_path / "works.csv"
        file.write_text("\n".join([HEAD, *rows]))
        assert run("import-roadworks", file).exit_code == 0
        demo.cloud.pump.run_until_idle()
        return [str(each["Subject"]) for each in mail.emails()[known:]]

    near = "R1,Gas,High Street,,01/06/2100,{},Gas plc,,53.959,-1.0815"
    far = "R2,Gas,Far Lane,,01/06/2100,05/06/2100,Gas plc,,53.9,-1.15"
    assert imported(near.format("05/06/2100"), far) == ["Road works: High Street"]
    assert imported(near.format("05/06/2100"), far) == []
    assert imported(near.format("05/06/2100"), far.replace("Gas plc", "Gas Ltd")) == []
    assert imported(near.format("09/06/2100"), far) == ["Road works: High Street"]
    assert "Tuesday 1 June to Wednesday 9 June" in mail.text_of(mail.emails()[-1])
    assert imported(far) == [] and len(mail.emails()) == before + 2


def test_first_import_of_road_works_notifies_nobody(api: Api, tmp_path: Path) -> None:
    file = tmp_path / "works.csv"
    file.write_text(f"{HEAD}\nR1,Gas,High Street,,01/06/2100,05/06/2100,Gas plc,,53.959,-1.0815")
    for told in ("0 new", "0 new"):
        assert told in run("import-roadworks", file).output


def test_next_import_notifies_subscribers_of_road_works_when_the_queue_failed(
    demo: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(demo, topic={"kind": "roadworks", **MARKET_PLACE, "radius_m": 500})
    file = tmp_path / "works.csv"
    row = "R1,Gas,High Street,,01/06/2100,05/06/2100,Gas plc,,53.959,-1.0815"
    file.write_text(f"{HEAD}\n{row}")
    known = len(mail.emails())

    class Broken:
        def send(self, said: object) -> None:
            raise UpstreamFailed("The queue did not answer.")

    with monkeypatch.context() as patch:
        replace_built(patch, container.queue, Broken(), "match")
        assert run("import-roadworks", file).exit_code == 1
    for _ in range(2):
        assert run("import-roadworks", file).exit_code == 0
        demo.cloud.pump.run_until_idle()
        assert len(mail.emails()) == known + 1
    assert published(demo, "data/roadworks.json")["untold"] == []
