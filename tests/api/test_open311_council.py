"""Open311 of a council whose own document says more than the demo's: batch services, several
groups, words that FixMyStreet knows, codes that look like numbers."""

import json
from collections.abc import Iterator

import pytest
from chalice.test import Client

from chalicelib.catalogue.identity import WHY_SIGN_IN
from chalicelib.catalogue.load import COUNCILS
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.open311 import OtherSystem, assert_errors, json_of, other_system, xml_of

QUESTION = {"datatype": "string", "description": "What do you know?", "required": True}
OWN = {
    "graffiti": {"type": "batch"},
    "litter": {"type": "batch", "other_groups": ["Parks", "Town centre"]},
    "dog-fouling": {"attributes": [QUESTION | {"code": code} for code in ("where", "when")]},
    "pothole": {"keywords": ["inactive", "staff", "waste_only"]},
    "street-name-plate": {"service_code": "001", "attributes": []},
    "fly-posting": {"assurance": "contact"},
}


@pytest.fixture(scope="module")
def cloud_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    council = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    for service in council["services"]:
        service.update(OWN.get(service["service_code"], {}))
    # Its rules and translations name services by their own codes.
    del council["triage"], council["translations"]
    path = tmp_path_factory.mktemp("council") / "council.json"
    path.write_text(json.dumps(council), encoding="utf-8")
    cloud = Cloud(council=str(path))
    yield cloud
    cloud.stop()


@pytest.fixture
def batch(cloud_of_its_own: Cloud) -> Iterator[OtherSystem]:
    """A partner of that council."""
    import app

    with Client(app.app) as client:
        yield other_system(Api(client, cloud_of_its_own))


def test_token_returns_the_id_as_soon_as_the_report_was_reviewed(batch: OtherSystem) -> None:
    (told,) = json_of(batch.report(service_code="graffiti"))
    assert set(told) == {"token", "service_notice", "account_id"}
    waiting = json_of(batch.get(f"tokens/{told['token']}.json"))
    assert waiting == [{"service_request_id": "", "token": told["token"]}]
    request_id = told["token"].partition("-")[0]
    batch.api.patch(
        f"/api/reports/{request_id}",
        {"visibility": "public"},
        version=1,
        token=batch.api.token("officer"),
    )
    answer = batch.get(f"tokens/{told['token']}.xml")
    assert xml_of(answer, "service_requests") == [
        {"service_request_id": request_id, "token": told["token"]}
    ]


def test_token_returns_the_id_at_once_when_no_review_is_needed(batch: OtherSystem) -> None:
    services = {each["service_code"]: each["type"] for each in json_of(batch.get("services.json"))}
    assert (services["litter"], services["pothole"]) == ("batch", "realtime")
    (told,) = json_of(batch.report(service_code="litter"))
    (found,) = json_of(batch.get(f"tokens/{told['token']}.json"))
    assert found["service_request_id"] in batch.api.stored_ids()


def test_each_missing_answer_is_a_separate_error(batch: OtherSystem) -> None:
    answer = batch.report(service_code="dog-fouling")
    assert_errors(answer, 400, "where required", "when required")
    assert len(json_of(answer)) == 2
    answer = batch.report(service_code="dog-fouling", **{"attribute[where]": "The park"})
    assert_errors(answer, 400, "when required")
    assert len(json_of(answer)) == 1


def test_service_is_in_all_its_groups_when_it_has_several(batch: OtherSystem) -> None:
    found = {each["service_code"]: each for each in json_of(batch.get("services.json"))}
    groups = [found["litter"]["group"], "Parks", "Town centre"]
    assert found["litter"]["groups"] == groups
    assert "groups" not in found["pothole"]
    in_xml = xml_of(batch.get("services.xml"), "services")
    assert [each["groups"] for each in in_xml if "groups" in each] == [groups]
    assert b"<groups><group>" in batch.get("services.xml").body


def test_fixmystreets_keywords_are_listed(batch: OtherSystem) -> None:
    found = {each["service_code"]: each for each in json_of(batch.get("services.json"))}
    assert found["pothole"]["keywords"] == "inactive,staff,waste_only"


def test_code_stays_text_when_it_looks_like_a_number(batch: OtherSystem) -> None:
    assert "001" in [each["service_code"] for each in json_of(batch.get("services.json"))]
    assert json_of(batch.get("services/001.json"))["service_code"] == "001"
    request_id = batch.reported(service_code="001")
    (shown,) = json_of(batch.get(f"requests/{request_id}.json"))
    assert shown["service_code"] == "001"
    assert b"<service_code>001</service_code>" in batch.get(f"requests/{request_id}.xml").body


@pytest.mark.parametrize("form", ["json", "xml"])
def test_report_is_refused_when_its_service_requires_proof_of_identity(
    form: str, batch: OtherSystem
) -> None:
    before = batch.api.stored_ids()
    refused = batch.report(
        form=form, service_code="fly-posting", email="jo@example.org", account_id="jo"
    )
    assert_errors(refused, 403, WHY_SIGN_IN["contact"] or "")
    assert batch.api.stored_ids() == before


def test_definition_has_no_question_when_a_service_has_none(batch: OtherSystem) -> None:
    (only,) = json_of(batch.get("services/001.json"))["attributes"]
    assert (only["code"], only["variable"]) == ("fixmystreet_id", False)
