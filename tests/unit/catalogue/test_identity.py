"""Identity providers in a council's document: what is taken, and what is refused with its place."""

import json
from typing import Any

import pytest

from chalicelib.catalogue.load import parse
from chalicelib.catalogue.published_services import services_document
from chalicelib.errors import ConfigurationError
from tests.unit.catalogue.test_load import demo_document

STAFF: dict[str, Any] = {
    "provider": "staff",
    "label": "I work for the council",
    "for": "staff",
    "issuer": "https://login.council.example/tenant/v2.0",
    "client_id": "ginnel",
    "groups": "roles",
    "grants": [{"group": "roads", "role": "officer", "teams": ["highways"], "wards": ["E1"]}],
    "assurance": {"claim": "amr", "levels": {"mfa": "staff"}},
}
NATIONAL: dict[str, Any] = {
    "provider": "national",
    "label": "Sign in with the nation",
    "for": "residents",
    "issuer": "https://id.nation.example",
    "client_id": "ginnel",
    "parameters": {"vtr": '["Cl.Cm.P2"]'},
    "assurance": {"claim": "vot", "levels": {"P2.Cl.Cm": "proven"}},
}


def council_with(*providers: dict[str, Any], **services: str) -> Any:
    document = demo_document() | {"identity_providers": providers}
    for service in document["services"]:
        if asked := services.get(service["service_code"]):
            service["assurance"] = asked
    return parse(json.dumps(document).encode(), "test.json")


def test_providers_have_codes_and_pinned_algorithms() -> None:
    council = council_with(STAFF, NATIONAL)
    assert list(council.by_provider) == ["staff", "national"]
    assert council.by_provider["national"].algorithms == ("RS256", "ES256")
    assert council.by_provider["national"].trusts_email is False


def test_demo_council_has_no_providers_and_requires_no_proof() -> None:
    council = council_with()
    assert council.identity_providers == ()
    assert {service.assurance for service in council.services} == {"anonymous"}


def test_service_explains_its_required_assurance() -> None:
    council = council_with(NATIONAL, pothole="contact", litter="proven")
    services = {each["service_code"]: each for each in services_document(council)["items"]}
    assert services["graffiti"]["why_sign_in"] is None
    assert "we can contact you" in services["pothole"]["why_sign_in"]
    assert "proof of who you are" in services["litter"]["why_sign_in"]


@pytest.mark.parametrize(
    ("providers", "place", "fix"),
    [
        ([STAFF, STAFF | {"issuer": "https://other.example"}], "[1].provider", "used twice"),
        ([STAFF, NATIONAL | {"issuer": STAFF["issuer"]}], "[1].issuer", "leave one"),
        ([STAFF | {"issuer": "http://login.council.example"}], "[0].issuer", "regex"),
        ([STAFF | {"issuer": "https://login.council.example/ x"}], "[0].issuer", "regex"),
        ([STAFF | {"algorithms": ["HS256"]}], "[0].algorithms", "Invalid enum value"),
        ([STAFF | {"algorithms": ["none"]}], "[0].algorithms", "Invalid enum value"),
        ([STAFF | {"algorithms": []}], "[0].algorithms", "length >= 1"),
        ([STAFF | {"scopes": ["email"]}], "[0].scopes", "openid"),
        ([STAFF | {"client_secret": "x"}], "[0]", "unknown field"),
        ([NATIONAL | {"grants": STAFF["grants"]}], "[0].grants", "only a provider for staff"),
        (
            [NATIONAL | {"assurance": {"claim": "acr", "levels": {"x": "staff"}}}],
            "[0].assurance",
            "contact or proven",
        ),
        (
            [STAFF | {"assurance": {"claim": "amr", "levels": {"pwd": "contact"}}}],
            "[0].assurance",
            "what makes a person staff",
        ),
        ([STAFF | {"assurance": {"claim": "sub", "levels": {"x": "staff"}}}], "claim", "enum"),
        (
            [STAFF | {"grants": [{"group": "x", "role": "crew", "teams": ["nobody"]}]}],
            "[0].grants[0].teams",
            "'nobody'",
        ),
        (
            [STAFF | {"grants": [{"group": "x", "role": "admin", "teams": ["highways"]}]}],
            "[0].grants[0]",
            "not limited to teams and wards",
        ),
        ([STAFF | {"grants": [{"group": "x", "role": "resident"}]}], "role", "enum"),
    ],
)
def test_document_is_refused_when_a_provider_is_invalid(
    providers: list[dict[str, Any]], place: str, fix: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        council_with(*providers)
    assert place in str(refused.value) and fix in str(refused.value)


@pytest.mark.parametrize("providers", [[], [STAFF]])
def test_document_is_refused_when_no_provider_can_prove_a_required_assurance(
    providers: list[dict[str, Any]],
) -> None:
    with pytest.raises(ConfigurationError, match="no identity provider"):
        council_with(*providers, litter="proven")
