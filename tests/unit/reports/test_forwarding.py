"""When a report may be passed on to another body, and what its timeline says of that."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import Order
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author, is_from_partner
from chalicelib.reports.usecases.exchange.forwarding import may_be_passed_on, record_forwarding
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import draft
from tests.support.fakes import MemoryRepository

KEY = "5f" * 16


@pytest.fixture
def report(ports: Ports) -> ServiceRequest:
    return submit(draft(), "k", Author(), ports)


@pytest.mark.parametrize(
    ("values", "may"),
    [
        ({}, True),
        ({"visibility": "private"}, True),
        ({"state": "in_progress"}, True),
        ({"visibility": "held"}, False),
        ({"visibility": "waiting"}, False),
        ({"visibility": "hidden"}, False),
        ({"visibility": "withdrawn"}, False),
        ({"visibility": "unconfirmed"}, False),
        ({"state": "closed"}, False),
        ({"lat": None, "long": None}, False),
        ({"lat": None, "long": None, "placeless": True}, True),
        ({"order": Order(state="settled")}, True),
        ({"order": Order(state="unpaid")}, False),
        ({"order": Order(state="lost")}, False),
        ({"order": Order(state="cancelled")}, False),
        ({"external_reference": "17"}, False),
    ],
)
def test_report_is_passed_on_once_it_is_settled_and_has_no_external_reference(
    values: dict[str, Any], may: bool, report: ServiceRequest
) -> None:
    assert may_be_passed_on(replace(report, **values)) is may


@pytest.mark.parametrize(
    ("author", "is_theirs"),
    [(Author(), False), (Author("ann"), False), (Author(partner="p"), True)],
)
def test_report_is_from_a_partner_when_another_system_sent_it(
    author: Author, is_theirs: bool, ports: Ports
) -> None:
    assert is_from_partner(submit(draft(), "k", author, ports)) is is_theirs


def note(report: ServiceRequest, reference: str | None, ports: Ports, key: str = KEY) -> Any:
    return record_forwarding(report.service_request_id, "The County", reference, key, ports)


@pytest.mark.parametrize(
    ("reference", "said", "kept"),
    [
        ("CRM-17", "Passed to The County. Their reference is CRM-17.", "CRM-17"),
        (None, "Passed to The County.", None),
        ("", "Passed to The County.", None),
        ("\n \x00", "Passed to The County.", None),
        ("1\n7", "Passed to The County. Their reference is 17.", "17"),
        ("x" * 500, f"Passed to The County. Their reference is {'x' * 100}.", "x" * 100),
    ],
)
def test_timeline_names_the_destination_of_a_report(
    reference: str | None, said: str, kept: str | None, report: ServiceRequest, ports: Ports
) -> None:
    after = note(report, reference, ports)
    (update,) = after.updates
    assert (update.text, update.by, update.state) == (said, "council", report.state)
    assert after.external_reference == kept


def test_timeline_names_it_once_when_it_is_repeated(report: ServiceRequest, ports: Ports) -> None:
    first = note(report, "17", ports)
    assert note(report, "17", ports) == first
    assert len(note(report, "18", ports, key="6a" * 16).updates) == 2


def test_report_is_unchanged_when_it_was_withdrawn_meanwhile(
    report: ServiceRequest, ports: Ports, repository: MemoryRepository
) -> None:
    withdrawn = repository.save(replace(report, visibility="withdrawn"))
    assert note(report, "17", ports) == withdrawn


def test_missing_report_is_ignored(ports: Ports) -> None:
    with pytest.raises(NotFound):
        record_forwarding("0" * 12, "The County", "17", KEY, ports)
