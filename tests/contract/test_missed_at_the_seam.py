"""Two requests about one missed collection: one is stored and the other one follows it, whatever
the order of their calls and whatever is lost."""

from datetime import date, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from infra.local.cloud import Cloud
from tests.contract.test_writes_at_the_seam import Action, ActionOf, Fault, check_each_call, stored
from tests.support.missed import NEIGHBOUR, OWNER, RUBBISH, missed_ports, report_missed
from tests.support.seam import every_interleaving, lose_reply, refuse_call


@pytest.fixture
def ports(cloud: Cloud) -> Ports:
    return missed_ports(reports_ports())


def of_day(number: int) -> date:
    return RUBBISH.date + timedelta(days=number)


def test_one_of_two_requests_at_once_is_stored_in_any_interleaving(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        collection = replace(RUBBISH, date=of_day(nth))
        one, other = interleaving.run(
            partial(report_missed, ports, f"{nth} one", OWNER, collection=collection),
            partial(report_missed, ports, f"{nth} other", NEIGHBOUR, collection=collection),
        )
        assert one.service_request_id == other.service_request_id, interleaving.turns
        (kept,) = [each for each in stored(ports) if each.collection == collection]
        assert kept.followers == 1, interleaving.turns


def test_one_of_two_requests_takes_the_place_of_a_withdrawn_one(ports: Ports) -> None:
    for nth, interleaving in enumerate(every_interleaving(at_most=300)):
        collection = replace(RUBBISH, date=of_day(nth))
        first = report_missed(ports, f"{nth}", OWNER, collection=collection)
        withdraw_own_report(first.service_request_id, OWNER, ports)
        one, other = interleaving.run(
            partial(report_missed, ports, f"{nth} one", OWNER, collection=collection),
            partial(report_missed, ports, f"{nth} other", NEIGHBOUR, collection=collection),
        )
        assert one.service_request_id == other.service_request_id, interleaving.turns
        assert one.service_request_id != first.service_request_id


def reporting(ports: Ports, number: int) -> Action:
    collection = replace(RUBBISH, date=of_day(number))
    return Action(
        send=lambda: report_missed(ports, f"{number}", collection=collection),
        effects=lambda: [each for each in stored(ports) if each.collection == collection],
    )


def following(ports: Ports, number: int) -> Action:
    collection = replace(RUBBISH, date=of_day(number))
    report_missed(ports, f"{number}", NEIGHBOUR, collection=collection)
    return Action(
        send=lambda: report_missed(ports, f"{number} too", collection=collection).followers,
        effects=lambda: [each.followers for each in stored(ports) if each.collection == collection],
    )


@pytest.mark.parametrize("action_of", [reporting, following])
@pytest.mark.parametrize(
    "fault",
    [partial(refuse_call, kind="503"), partial(lose_reply, loss="read timeout")],
    ids=["refused", "lost"],
)
def test_request_has_one_effect_when_it_is_repeated(
    action_of: ActionOf, fault: Fault, ports: Ports
) -> None:
    check_each_call(action_of, ports, fault)
