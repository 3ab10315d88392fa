"""Premises get no more of a container than the council's limit, counted over what is to be
delivered and what was delivered."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.geo.point import Point
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports, PremisesAddress
from chalicelib.reports.states import CLOSED_STATES, State
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import MARKET_PLACE, draft

OWNER, NEIGHBOUR = Author("account-1"), Author("account-2")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
HOME = PremisesAddress("2 Dial Row, YO1 7HH", Point(**MARKET_PLACE))
DELIVERED = frozenset(("fixed", "closed"))


@pytest.fixture
def ports(ports: Ports) -> Ports:
    return replace(ports, find_premises={"100": HOME, "101": HOME}.get)


def ask(
    ports: Ports, key: str, container: str = "recycling", by: Author = OWNER, **values: Any
) -> ServiceRequest:
    """A request for a container of which premises may have two."""
    attributes = {"container": container, "reason": "more"}
    sent = {"service_code": "new-container", "premises_id": "100", "attributes": attributes}
    no_place = {"lat": None, "long": None}
    return submit(draft(**(sent | no_place | values)), key, by, ports)


def end(report: ServiceRequest, state: State, ports: Ports) -> None:
    ports.repository.save(replace(report, state=state))


def test_third_container_is_refused_for_every_sender_and_channel(ports: Ports) -> None:
    ask(ports, "one"), ask(ports, "two", by=NEIGHBOUR)
    for author, values in ((OWNER, {}), (NEIGHBOUR, {}), (OFFICER, {"channel": "phone"})):
        with pytest.raises(Invalid) as refusal:
            ask(ports, "three", by=author, **values)
        (fault,) = refusal.value.errors
        assert fault.field == "attributes.container"
        assert "more than the 2 that an address can have" in str(fault.message)


def test_limit_is_that_of_one_address_and_one_container(ports: Ports) -> None:
    ask(ports, "one"), ask(ports, "two")
    assert ask(ports, "three", container="garden")
    assert ask(ports, "four", premises_id="101")
    ask(ports, "five", container="rubbish")
    with pytest.raises(Invalid, match="more than the 1 "):
        ask(ports, "six", container="rubbish")


def test_repeat_returns_the_request_that_took_the_last_place(ports: Ports) -> None:
    ask(ports, "one")
    last = ask(ports, "two")
    assert ask(ports, "two") == last


@pytest.mark.parametrize("state", sorted(CLOSED_STATES))
def test_request_counts_after_it_was_closed_only_when_it_was_delivered(
    ports: Ports, state: State
) -> None:
    ask(ports, "one")
    end(ask(ports, "two"), state, ports)
    if state in DELIVERED:
        with pytest.raises(Invalid):
            ask(ports, "three")
    else:
        assert ask(ports, "three")
        with pytest.raises(Invalid):
            ask(ports, "four")


def test_withdrawn_request_gives_its_place_back(ports: Ports) -> None:
    ask(ports, "one")
    withdraw_own_report(ask(ports, "two").service_request_id, OWNER, ports)
    assert ask(ports, "three")
    with pytest.raises(Invalid):
        ask(ports, "four")
