"""A request is for premises: its place and address are theirs, and nobody makes them public."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.geo.point import Point
from chalicelib.reports.drafts import OwnChanges, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.open311_forms import parse_report
from chalicelib.reports.orders import Order
from chalicelib.reports.ports import Ports, PremisesAddress
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.reading import public_views
from chalicelib.reports.usecases.resident.own_reports import change_own_report, withdraw_own_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import MARKET_PLACE, draft

OWNER = Author("account-1")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
HOME = PremisesAddress("2 Dial Row, YO1 7HH", Point(**MARKET_PLACE))
NO_PLACE: dict[str, None] = {"lat": None, "long": None}
CODE = "assisted-collection"
ANSWERS = {"how-long": "always", "kept": "Behind the gate"}


@pytest.fixture
def ports(ports: Ports) -> Ports:
    return replace(ports, find_premises={"100": HOME}.get)


def request(ports: Ports, **values: Any) -> ServiceRequest:
    sent = {"service_code": CODE, "premises_id": "100", "attributes": ANSWERS, **NO_PLACE}
    return submit(draft(**(sent | values)), "key", OWNER, ports)


def compliment(ports: Ports, **values: Any) -> ServiceRequest:
    answers = {"what": "The crew was kind."}
    sent = {"service_code": "compliment", "attributes": answers, **NO_PLACE}
    return submit(draft(**(sent | values)), "key", OWNER, ports)


def refused(ports: Ports, **values: Any) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        request(ports, **values)
    return [fault.field for fault in refusal.value.errors]


def test_request_has_the_place_and_address_of_its_premises_and_is_private(ports: Ports) -> None:
    stored = request(ports)
    assert (stored.premises_id, stored.address, stored.point) == ("100", *HOME)
    assert (stored.visibility, stored.attention) == ("private", None)
    assert public_views([stored.service_request_id], ports) == {}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"premises_id": None}, ["premises_id"]),
        ({"premises_id": "999"}, ["premises_id"]),
        (MARKET_PLACE, ["lat", "long"]),
        ({"address": "Next door"}, ["address"]),
        ({"service_code": "litter"}, ["premises_id"]),
        ({"service_code": "litter", **MARKET_PLACE}, ["premises_id"]),
    ],
)
def test_field_is_named_when_the_place_does_not_fit_the_service(
    ports: Ports, values: dict[str, Any], fields: list[str]
) -> None:
    assert refused(ports, **values) == fields


def test_repeat_returns_the_request_when_the_premises_are_gone(ports: Ports) -> None:
    stored = request(ports)
    assert request(replace(ports, find_premises=lambda _: None)) == stored


@pytest.mark.parametrize(
    "changes",
    [
        OwnChanges(address="Next door"),
        OwnChanges(lat=53.9, long=-1.0),
        OwnChanges(clear=["address"]),
    ],
)
def test_reporter_cannot_move_a_request_to_another_place(ports: Ports, changes: OwnChanges) -> None:
    stored = request(ports)
    with pytest.raises(Invalid, match="end this request and send another one"):
        change_own_report(stored.service_request_id, changes, stored.version, OWNER, ports)


@pytest.mark.parametrize(
    "changes",
    [
        ReportChanges(address="Next door"),
        ReportChanges(lat=53.9, long=-1.0),
        ReportChanges(clear=["address"]),
    ],
)
def test_officer_cannot_move_a_request_to_another_place(
    ports: Ports, changes: ReportChanges
) -> None:
    stored = request(ports)
    with pytest.raises(Invalid, match="end this request and send another one"):
        change_report(stored.service_request_id, changes, stored.version, OFFICER, ports)


def test_officer_cannot_give_a_place_to_a_request_that_needs_none(ports: Ports) -> None:
    stored = compliment(ports)
    changes = ReportChanges(lat=53.9, long=-1.0)
    with pytest.raises(Invalid, match="needs no place"):
        change_report(stored.service_request_id, changes, stored.version, OFFICER, ports)


def test_reporter_changes_the_description_of_a_request(ports: Ports) -> None:
    stored = request(ports)
    changes = OwnChanges(description="Two bags.")
    after = change_own_report(stored.service_request_id, changes, stored.version, OWNER, ports)
    assert (after.description, after.address) == ("Two bags.", HOME.address)


@pytest.mark.parametrize("to_request", [True, False])
def test_officer_cannot_turn_a_request_into_a_report_or_back(
    ports: Ports, to_request: bool
) -> None:
    stored = submit(draft(), "key", OWNER, ports) if to_request else request(ports)
    changes = ReportChanges(service_code=CODE if to_request else "litter")
    with pytest.raises(Invalid, match="cannot become each other"):
        change_report(stored.service_request_id, changes, stored.version, OFFICER, ports)


def test_no_premises_are_left_when_the_request_is_withdrawn_or_its_sender_forgotten(
    ports: Ports,
) -> None:
    withdrawn = withdraw_own_report(request(ports).service_request_id, OWNER, ports)
    assert (withdrawn.premises_id, withdrawn.address) == (None, None)
    sent = {"service_code": CODE, "premises_id": "100", "attributes": ANSWERS, **NO_PLACE}
    kept = submit(draft(**sent), "other", OWNER, ports).service_request_id
    forget_sender(kept, redact=False, ports=ports)
    after = ports.repository.get(kept)
    assert after and (after.premises_id, after.address) == (None, None)
    assert after.point != HOME.point


def test_open311_names_the_premises_by_address_id() -> None:
    fields = {"service_code": (CODE,), "address_id": ("100",), "lat": ("53.9",), "long": ("-1",)}
    sent = parse_report(fields, (), service_name="Help", asked={}, needs="premises").draft
    assert (sent.premises_id, sent.address, sent.point) == ("100", None, None)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        (MARKET_PLACE, ["lat", "long"]),
        ({"address": "Next door"}, ["address"]),
        ({"premises_id": "100"}, ["premises_id"]),
    ],
)
def test_service_that_needs_no_place_takes_none(
    ports: Ports, values: dict[str, Any], fields: list[str]
) -> None:
    if fields:
        with pytest.raises(Invalid) as refusal:
            compliment(ports, **values)
        assert [fault.field for fault in refusal.value.errors] == fields
    else:
        stored = compliment(ports)
        assert (stored.point, stored.address, stored.visibility) == (None, None, "private")
        assert stored.attention is None


@pytest.mark.parametrize("values", [MARKET_PLACE, {"address": "Next door"}])
def test_sender_cannot_give_a_place_later_where_none_is_needed(
    ports: Ports, values: dict[str, Any]
) -> None:
    stored = compliment(ports)
    with pytest.raises(Invalid, match="needs no place"):
        change_own_report(stored.service_request_id, OwnChanges(**values), 1, OWNER, ports)
    changes = OwnChanges(description="The crew carried my bin.")
    changed = change_own_report(stored.service_request_id, changes, 1, OWNER, ports)
    assert (changed.description, changed.attention) == ("The crew carried my bin.", None)


@pytest.mark.parametrize("service_code", ["something-else", CODE])
def test_officer_cannot_give_a_request_without_a_place_to_a_service_that_needs_one(
    ports: Ports, service_code: str
) -> None:
    stored, changes = compliment(ports), ReportChanges(service_code=service_code)
    with pytest.raises(Invalid, match="cannot become each other"):
        change_report(stored.service_request_id, changes, stored.version, OFFICER, ports)


def test_open311_leaves_out_a_location_that_is_not_needed() -> None:
    fields = {"service_code": ("compliment",), "lat": ("53.9",), "long": ("-1",)}
    sent = parse_report(fields, (), service_name="Compliment", asked={}, needs="none").draft
    assert (sent.address, sent.point, sent.description) == (None, None, "Compliment")


def test_officer_cannot_turn_a_request_into_another_booking_or_payment(ports: Ports) -> None:
    stored = request(ports)
    services = tuple(
        replace(each, kind="booking", calendar="bulky")
        if each.service_code == "new-container"
        else each
        for each in ports.council.services
    )
    with_booking = replace(ports, council=replace(ports.council, services=services))
    changes = ReportChanges(service_code="new-container")
    with pytest.raises(Invalid, match="cannot become each other"):
        change_report(stored.service_request_id, changes, stored.version, OFFICER, with_booking)


@pytest.mark.parametrize("is_gone", [False, True])
def test_officer_cannot_move_what_was_ordered_to_another_service(
    ports: Ports, is_gone: bool
) -> None:
    stored = request(ports)
    ordered = ports.repository.save(replace(stored, order=Order(amount_pence=2000)))
    services = [each for each in ports.council.services if each.service_code != CODE or not is_gone]
    there = replace(ports, council=replace(ports.council, services=tuple(services)))
    changes = ReportChanges(service_code="new-container")
    with pytest.raises(Invalid, match="cannot become each other"):
        change_report(stored.service_request_id, changes, ordered.version, OFFICER, there)
