"""A request for premises, from the form without JavaScript to its end: staff and the sender see its
address, and nobody else does."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from chalicelib.accounts.model import Destination
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from infra.local import mail
from infra.tokens import account_with, token_of
from tests.api.conftest import Api
from tests.api.test_collections import (
    DAY,
    GOOD,
    HOMES,
    import_homes,
    import_premises,
    import_rounds,
)
from tests.api.test_forms import Browser
from tests.support.forms import PageReader
from tests.support.undo_window import send_waiting_alerts

SERVICE = "assisted-collection"
FORM = f"/forms/services/{SERVICE}"
EMAIL = "lee@example.org"
ADDRESS = "10 Dial Row, YO1 7HH"
KEPT = "Behind the blue gate"


@pytest.fixture
def homes(api: Api, tmp_path: Path) -> Api:
    import_homes(tmp_path)
    return api


@pytest.fixture
def browser(homes: Api) -> Browser:
    return Browser(homes.client, homes.cloud)


def stored_in(bucket: str) -> str:
    """Everything that is published."""
    s3 = boto3.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    return "\n".join(
        str(s3.get_object(Bucket=bucket, Key=key)["Body"].read(), "latin-1") for key in keys
    )


def to_contact(browser: Browser) -> None:
    """Fills in the pages before the one that asks for contact details."""
    browser.fill({"postcode": "yo17hh"}, action=FORM)
    browser.fill({"premises": "100,10 Dial Row"}, action=FORM)
    browser.fill({"attributes.how-long": "always", "attributes.kept": KEPT}, action=FORM)
    browser.fill(action=FORM)


def to_the_end(browser: Browser) -> str:
    """Fills in the whole form. Returns the address of the request's page."""
    browser.open(FORM)
    to_contact(browser)
    browser.fill({"contact.email": EMAIL}, action=FORM)
    assert "10 Dial Row, YO1 7HH" in browser.page.text
    browser.fill(press="Send request", action=FORM)
    assert browser.page.title.startswith("Request sent"), browser.page.text
    return browser.page.links["See your request"]


def token_of_the_sender() -> str:
    ports = accounts_ports()
    person = account_with("resident", "lee", ports, (Destination("email", EMAIL),))
    return token_of(person, timedelta(hours=1), "A test", ports)


@pytest.mark.parametrize(("flats", "is_one_field"), [(20, False), (21, True)])
def test_many_addresses_of_a_postcode_are_one_field(
    flats: int, is_one_field: bool, api: Api, tmp_path: Path
) -> None:
    listed = (
        f"{300 + each},Flat {each} Dial Row,YO1 7HH,53.959,-1.0815,R1" for each in range(flats)
    )
    import_rounds(tmp_path, GOOD, f"G1,garden,{DAY}")
    import_premises(tmp_path, HOMES[0], *listed)
    browser = Browser(api.client, api.cloud)
    browser.open(FORM)
    page = browser.fill({"postcode": "yo17hh"}, action=FORM)
    assert (f"{flats} addresses" in page.text) == is_one_field
    refused = browser.fill({"premises": ""}, action=FORM)
    assert "Choose your address" in refused.text
    browser.fill({"premises": "319,Flat 19 Dial Row"}, action=FORM)
    assert "Where are your bins kept?" in browser.page.text


def test_request_goes_its_whole_way_and_its_address_is_never_public(browser: Browser) -> None:
    api = Api(browser.client, browser.cloud)
    link = to_the_end(browser)
    (stored,) = browser.stored()
    request_id, officer = stored.service_request_id, api.token("officer")
    assert (stored.premises_id, stored.address, stored.team) == ("100", ADDRESS, "waste")
    browser.cloud.pump.run_until_idle()
    published = stored_in(browser.cloud.bucket)
    assert "Dial Row" not in published and request_id not in published
    assert api.get(f"/api/reports/{request_id}").status_code == 404
    assert ADDRESS in browser.open(urlsplit(link).path + "?" + urlsplit(link).query).text

    (waiting,) = api.get("/api/cases", officer).json_body["items"]
    assert waiting["service_request_id"] == request_id
    case = api.get(f"/api/cases/{request_id}", officer).json_body
    assert json.dumps(case).count(ADDRESS) and '"premises_id": "100"' in json.dumps(case)
    question = {"text": "How many bins?"}
    asked = api.post(f"/api/cases/{request_id}/questions", question, token=officer)
    assert asked.status_code == 201
    send_waiting_alerts(browser.cloud.pump.run_until_idle)
    assert any("How many bins?" in mail.text_of(each) for each in mail.emails())

    exported = api.get("/api/account/export", token_of_the_sender()).json_body
    (own,) = exported["records"]["report"]
    assert (own["premises_id"], own["address"]) == ("100", ADDRESS)

    forget_sender(request_id, redact=False, ports=reports_ports())
    left = reports_ports().repository.get(request_id)
    assert left and (left.premises_id, left.address, dict(left.attributes)) == (None, None, {})


def test_service_that_does_not_exist_has_no_form(browser: Browser) -> None:
    browser.open("/forms/services/dragon")
    assert browser.status == 404


def test_form_in_welsh_stays_in_welsh(homes: Api) -> None:
    answer = homes.client.http.get(FORM, headers={"X-Ginnel-Language": "cy"})
    page = PageReader(answer.body.decode())
    assert page.title.startswith("Beth yw’r cod post?") and page.form(f"/cy{FORM}")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"address": "10 Dial Row"}, "premises_id"),
        ({"premises_id": "999"}, "premises_id"),
        ({"premises_id": "100", "lat": 53.959, "long": -1.0815}, "lat"),
    ],
)
def test_api_names_the_field_when_the_address_is_not_right(
    homes: Api, body: dict[str, Any], field: str
) -> None:
    attributes = {"how-long": "always", "kept": KEPT}
    sent = {"service_code": SERVICE, "description": "Help", "attributes": attributes, **body}
    answer = homes.post("/api/reports", sent)
    assert answer.status_code == 400
    assert field in [each["field"] for each in answer.json_body["errors"]]


def test_bin_is_delivered_by_a_crew_and_a_second_one_is_refused(homes: Api) -> None:
    attributes = {"container": "rubbish", "reason": "none"}
    sent = {"service_code": "new-container", "description": "A bin", "attributes": attributes}
    assert homes.post("/api/reports", {**sent, "premises_id": "100"}, key="one").status_code == 201
    homes.cloud.pump.run_until_idle()
    (job,) = homes.get("/api/jobs", homes.token("officer")).json_body["items"]
    assert (job["kind"], job["team"], job["materials"]) == ("deliver", "waste", ["Black bin"])
    refused = homes.post("/api/reports", {**sent, "premises_id": "100"}, key="two")
    assert refused.status_code == 400
    assert [each["field"] for each in refused.json_body["errors"]] == ["attributes.container"]
    assert homes.post("/api/reports", {**sent, "premises_id": "101"}, key="3").status_code == 201
