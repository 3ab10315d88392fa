"""Requests about a missed collection: one for each container and day of the premises."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid
from chalicelib.reports.parts import Contact
from chalicelib.reports.ports import MissedCollectionCheck, Ports
from chalicelib.reports.usecases.missed_collections import claim_of
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from tests.support.builders import MARKET_PLACE
from tests.support.missed import (
    NEIGHBOUR,
    OWNER,
    RUBBISH,
    TITLE,
    missed_ports,
    with_answer,
)
from tests.support.missed import report_missed as report


@pytest.fixture
def ports(ports: Ports) -> Ports:
    return missed_ports(ports)


def refusal(ports: Ports, **values: Any) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        report(ports, **values)
    (fault,) = refused.value.errors
    return fault.field, fault.message


def test_request_names_the_collection_and_keeps_no_typed_text(ports: Ports) -> None:
    stored = report(ports, title="Mine", description="I am never in on Mondays.")
    assert (stored.title, stored.description) == (TITLE, "Missed bin")
    assert (stored.collection, stored.visibility) == (RUBBISH, "private")


def test_collection_that_may_not_be_reported_is_refused_with_the_reason(ports: Ports) -> None:
    closed = with_answer(ports, MissedCollectionCheck(TITLE, why_not="The round is not over yet."))
    assert refusal(closed) == ("collection", "The round is not over yet.")


def test_collection_is_required_for_a_missed_bin_and_for_nothing_else(ports: Ports) -> None:
    assert refusal(ports, collection=None)[0] == "collection"
    other = {"service_code": "litter", "premises_id": None, **MARKET_PLACE}
    assert refusal(ports, **other)[0] == "collection"


def test_second_request_follows_the_first(ports: Ports) -> None:
    first = report(ports, contact=Contact(name="A. Person", email="a@example.org"))
    second = report(ports, "another", NEIGHBOUR, contact=Contact(email="b@example.org"))
    assert second.service_request_id == first.service_request_id
    assert (second.followers, second.contact) == (1, first.contact)
    again = report(ports, "another", NEIGHBOUR)
    assert (again.service_request_id, again.followers) == (first.service_request_id, 1)


@pytest.mark.parametrize(
    "values",
    [
        {"premises_id": "101"},
        {"collection": replace(RUBBISH, container="garden")},
        {"collection": replace(RUBBISH, date=date(2026, 11, 16))},
    ],
)
def test_each_premises_container_and_day_has_a_request_of_its_own(
    ports: Ports, values: dict[str, Any]
) -> None:
    first = report(ports)
    second = report(ports, "another", NEIGHBOUR, **values)
    assert second.service_request_id != first.service_request_id
    assert second.followers == first.followers == 0


def test_same_key_gives_the_stored_request_even_after_its_time(ports: Ports) -> None:
    first = report(ports)
    late = with_answer(ports, MissedCollectionCheck(TITLE, why_not="It is too late."))
    assert report(late) == first
    with pytest.raises(Conflict):
        report(ports, collection=replace(RUBBISH, date=date(2026, 11, 16)))


def test_request_takes_the_place_of_one_that_was_withdrawn(ports: Ports) -> None:
    first = report(ports)
    withdraw_own_report(first.service_request_id, OWNER, ports)
    second = report(ports, "another", NEIGHBOUR)
    assert second.service_request_id != first.service_request_id
    claim = claim_of("100", RUBBISH)
    assert ports.repository.find_claim_holders([claim]) == {claim: second.service_request_id}


def test_request_is_a_dispute_only_where_the_crew_gave_a_reason(ports: Ports) -> None:
    disputed = report(with_answer(ports, MissedCollectionCheck(TITLE, is_dispute=True)))
    assert disputed.collection and disputed.collection.disputes
    says_so = replace(RUBBISH, disputes=True, container="garden")
    plain = report(ports, "plain", collection=says_so)
    assert plain.collection and not plain.collection.disputes
