"""Which facts make deliveries to which receivers."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from chalicelib.catalogue.destinations import Destination
from chalicelib.errors import UpstreamFailed
from chalicelib.events import CaseChange, Event, PhotoTaken, ReportChanged, ReportSubmitted
from chalicelib.outbound.model import Delivery, Kind, State, id_of_forwarded
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import Filter
from chalicelib.outbound.usecases.create_deliveries import open_deliveries
from chalicelib.outbound.usecases.send_deliveries import send
from chalicelib.reports.published import Visibility
from tests.support.builders import NOON
from tests.support.fakes_outbound import (
    COUNTY,
    PARKS_MAILBOX,
    OutboundWorld,
    delivery,
    outbound_report,
    receiver,
)

ID = "7K3M2QXV9HTD"


def submitted(**values: Any) -> ReportSubmitted:
    return ReportSubmitted(
        **{"event_id": "1", "service_request_id": ID, "version": 1, "tile": None, **values}
    )


def changed(**values: Any) -> ReportChanged:
    return ReportChanged(
        **{
            "event_id": "2",
            "service_request_id": ID,
            "version": 2,
            "old_tile": None,
            "tile": None,
            **values,
        }
    )


def opened(outside: OutboundWorld) -> list[Delivery]:
    return list(outside.deliveries.stored.values())


def told(fact: Event, outside: OutboundWorld, **known: Any) -> list[tuple[str, str]]:
    """The deliveries that this fact makes."""
    outside.reports.known[ID] = outbound_report(**known)
    open_deliveries([fact], outside.ports())
    return [(each.destination, each.event) for each in opened(outside)]


def test_report_is_passed_on_when_its_service_is_forwarded(outside: OutboundWorld) -> None:
    assert told(submitted(), outside) == [("county", "forwarded")]
    (delivery,) = opened(outside)
    assert (delivery.kind, delivery.state, delivery.tries) == ("open311", "waiting", 0)
    assert outside.queue.sent == [delivery.delivery_id]


def test_report_is_passed_on_when_it_is_settled_later(outside: OutboundWorld) -> None:
    assert told(submitted(), outside, may_be_passed_on=False) == []
    assert told(changed(), outside) == [("county", "forwarded")]


def test_report_is_not_passed_on_when_its_service_has_no_destination(
    outside: OutboundWorld,
) -> None:
    assert told(submitted(), outside, service_code="graffiti") == []


def test_report_is_passed_on_when_its_service_changes_back_before_sending(
    outside: OutboundWorld,
) -> None:
    told(submitted(), outside)
    told(changed(), outside, service_code="graffiti")
    (waiting,) = opened(outside)
    send(waiting.delivery_id, outside.ports())
    told(changed(event_id="3", version=3), outside)
    (again,) = opened(outside)
    assert (again.state, again.last_error) == ("waiting", None)
    send(again.delivery_id, outside.ports())
    assert outside.sender.there == [again.delivery_id]


def test_report_is_passed_on_once_for_repeated_and_later_facts(
    outside: OutboundWorld,
) -> None:
    for fact in (submitted(), submitted(), changed(), changed(event_id="3", version=3)):
        told(fact, outside)
    assert len(opened(outside)) == len(outside.queue.sent) == 1


def test_report_is_passed_on_to_each_destination_of_its_services(outside: OutboundWorld) -> None:
    told(submitted(), outside)
    assert told(changed(), outside, service_code="fallen-tree") == [
        ("county", "forwarded"),
        ("parks", "forwarded"),
    ]


RECEIVER = receiver().receiver_id


@pytest.mark.parametrize(
    ("fact", "visibility", "what"),
    [
        (submitted(), "public", "submitted"),
        (submitted(), "private", None),
        (changed(appeared=True), "public", "submitted"),
        (changed(), "public", "changed"),
        (changed(), "private", None),
        (changed(purge=True), "public", "changed"),
        (changed(purge=True), "private", "gone"),
        (PhotoTaken(event_id="4", service_request_id=ID, photo_id="p"), "public", "changed"),
        (PhotoTaken(event_id="4", service_request_id=ID, photo_id="p"), "private", None),
    ],
)
def test_receiver_gets_public_changes_and_gone(
    fact: Event, visibility: Visibility, what: str | None, outside: OutboundWorld
) -> None:
    outside.receivers.create(receiver())
    heard = told(fact, outside, visibility=visibility, may_be_passed_on=False)
    assert heard == ([(RECEIVER, what)] if what else [])


def test_receiver_gets_nothing_when_the_report_is_not_stored(outside: OutboundWorld) -> None:
    outside.receivers.create(receiver())
    assert open_deliveries([submitted()], outside.ports()) == 0


@pytest.mark.parametrize(
    ("chosen", "hears"),
    [
        (Filter(service_codes=("pothole", "graffiti")), True),
        (Filter(service_codes=("graffiti",)), False),
        (Filter(ward_codes=("E05000001",)), True),
        (Filter(ward_codes=("E05000002",)), False),
        (Filter(kinds=("submitted",)), False),
        (Filter(kinds=("changed",)), True),
        (Filter(service_codes=()), False),
    ],
)
def test_receiver_gets_what_matches_its_filter(
    chosen: Filter, hears: bool, outside: OutboundWorld
) -> None:
    outside.receivers.create(receiver(filter=chosen))
    assert told(changed(), outside, may_be_passed_on=False) == ([(RECEIVER, "changed")] * hears)


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(kinds=("submitted",)),
        Filter(service_codes=("graffiti",)),
        Filter(ward_codes=("E05000002",)),
    ],
)
def test_receiver_gets_gone_whatever_its_filter(chosen: Filter, outside: OutboundWorld) -> None:
    outside.receivers.create(receiver(filter=chosen))
    fact = changed(purge=True)
    heard = told(fact, outside, visibility="private", may_be_passed_on=False)
    assert heard == [(RECEIVER, "gone")]


def test_disabled_receiver_gets_nothing(outside: OutboundWorld) -> None:
    outside.receivers.create(receiver(enabled=False))
    assert told(changed(), outside, may_be_passed_on=False) == []


def test_each_receiver_gets_each_fact_once_when_facts_are_repeated(outside: OutboundWorld) -> None:
    for number in "ab":
        outside.receivers.create(receiver(receiver_id=number * 32))
    for fact in (changed(), changed(event_id="3"), changed(), changed(event_id="3")):
        told(fact, outside, may_be_passed_on=False)
    assert len(opened(outside)) == 4
    assert sorted(outside.queue.sent) == sorted(outside.deliveries.stored)


@pytest.mark.parametrize(
    ("service_code", "passes_on", "deliveries"),
    [("pothole", False, 0), ("pothole", True, 1), ("fallen-tree", False, 1)],
)
def test_partners_report_is_passed_on_to_a_server_only_if_configured(
    service_code: str, passes_on: bool, deliveries: int, outside: OutboundWorld
) -> None:
    outside.reports.known[ID] = outbound_report(service_code=service_code, is_from_partner=True)
    ports = outside.ports()
    county = structs.replace(COUNTY, passes_on_partners=passes_on)
    there: dict[str, Destination] = {"county": county, "parks": PARKS_MAILBOX}
    assert open_deliveries([submitted()], replace(ports, destinations=there)) == deliveries


def test_receiver_gets_nothing_when_nothing_public_changed(
    outside: OutboundWorld,
) -> None:
    outside.receivers.create(receiver())
    assert told(changed(shows_change=False), outside, may_be_passed_on=False) == []


def test_delivery_has_the_time_of_its_fact(outside: OutboundWorld) -> None:
    before = NOON - timedelta(hours=1)
    told(submitted(stored_at_ms=int(before.timestamp() * 1000)), outside)
    (delivery,) = opened(outside)
    assert (delivery.occurred_at, delivery.next_try_at) == (before, NOON)


def test_delivery_is_found_later_when_its_message_could_not_be_sent(
    outside: OutboundWorld, ports: Ports
) -> None:
    outside.reports.known[ID] = outbound_report()
    outside.queue.fails = UpstreamFailed("nothing is there")
    with pytest.raises(UpstreamFailed):
        open_deliveries([submitted()], ports)
    outside.queue.fails = None
    assert open_deliveries([submitted()], ports) == 0
    assert outside.deliveries.due(NOON, limit=1) == list(outside.deliveries.stored)


def test_two_deliveries_never_share_an_id(outside: OutboundWorld) -> None:
    for number in range(3):
        outside.receivers.create(receiver(receiver_id=str(number) * 32))
    reports = [replace(outbound_report(), service_request_id=f"R{number}") for number in range(3)]
    outside.reports.known = {each.service_request_id: each for each in reports}
    facts = [
        submitted(
            event_id=f"{each.service_request_id}{n}", service_request_id=each.service_request_id
        )
        for each in reports
        for n in range(2)
    ]
    assert open_deliveries(facts, outside.ports()) == 3 + 3 * 6


def reopened(**values: Any) -> ReportChanged:
    return changed(event_id="9", state="reopen", old_state="fixed", **values)


def passed_on(outside: OutboundWorld, state: State = "sent", to: str = "county") -> None:
    kind: Kind = "open311" if to == "county" else "mailbox"
    outside.deliveries.create(
        delivery(delivery_id=id_of_forwarded(to, ID), destination=to, kind=kind, state=state)
    )


def updates_opened(fact: Event, outside: OutboundWorld, **known: Any) -> list[Delivery]:
    told(fact, outside, **{"may_be_passed_on": False, "reopened_by": "U1", **known})
    return [each for each in opened(outside) if each.kind == "update"]


def test_destination_with_the_report_gets_one_reopening_by_a_resident(
    outside: OutboundWorld,
) -> None:
    passed_on(outside)
    for fact in (reopened(), reopened(), reopened(version=9)):
        (one,) = updates_opened(fact, outside)
    assert (one.destination, one.event, one.service_request_id) == ("county", "reopened", ID)
    (again,) = set(outside.queue.sent)
    assert again == one.delivery_id
    assert len(updates_opened(reopened(), outside, reopened_by="U2")) == 2


@pytest.mark.parametrize(
    ("fact", "known", "state"),
    [
        (reopened(), {"reopened_by": None}, "sent"),
        (changed(state="reopen", old_state="reopen"), {}, "sent"),
        (changed(state="investigating", old_state="reopen"), {}, "sent"),
        (submitted(state="reopen"), {}, "sent"),
        (reopened(), {}, "waiting"),
        (reopened(), {}, "failed"),
    ],
)
def test_destination_gets_no_reopening_without_content(
    fact: Event, known: dict[str, Any], state: State, outside: OutboundWorld
) -> None:
    passed_on(outside, state)
    assert updates_opened(fact, outside, **known) == []


def test_mailbox_gets_no_reopening(outside: OutboundWorld) -> None:
    assert updates_opened(reopened(), outside) == []
    passed_on(outside, to="parks")
    assert updates_opened(reopened(), outside) == []


# What became of a case


def moved(**values: Any) -> ReportChanged:
    return changed(**{"event_id": "8", "case_change": "changed"} | values)


def changes_told(fact: Event, outside: OutboundWorld, **known: Any) -> list[tuple[str, str]]:
    """The destinations and kinds of the deliveries that tell of this change."""
    told(fact, outside, **{"may_be_passed_on": False, **known})
    found = (each for each in opened(outside) if each.event.startswith("case."))
    return [(each.destination, each.kind) for each in found]


@pytest.mark.parametrize("change", ["changed", "gone", "opened"])
def test_body_that_has_the_report_hears_what_became_of_its_work_once(
    change: CaseChange, outside: OutboundWorld
) -> None:
    passed_on(outside)
    for _ in range(3):
        heard = changes_told(moved(case_change=change), outside)
    assert heard == [("county", "update")]
    assert len(set(outside.queue.sent)) == 1


def test_team_with_a_mailbox_gets_a_mail_about_a_change(outside: OutboundWorld) -> None:
    passed_on(outside, to="parks")
    assert changes_told(moved(), outside, service_code="fallen-tree") == [("parks", "mailbox")]


def test_body_hears_that_the_report_moved_to_another_service(outside: OutboundWorld) -> None:
    passed_on(outside)
    fact = moved(old_service_code="pothole")
    assert changes_told(fact, outside, service_code="graffiti") == [("county", "update")]
    later = moved(event_id="9", old_service_code="graffiti")
    assert len(changes_told(later, outside, service_code="graffiti")) == 1


@pytest.mark.parametrize("state", ["waiting", "sending", "sent", "kept"])
def test_change_is_told_after_the_report_in_every_state_of_it(
    state: State, outside: OutboundWorld
) -> None:
    passed_on(outside, state)
    assert changes_told(moved(), outside) == [("county", "update")]


@pytest.mark.parametrize(
    ("fact", "known", "state"),
    [
        (moved(case_change=None), {}, "sent"),
        (moved(takes_back=True), {}, "sent"),
        (moved(case_change="gone"), {"is_forgotten": True}, "sent"),
        (moved(), {"is_cancelled_elsewhere": True}, "sent"),
        (moved(), {}, "failed"),
    ],
)
def test_body_hears_nothing_when_its_work_is_as_it_was(
    fact: Event, known: dict[str, Any], state: State, outside: OutboundWorld
) -> None:
    passed_on(outside, state)
    assert changes_told(fact, outside, **known) == []


def test_body_hears_no_change_that_the_report_had_when_it_was_passed_on(
    outside: OutboundWorld,
) -> None:
    assert changes_told(moved(version=3), outside, may_be_passed_on=True, version=3) == []
    assert changes_told(moved(event_id="9", version=4), outside) == [("county", "update")]


def test_body_gets_a_cancellation_after_the_sender_was_forgotten(
    outside: OutboundWorld,
) -> None:
    passed_on(outside)
    assert changes_told(moved(), outside, is_forgotten=True) == [("county", "update")]
    hidden = moved(event_id="9", case_change="gone")
    assert len(changes_told(hidden, outside, is_forgotten=True, visibility="hidden")) == 2


def test_body_that_never_had_the_report_hears_nothing(outside: OutboundWorld) -> None:
    assert changes_told(moved(), outside) == []


def test_change_by_an_officer_is_told_when_it_can_no_longer_be_undone(
    outside: OutboundWorld,
) -> None:
    until = NOON + timedelta(minutes=5)
    passed_on(outside)
    outside.receivers.create(receiver(case_services=("pothole",), filter=Filter(kinds=())))
    changes_told(moved(told_from=until), outside)
    _, *found = opened(outside)
    assert [each.next_try_at for each in found] == [until, until]


NO_REPORTS = Filter(kinds=())


@pytest.mark.parametrize("visibility", ["public", "private"])
@pytest.mark.parametrize(
    ("fact", "event"),
    [
        (submitted(case_change="opened"), "case.opened"),
        (submitted(), None),
        (moved(case_change="opened"), "case.opened"),
        (moved(), "case.changed"),
        (moved(case_change="gone"), "case.gone"),
        (moved(case_change=None), None),
        (moved(case_change=None, state="fixed", old_state="open"), "case.changed"),
        (moved(takes_back=True), None),
        (moved(old_service_code="graffiti"), "case.opened"),
        (PhotoTaken(event_id="4", service_request_id=ID, photo_id="p"), None),
    ],
)
def test_receiver_that_may_have_cases_of_a_service_hears_what_becomes_of_each(
    fact: Event, event: str | None, visibility: Visibility, outside: OutboundWorld
) -> None:
    outside.receivers.create(receiver(case_services=("pothole",), filter=NO_REPORTS))
    heard = told(fact, outside, visibility=visibility, may_be_passed_on=False)
    assert heard == ([(RECEIVER, event)] if event else [])


def test_receiver_hears_that_a_case_left_its_services(outside: OutboundWorld) -> None:
    outside.receivers.create(receiver(case_services=("graffiti",), filter=NO_REPORTS))
    fact = moved(old_service_code="graffiti")
    assert told(fact, outside, may_be_passed_on=False) == [(RECEIVER, "case.gone")]


def test_receiver_gets_no_case_unless_it_may_have_those_of_the_service(
    outside: OutboundWorld,
) -> None:
    outside.receivers.create(receiver())
    outside.receivers.create(receiver(receiver_id="b" * 32, case_services=("graffiti",)))
    for fact in (submitted(case_change="opened"), moved(), moved(event_id="9", case_change="gone")):
        assert told(fact, outside, visibility="private", may_be_passed_on=False) == []


def test_change_of_state_is_no_news_of_a_case_that_is_not_settled(outside: OutboundWorld) -> None:
    outside.receivers.create(receiver(case_services=("pothole",), filter=NO_REPORTS))
    fact = moved(case_change=None, state="closed", old_state="open")
    assert told(fact, outside, may_be_passed_on=False, is_settled=False) == []


def test_receiver_without_kinds_gets_nothing_of_reports(outside: OutboundWorld) -> None:
    outside.receivers.create(receiver(filter=NO_REPORTS))
    for fact in (submitted(), changed(), changed(event_id="3", purge=True)):
        assert told(fact, outside, visibility="hidden", may_be_passed_on=False) == []
