"""Two requests at once for the last container of an address: one gets it, in any interleaving and
whatever is lost."""

from functools import partial

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from infra.local.cloud import Cloud
from tests.contract.test_writes_at_the_seam import Action, Fault, check_each_call, stored
from tests.support.seam import every_interleaving, lose_reply, refuse_call
from tests.unit.reports.test_container_limits import HOME, NEIGHBOUR, OWNER, ask


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return replace(reports_ports(), find_premises=lambda _: HOME)


def tried(ports: Ports, key: str, home: str) -> ServiceRequest | None:
    try:
        return ask(ports, key, premises_id=home, by=NEIGHBOUR)
    except Invalid:
        return None


def at(home: str, ports: Ports) -> list[ServiceRequest]:
    here = (each for each in stored(ports) if each.premises_id == home)
    return [each for each in here if each.visibility != "withdrawn"]


def test_last_container_is_given_once_in_any_interleaving(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        home = f"{nth}"
        ask(ports, f"{nth} first", premises_id=home)
        got = interleaving.run(
            partial(tried, ports, f"{nth} one", home), partial(tried, ports, f"{nth} other", home)
        )
        assert len([each for each in got if each]) == 1, interleaving.turns
        assert len(at(home, ports)) == 2, interleaving.turns


def test_withdrawn_container_is_given_once_in_any_interleaving(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        home = f"{nth}"
        ask(ports, f"{nth} first", premises_id=home)
        gone = ask(ports, f"{nth} second", premises_id=home)
        withdraw_own_report(gone.service_request_id, OWNER, ports)
        got = interleaving.run(
            partial(tried, ports, f"{nth} one", home), partial(tried, ports, f"{nth} other", home)
        )
        assert len([each for each in got if each]) == 1, interleaving.turns


@pytest.mark.parametrize(
    "fault",
    [partial(refuse_call, kind="503"), partial(lose_reply, loss="read timeout")],
    ids=["refused", "lost"],
)
def test_request_for_the_last_container_is_stored_once_when_it_is_repeated(
    fault: Fault, ports: Ports
) -> None:
    def asking(ports: Ports, number: int) -> Action:
        home = f"{number}"
        first = ask(ports, f"{number} first", premises_id=home)
        return Action(
            send=lambda: ask(ports, f"{number}", premises_id=home),
            effects=lambda: [each for each in at(home, ports) if each != first],
        )

    check_each_call(asking, ports, fault)
