"""Collection rounds and premises: from the commands to the answers of the API."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import vobject
from click.testing import CliRunner, Result

from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.collections import premises_bucket
from chalicelib.collections.premises import FOLDER, Premises
from infra.__main__ import commands
from infra.premises_store import store_premises
from tests.api.conftest import Api
from tests.support.garden_homes import subscribe
from tests.support.moment import TODAY
from tests.support.people import post_form

DAY = TODAY + timedelta(days=30)
HEAD = "round,container,dates,original,new,reason"
GOOD = f"R1,rubbish,{DAY}"


def import_rounds(folder: Path, *rows: str, allow_rejects: bool = False) -> Result:
    file = folder / "rounds.csv"
    width = HEAD.count(",")
    file.write_text("\n".join([HEAD, *(row + "," * (width - row.count(",")) for row in rows)]))
    options = ["--allow-rejects"] if allow_rejects else []
    return CliRunner().invoke(commands, ["import-rounds", str(file), *options])


def published(api: Api) -> Any:
    stored = boto3.client("s3").get_object(
        Bucket=api.cloud.bucket, Key="data/collections/rounds.json"
    )
    return json.loads(stored["Body"].read())


def test_rounds_are_published_in_place_of_those_of_before(api: Api, tmp_path: Path) -> None:
    assert import_rounds(tmp_path, GOOD, f"R2,garden,{DAY}").exit_code == 0
    moved = f"R1,,,{DAY},{DAY + timedelta(days=1)},Christmas"
    result = import_rounds(tmp_path, GOOD, moved)
    assert (
        f"1 rounds with 1 dates, 1 moved, 0 past, 0 repeated, 0 refused. "
        f"The dates are known until {DAY}." in result.output
    )
    (item,) = published(api)["items"]
    assert (item["round"], item["dates"]) == ("R1", [f"{DAY + timedelta(days=1)}"])
    assert published(api)["known_until"] == f"{DAY}"


def test_rounds_are_unchanged_when_a_row_is_refused(api: Api, tmp_path: Path) -> None:
    import_rounds(tmp_path, GOOD)
    before = published(api)
    result = import_rounds(tmp_path, f"R2,garden,{DAY}", "R3,garden,soon")
    assert result.exit_code == 1
    assert "line 3: dates: 'soon' is no date" in result.output
    assert published(api) == before


def test_good_rows_are_published_when_rejects_are_allowed(api: Api, tmp_path: Path) -> None:
    result = import_rounds(tmp_path, GOOD, "R3,garden,soon", allow_rejects=True)
    assert result.exit_code == 0
    assert [each["round"] for each in published(api)["items"]] == ["R1"]


HOMES = (
    "uprn,address,postcode,lat,long,rounds",
    "100,10 Dial Row,YO1 7HH,53.959,-1.0815,R1 G1",
    "101,2 Dial Row,YO1 7HH,53.959,-1.0815,",
)


def import_premises(folder: Path, *rows: str) -> Result:
    file = folder / "premises.csv"
    file.write_text("\n".join(rows))
    return CliRunner().invoke(commands, ["import-premises", str(file)])


def import_homes(folder: Path) -> None:
    """Two homes, and the rounds of one of them."""
    import_rounds(folder, GOOD, f"G1,garden,{DAY}")
    assert import_premises(folder, *HOMES).exit_code == 0


@pytest.fixture
def homes(api: Api, tmp_path: Path) -> Api:
    """Two homes on two rounds that collect in 30 days; the first one has a garden waste
    subscription."""
    rows = (GOOD, f"G1,garden,{DAY + timedelta(days=1)}")
    assert import_rounds(tmp_path, *rows).exit_code == 0
    result = import_premises(tmp_path, *HOMES)
    assert "2 premises, 1 of them without a round, 0 refused." in result.output, result.output
    subscribe("100")
    return api


def test_postcode_lists_its_addresses_in_order(homes: Api) -> None:
    found = homes.get("/api/premises?postcode=yo17hh").json_body
    assert found == {
        "items": [
            {"premises_id": "101", "address": "2 Dial Row"},
            {"premises_id": "100", "address": "10 Dial Row"},
        ],
        "next": None,
    }
    assert homes.get("/api/premises?postcode=YO1%207HG").json_body["items"] == []


def test_part_of_a_postcode_is_refused(homes: Api) -> None:
    answer = homes.get("/api/premises?postcode=YO1")
    assert answer.status_code == 400
    assert answer.json_body["errors"] == [
        {"field": "postcode", "message": "Enter a full postcode, such as ZZ1 1AA"}
    ]


def test_address_has_its_rounds_and_the_next_day_of_each_container(homes: Api) -> None:
    found = homes.get("/api/premises/100/collections").json_body
    assert found["rounds"] == ["G1", "R1"]
    assert found["known_until"] == f"{DAY}"
    assert found["next"] == [
        {
            "container": "rubbish",
            "name": "Black bin: rubbish",
            "colour": "#1d1d1d",
            "state": "to_come",
            "date": f"{DAY}",
        },
        {
            "container": "garden",
            "name": "Brown bin: garden waste",
            "colour": "#7a4a21",
            "state": "to_come",
            "date": f"{DAY + timedelta(days=1)}",
        },
    ]
    assert homes.get("/api/premises/101/collections").json_body["next"] == []


def test_unknown_address_is_not_found(homes: Api) -> None:
    assert homes.get("/api/premises/999/collections").status_code == 404


def test_new_premises_replace_all_of_before(homes: Api, tmp_path: Path) -> None:
    assert import_premises(tmp_path, HOMES[0], HOMES[1]).exit_code == 0
    container.forget_built()
    found = homes.get("/api/premises?postcode=YO1%207HH").json_body["items"]
    assert [each["premises_id"] for each in found] == ["100"]


def test_reader_of_the_set_of_before_still_finds_it(homes: Api, tmp_path: Path) -> None:
    assert homes.get("/api/premises/101/collections").status_code == 200
    import_premises(tmp_path, HOMES[0], HOMES[1])
    assert homes.get("/api/premises/101/collections").status_code == 200


def test_premises_are_unchanged_when_a_row_is_refused(homes: Api, tmp_path: Path) -> None:
    result = import_premises(tmp_path, *HOMES, "102,3 Dial Row,YO1,53.959,-1.0815,R1")
    assert result.exit_code == 1
    assert "line 4: postcode: 'YO1' is none" in result.output
    container.forget_built()
    assert len(homes.get("/api/premises?postcode=YO1%207HH").json_body["items"]) == 2


def test_import_that_is_interrupted_changes_nothing_and_can_be_repeated(
    homes: Api, tmp_path: Path
) -> None:
    def interrupt(documents: int) -> None:
        raise KeyboardInterrupt

    before = len(list(premises_bucket().entries(FOLDER)))
    other = Premises(
        premises_id="200", address="1 Mill Lane", postcode="YO1 7HH", lat=54, long=-1, rounds=()
    )
    with pytest.raises(KeyboardInterrupt):
        store_premises([other], premises_bucket(), datetime.now(UTC), interrupt)
    container.forget_built()
    listed = homes.get("/api/premises?postcode=YO1%207HH").json_body["items"]
    assert [each["premises_id"] for each in listed] == ["101", "100"]
    assert homes.get("/api/premises/200/collections").status_code == 404
    assert len(list(premises_bucket().entries(FOLDER))) == before + 1
    import_premises(tmp_path, *HOMES)
    import_premises(tmp_path, *HOMES)
    # The sets of this import and the one before.
    assert len(list(premises_bucket().entries(FOLDER))) == 2 * (before - 1) + 1


def test_old_sets_of_premises_are_deleted(homes: Api, tmp_path: Path) -> None:
    def versions() -> set[str]:
        keys = [each["Key"] for each in premises_bucket().entries(FOLDER)]
        return {key.split("/")[1] for key in keys} - {"current.json"}

    first = versions()
    import_premises(tmp_path, *HOMES)
    second = versions() - first
    import_premises(tmp_path, *HOMES)
    assert len(first) == len(second) == 1
    assert second < versions()
    assert not first & versions()


def test_calendar_is_published_when_it_is_first_asked_for(homes: Api, tmp_path: Path) -> None:
    answer = homes.post("/api/collections/calendars", {"premises_id": "100"})
    assert answer.status_code == 201
    url, webcal_url = answer.json_body["url"], answer.json_body["webcal_url"]
    assert webcal_url == url.replace("http:", "webcal:")
    path = urlsplit(url).path
    assert "100" not in path.split("/")
    held = boto3.client("s3").get_object(Bucket=homes.cloud.bucket, Key=path[1:])
    assert held["ContentType"] == "text/calendar; charset=utf-8"
    events = vobject.readOne(held["Body"].read().decode()).vevent_list
    assert [event.dtstart.value for event in events] == [DAY, DAY + timedelta(days=1)]

    moved = f"R1,,,{DAY},{DAY + timedelta(days=2)},Christmas"
    result = import_rounds(tmp_path, GOOD, moved)
    assert "1 calendars are up to date." in result.output
    held = boto3.client("s3").get_object(Bucket=homes.cloud.bucket, Key=path[1:])
    (event,) = vobject.readOne(held["Body"].read().decode()).vevent_list
    assert (event.dtstart.value, event.sequence.value) == (DAY + timedelta(days=2), "1")


def test_resident_gets_a_calendar_and_all_days_without_javascript(homes: Api) -> None:
    page = homes.get("/forms/bins?postcode=YO17HH&premises_id=100").body.decode()
    days = re.findall(r'<li><time datetime="([0-9-]+)">', page)
    assert days == [f"{DAY}", f"{DAY + timedelta(days=1)}"]
    assert "<p>We have published the days up to " in page
    assert 'action="/forms/bins/calendar"' in page
    answer = post_form(homes.client.http, "/forms/bins/calendar", premises_id="100")
    assert answer.status_code == 200
    (url,) = re.findall(r'value="([^"]+\.ics)"', answer.body.decode())
    key = urlsplit(url).path[1:]
    held = boto3.client("s3").get_object(Bucket=homes.cloud.bucket, Key=key)
    assert len(vobject.readOne(held["Body"].read().decode()).vevent_list) == len(days)
    assert f'href="webcal:{url.partition(":")[2]}"' in answer.body.decode()


def test_resident_subscribes_to_reminders_without_javascript(homes: Api) -> None:
    page = homes.get("/forms/bins?postcode=YO17HH&premises_id=100").body.decode()
    assert "/forms/alerts?premises_id=100" in page
    form = homes.get("/forms/alerts?premises_id=100").body.decode()
    assert 'name="topic.premises_id" value="100"' in form
    sent = {
        "topic.kind": "bins",
        "topic.premises_id": "100",
        "remind_at": "06:00",
        "channel": "email",
        "to": "sam@example.org",
    }
    answer = post_form(homes.client.http, "/forms/alerts", **sent)
    assert answer.status_code == 200, answer.body
    assert "Reminders of bin collections" in answer.body.decode()
    (stored,) = alerts_ports().subscriptions.at_addresses(
        [alerts_ports().ids.address_key("email", sent["to"])]
    )
    assert (stored.topic.premises_id, stored.remind_at) == ("100", "06:00")


def test_reminders_of_an_unknown_address_are_refused(homes: Api) -> None:
    wish = {
        "channel": "email",
        "to": "sam@example.org",
        "topic": {"kind": "bins", "premises_id": "999"},
        "remind_at": "19:00",
    }
    answer = homes.post("/api/subscriptions", wish, key=None)
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == "topic.premises_id"
    without_hour = {**wish, "topic": {"kind": "bins", "premises_id": "100"}, "remind_at": None}
    assert homes.post("/api/subscriptions", without_hour, key=None).status_code == 400


def test_calendar_of_an_unknown_address_is_not_found(homes: Api) -> None:
    answer = homes.post("/api/collections/calendars", {"premises_id": "999"})
    assert answer.status_code == 404


def test_premises_need_published_rounds(api: Api, tmp_path: Path) -> None:
    result = import_premises(tmp_path, *HOMES)
    assert result.exit_code == 1
    assert "import rounds first" in str(result.exception)


def bins_page(api: Api, query: str = "") -> tuple[int, str]:
    answer = api.get(f"/forms/bins{query}")
    return answer.status_code, answer.body.decode()


def test_page_asks_for_a_postcode_then_for_an_address(homes: Api) -> None:
    status, html = bins_page(homes)
    assert status == 200
    assert "Find address" in html and "There is a problem" not in html
    status, html = bins_page(homes, "?postcode=yo17hh")
    assert status == 200
    assert re.findall(r'<option value="(\d+)">([^<]+)', html) == [
        ("101", "2 Dial Row"),
        ("100", "10 Dial Row"),
    ]


def test_page_lists_the_bins_of_an_address(homes: Api) -> None:
    status, html = bins_page(homes, "?postcode=yo17hh&premises_id=100")
    assert status == 200
    assert re.findall("<h2>([^<]+)", html) == ["Black bin: rubbish", "Brown bin: garden waste"]
    assert f'<time datetime="{DAY}">' in html
    assert "In 30 days" in html
    _, html = bins_page(homes, "?postcode=yo17hh&premises_id=101")
    assert "We have no collections for this address." in html


def test_address_of_another_postcode_is_not_shown(homes: Api) -> None:
    status, html = bins_page(homes, "?postcode=YO1+7HG&premises_id=100")
    assert status == 400
    assert "We collect no bins at this postcode" in html
    assert "Dial Row" not in html


def test_page_keeps_what_was_typed_and_says_what_is_wrong_with_it(homes: Api) -> None:
    status, html = bins_page(homes, "?postcode=YO1")
    assert status == 400
    assert "Enter a full postcode, such as ZZ1 1AA" in html
    assert 'value="YO1"' in html


def test_page_is_in_welsh_with_the_containers_names(homes: Api) -> None:
    welsh = replace(homes, always={"x-ginnel-language": "cy"})
    _, html = bins_page(welsh, "?postcode=yo17hh&premises_id=100")
    assert "Bin du: sbwriel" in html


def test_page_says_that_no_days_are_published(homes: Api) -> None:
    boto3.client("s3").delete_object(Bucket=homes.cloud.bucket, Key="data/collections/rounds.json")
    container.forget_built()
    _, html = bins_page(homes, "?postcode=yo17hh&premises_id=100")
    assert "We have not published bin days yet." in html
