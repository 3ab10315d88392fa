"""What a team learns by mail of the work that a case is."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.catalogue.theme import EmailLook, Theme
from chalicelib.integrations.reports_for_outbound import ReportsForOutbound
from chalicelib.kernel.email import Email
from chalicelib.outbound.mailbox import MailboxSender, Wording
from chalicelib.outbound.model import Delivery
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import MissedCollection
from chalicelib.reports.ports import Ports
from tests.support.builders import report
from tests.support.fakes import MemoryRepository
from tests.support.fakes_forwarding import MemoryPost
from tests.support.fakes_outbound import delivery
from tests.support.fakes_paid_orders import HOME, PaidOrder
from tests.support.paid_order_stories import (
    deliver_stream,
    enter_good_card,
    open_card_page,
    return_browser,
)

UPRN = "990000000001"
WORDING = Wording(EmailLook("Demo Council", Theme(), ""), ZoneInfo("Europe/London"))
TEAM = MailboxDestination(destination="waste", name="Waste contractor", to="w@example.org")
PAID = (open_card_page, enter_good_card, return_browser, deliver_stream)


def mail_about(of: ServiceRequest, ports: Ports, **values: Any) -> Email:
    post, reports = MemoryPost(), ReportsForOutbound(lambda: ports)
    sender = MailboxSender(
        reports.case, reports.current_case_at, post.send, WORDING, lambda each: f"{each}@x.example"
    )
    sent: Delivery = delivery(service_request_id=of.service_request_id, kind="mailbox", **values)
    sender.send(sent, TEAM)
    (email,) = post.emails
    return email


@pytest.fixture
def booked(ports: Ports) -> PaidOrder:
    of = PaidOrder(template=ports).place_order()
    for step in PAID:
        step(of)
    return of


def test_team_learns_what_to_collect_where_and_on_which_day(booked: PaidOrder) -> None:
    email = mail_about(booked.report, booked.reports(booked.repository, booked.days))
    for fact in (
        "Booked for: Monday 15 June 2026, From 7am",
        "Items: 1 × Mattress",
        f"Address: {HOME.address}",
        f"Property (UPRN): {booked.report.premises_id}",
    ):
        assert fact in email.text
        assert fact.partition(": ")[2] in email.html


def test_team_learns_which_container_was_missed_on_which_day(
    ports: Ports, repository: MemoryRepository
) -> None:
    missed = MissedCollection(container="recycling", date=date(2026, 5, 28), disputes=True)
    sent = report(
        service_code="missed-bin", visibility="private", premises_id=UPRN, collection=missed
    )
    email = mail_about(repository.create(sent), ports)
    assert (
        "Missed collection: Blue bin: recycling, Thursday 28 May 2026. The crew recorded a reason, "
        "and the resident says that it is wrong."
    ) in email.text
    assert f"Property (UPRN): {UPRN}" in email.text


def test_team_reads_questions_and_answers_in_words(
    ports: Ports, repository: MemoryRepository
) -> None:
    asked = report(
        service_code="new-container",
        visibility="private",
        attributes={"container": ("garden",), "reason": ("<script>",)},
    )
    email = mail_about(repository.create(asked), ports)
    assert "Which bin do you need? Brown bin: garden waste" in email.text
    assert "<script>" not in email.html and "&lt;script&gt;" in email.html
