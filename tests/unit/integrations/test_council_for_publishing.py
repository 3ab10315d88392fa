"""The documents that follow from the council's configuration."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs

from chalicelib.catalogue.model import Council
from chalicelib.integrations.council_for_publishing import fixed_documents
from tests.support.councils import council_named

MOST_BYTES = 41_000
"""Pages load them on a phone, and keep them."""


def documents(council: Council) -> dict[str, Any]:
    made = fixed_documents(council, "key", datetime(2026, 5, 1, tzinfo=UTC))
    return {key: msgspec.json.decode(msgspec.json.encode(each)) for key, each in made.items()}


def test_documents_are_published_in_each_language_that_the_council_offers() -> None:
    made = documents(council_named("demo"))
    assert set(made) == {
        "data/index.json",
        "data/services.json",
        "data/cy/index.json",
        "data/cy/services.json",
    }
    english, welsh = made["data/index.json"], made["data/cy/index.json"]
    assert (english["name"], welsh["name"]) == ("Eskerby Council", "Cyngor Eskerby")
    assert (english["services"], welsh["services"]) == (
        "/data/services.json",
        "/data/cy/services.json",
    )
    assert welsh["neighbours"][0]["name"] == "Cyngor Dosbarth Wold"


def test_services_have_their_names_and_questions_in_the_language() -> None:
    services = {
        each["service_code"]: each
        for each in documents(council_named("demo"))["data/cy/services.json"]["items"]
    }
    pothole = services["pothole"]
    assert (pothole["service_name"], pothole["group"]) == (
        "Twll yn y ffordd",
        "Ffyrdd a phalmentydd",
    )
    assert pothole["attributes"][0]["description"] == "Pa mor fawr ydyw?"


def test_index_names_what_other_documents_have_in_english_alone() -> None:
    made = documents(council_named("demo"))
    none: dict[str, str] = {}
    assert made["data/index.json"]["names"] == {
        "facility_kinds": none,
        "services": none,
        "wards": none,
    }
    names = made["data/cy/index.json"]["names"]
    assert names["facility_kinds"]["library"] == {"label": "Llyfrgell", "plural": "Llyfrgelloedd"}
    assert names["wards"]["centre"] == "Canol"
    assert names["services"]["pothole"] == "Twll yn y ffordd"


def test_reason_to_sign_in_is_in_the_language() -> None:
    demo = council_named("demo")
    services = (structs.replace(demo.services[0], assurance="contact"), *demo.services[1:])
    made = documents(structs.replace(demo, services=services))
    first = made["data/cy/services.json"]["items"][0]
    assert first["why_sign_in"].startswith("Mewngofnodwch i roi gwybod am hyn.")


def test_council_with_english_alone_publishes_nothing_more() -> None:
    assert set(documents(council_named("bath"))) == {"data/index.json", "data/services.json"}


def test_documents_stay_small() -> None:
    for key, made in documents(council_named("demo")).items():
        assert len(msgspec.json.encode(made)) < MOST_BYTES, key
