"""The sender of reports to a team's mailbox: a readable mail, with the report attached in the
format of Open311 for other programs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.catalogue.theme import EmailLook
from chalicelib.errors import AddressRefused
from chalicelib.geo.point import Point
from chalicelib.georeport.wire import Tree, write
from chalicelib.kernel.email import Attachment, Email, SendEmail
from chalicelib.kernel.templating import environment
from chalicelib.outbound.model import Case, Contact, Delivery
from chalicelib.outbound.senders import NOT_PASSED_ON, DeliveryRefused, SendResult
from chalicelib.outbound.work_words import answer_words, work_words
from chalicelib.reports.published import WorkDetails
from chalicelib.reports.reference import format_reference

TEMPLATES = Path(__file__).parent / "templates"
ABOVE = "Please write your reply above this line."
"""In a reply, the text below this line is our own quoted email."""
NOT_SEEN = "Only the council's officers see your reply."
_PAGE = environment(TEMPLATES).get_template("email.html")

Facts = Mapping[str, str]
"""The values in an email by their labels."""


class Wording(NamedTuple):
    """How a council writes: its look and its clock."""

    look: EmailLook
    zone: ZoneInfo


class MailboxSender(Struct, frozen=True):
    """Sends reports by mail. `reply_to` returns the address that receives replies about a
    report."""

    case: Callable[[str], Case | None]
    send_email: SendEmail
    wording: Wording
    reply_to: Callable[[str], str]

    def send(self, delivery: Delivery, destination: MailboxDestination) -> SendResult:
        case = self.case(delivery.service_request_id)
        if case is None:
            raise DeliveryRefused(NOT_PASSED_ON)
        reply_to = self.reply_to(case.service_request_id)
        contact = case.contact if destination.passes_contact else None
        try:
            self.send_email(email_of(case, contact, destination, reply_to, self.wording))
        except AddressRefused as error:
            raise DeliveryRefused("mail_refused") from error
        return SendResult()

    def find(self, delivery: Delivery, destination: MailboxDestination) -> SendResult | None:
        """Always None, so the email is sent again: two emails with one reference do no harm."""
        return None


def email_of(
    case: Case,
    contact: Contact | None,
    destination: MailboxDestination,
    reply_to: str,
    wording: Wording,
) -> Email:
    """The email about a report; `contact` is the reporter, if the team may know them."""
    reference = format_reference(case.service_request_id)
    facts, answers = _facts(case, contact, reference, wording), answer_words(case.work)
    title = case.title or case.work.address or "a report"
    opening = f"{wording.look.council} is passing on a report to {destination.name}."
    return Email(
        to=destination.to,
        subject=f"{case.service_name}: {title} [{reference}]",
        text=_text(opening, case.description, facts, answers),
        html=_PAGE.render(
            opening=opening,
            description=case.description,
            facts=facts,
            answers=answers,
            above=ABOVE,
            not_seen=NOT_SEEN,
            look=wording.look,
        ),
        thread=case.service_request_id,
        reply_to=reply_to,
        attachments=_attachments(_entry(case, contact, destination)),
    )


def _attachments(entry: Tree) -> tuple[Attachment, ...]:
    """The report as Open311 writes it."""
    return (
        Attachment("report.xml", "text/xml", write("service_requests", [entry], "xml")),
        Attachment("report.json", "application/json", write("service_requests", [entry], "json")),
    )


def _facts(case: Case, contact: Contact | None, reference: str, wording: Wording) -> Facts:
    at = case.requested_datetime.astimezone(wording.zone)
    who = contact or Contact()
    facts = {
        "Reference": reference,
        "Service": case.service_name,
        "Title": case.title,
        **work_words(case.work),
        **_place_facts(case.work.point),
        "Reported": f"{at.day} {at:%B %Y, %H:%M}",
        "Page": case.page_url,
        "Photos": " ".join(case.photo_urls),
        "Reported by": who.name,
        "Email": who.email,
        "Phone": who.phone,
    }
    return {name: value for name, value in facts.items() if value}


def _place_facts(point: Point | None) -> Facts:
    if point is None:
        return {}
    lat, long = f"{point.lat:.6f}", f"{point.long:.6f}"
    return {
        "Place": f"{lat}, {long} (latitude, longitude)",
        "Map": f"https://www.openstreetmap.org/?mlat={lat}&mlon={long}&zoom=18",
    }


def _text(opening: str, description: str, facts: Facts, answers: Facts) -> str:
    lines = [f"{name}: {value}" for name, value in facts.items()]
    asked = ["", "Answers", *(_answer_line(*each) for each in answers.items())]
    return "\n".join(
        [ABOVE, NOT_SEEN, "", opening, "", description, "", *lines, *(asked if answers else []), ""]
    )


def _answer_line(question: str, answer: str) -> str:
    return f"{question} {answer}" if question.endswith("?") else f"{question}: {answer}"


def _entry(case: Case, contact: Contact | None, destination: MailboxDestination) -> Tree:
    """The report in the format of Open311, for the team's own programs."""
    names = ("name", "email", "phone")
    who = {name: value for name in names if contact and (value := getattr(contact, name))}
    return {
        "service_request_id": case.service_request_id,
        "service_code": case.service_code,
        "service_name": case.service_name,
        "title": case.title or "",
        "description": case.description,
        "agency_responsible": destination.name,
        "requested_datetime": case.requested_datetime,
        **_work_entry(case.work),
        "media_urls": list(case.photo_urls),
        "attributes": [
            {"code": each.code, "values": list(each.values)} for each in case.work.answers
        ],
        **who,
    }


def _work_entry(work: WorkDetails) -> Mapping[str, Tree]:
    """The work, without what it does not have."""
    entry: dict[str, Tree] = {
        "address": work.address or "",
        "lat": work.lat,
        "long": work.long,
        "uprn": work.uprn,
        "items": [msgspec.to_builtins(each) for each in work.items],
        "booked": msgspec.to_builtins(work.booked),
        "missed_collection": msgspec.to_builtins(work.missed_collection),
    }
    return {name: value for name, value in entry.items() if value not in (None, [])}
