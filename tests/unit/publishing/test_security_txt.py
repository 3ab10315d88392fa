"""`/.well-known/security.txt`, as RFC 9116 asks for it."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.publishing.security_txt import SECURITY_TXT, publish_security_txt
from chalicelib.publishing.usecases import publish_fixed
from tests.support.builders import NOON
from tests.support.fakes_publishing import PublishingWorld

YEAR = timedelta(days=365)


def fields(here: PublishingWorld) -> dict[str, str]:
    """The published fields by name, each of which stands there once."""
    lines = here.documents.bodies[SECURITY_TXT].decode().splitlines()
    found = dict(line.split(": ", 1) for line in lines)
    assert len(found) == len(lines)
    return found


def test_file_has_the_contact_and_its_own_address() -> None:
    here = PublishingWorld()
    ports = here.ports()
    contact = ports.publisher._replace(security_contact="security@council.example")
    publish_security_txt(replace(ports, publisher=contact))
    assert fields(here) == {
        "Contact": "mailto:security@council.example",
        "Expires": fields(here)["Expires"],
        "Preferred-Languages": "en",
        "Canonical": "https://council.example/.well-known/security.txt",
    }


def test_file_links_to_the_privacy_notice_when_the_council_has_no_contact() -> None:
    here = PublishingWorld()
    publish_security_txt(here.ports())
    assert fields(here)["Contact"] == "https://council.example/privacy/"


@pytest.mark.parametrize("month", range(1, 13))
def test_file_expires_in_more_than_five_months_and_less_than_a_year(month: int) -> None:
    here = PublishingWorld()
    for day in (1, 28):
        here.now.now = datetime(2027, month, day, 23, 59, 59, tzinfo=UTC)
        publish_security_txt(here.ports())
        left = datetime.fromisoformat(fields(here)["Expires"]) - here.now.now
        assert timedelta(days=150) < left < YEAR


def test_file_is_published_with_the_fixed_documents_and_renewed() -> None:
    here = PublishingWorld()
    publish_fixed(here.ports())
    first = fields(here)["Expires"]
    here.now.now = NOON + YEAR
    publish_security_txt(here.ports())
    assert fields(here)["Expires"] > first


def test_file_is_unchanged_within_a_month() -> None:
    here = PublishingWorld()
    publish_security_txt(here.ports())
    here.now.now += timedelta(days=1)
    here.documents.puts.clear()
    publish_security_txt(here.ports())
    assert here.documents.puts == []
