"""The sender of reports to a team's mailbox: a readable mail, with the report attached in the
format of Open311 for other programs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.catalogue.theme import EmailLook
from chalicelib.errors import AddressRefused
from chalicelib.geo.point import Point
from chalicelib.georeport.wire import Tree, write
from chalicelib.kernel.email import Attachment, Email, SendEmail
from chalicelib.kernel.templating import environment
from chalicelib.outbound.model import Case, Contact, Delivery, DeliveryEvent
from chalicelib.outbound.senders import NOT_PASSED_ON, DeliveryRefused, SendResult
from chalicelib.outbound.work_words import answer_words, change_words, work_words
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
    """Sends reports by mail. `case` loads one to forward, `current_case` the one that a destination
    has already. `reply_to` returns the address that receives replies about a report."""

    case: Callable[[str], Case | None]
    current_case: Callable[[str, str], Case | None]
    send_email: SendEmail
    wording: Wording
    reply_to: Callable[[str], str]

    def send(self, delivery: Delivery, destination: MailboxDestination) -> SendResult:
        email = self._email(delivery.service_request_id, delivery.event, destination)
        try:
            self.send_email(email)
        except AddressRefused as error:
            raise DeliveryRefused("mail_refused") from error
        return SendResult()

    def find(self, delivery: Delivery, destination: MailboxDestination) -> SendResult | None:
        """Always None, so the email is sent again: two emails with one reference do no harm."""
        return None

    def _email(
        self, request_id: str, event: DeliveryEvent, destination: MailboxDestination
    ) -> Email:
        team = Addressee(destination, self.reply_to(request_id), self.wording)
        if event == "case.changed":
            current = self.current_case(request_id, destination.destination)
            return change_email_of(request_id, current, team)
        case = self.case(request_id)
        if case is None:
            raise DeliveryRefused(NOT_PASSED_ON)
        return email_of(case, team)


class Addressee(NamedTuple):
    """The team that gets an email, where its reply goes, and how the council writes."""

    destination: MailboxDestination
    reply_to: str
    wording: Wording


class _Content(NamedTuple):
    """What an email says."""

    opening: str
    description: str
    facts: Facts
    answers: Facts


def email_of(case: Case, team: Addressee) -> Email:
    """The email that forwards a report; the reporter is named if the team may know them."""
    council = team.wording.look.council
    opening = f"{council} is passing on a report to {team.destination.name}."
    return _case_email(case, _subject(case), opening, team)


def change_email_of(service_request_id: str, case: Case | None, team: Addressee) -> Email:
    """The email about a change of a forwarded report; only its reference if the team may no longer
    know it."""
    opening = change_words(case)
    if case is None:
        reference = format_reference(service_request_id)
        content = _Content(opening, "", {"Reference": reference}, {})
        return _email(service_request_id, f"Cancelled: [{reference}]", content, team)
    what = "Cancelled" if case.is_cancelled else "Changed"
    return _case_email(case, f"{what}: {_subject(case)}", opening, team)


def _subject(case: Case) -> str:
    title = case.title or case.work.address or "a report"
    return f"{case.service_name}: {title} [{format_reference(case.service_request_id)}]"


def _case_email(case: Case, subject: str, opening: str, team: Addressee) -> Email:
    """The email with all that the team may know of the case."""
    contact = case.contact if team.destination.passes_contact else None
    facts, answers = _facts(case, contact, team.wording), answer_words(case.work)
    content = _Content(opening, case.description, facts, answers)
    entry = _entry(case, contact, team.destination)
    email = _email(case.service_request_id, subject, content, team)
    return replace(email, attachments=_attachments(entry))


def _email(service_request_id: str, subject: str, content: _Content, team: Addressee) -> Email:
    look = team.wording.look
    return Email(
        to=team.destination.to,
        subject=subject,
        text=_text(content),
        html=_PAGE.render(**content._asdict(), above=ABOVE, not_seen=NOT_SEEN, look=look),
        thread=service_request_id,
        reply_to=team.reply_to,
    )


def _attachments(entry: Tree) -> tuple[Attachment, ...]:
    """The report as Open311 writes it."""
    return (
        Attachment("report.xml", "text/xml", write("service_requests", [entry], "xml")),
        Attachment("report.json", "application/json", write("service_requests", [entry], "json")),
    )


def _facts(case: Case, contact: Contact | None, wording: Wording) -> Facts:
    at = case.requested_datetime.astimezone(wording.zone)
    who = contact or Contact()
    facts = {
        "Reference": format_reference(case.service_request_id),
        "Service": case.service_name,
        "Title": case.title,
        **work_words(case.work),
        "Map": _map_address(case.work.point),
        "Reported": f"{at.day} {at:%B %Y, %H:%M}",
        "Page": case.page_url,
        "Photos": " ".join(case.photo_urls),
        "Reported by": who.name,
        "Email": who.email,
        "Phone": who.phone,
    }
    return {name: value for name, value in facts.items() if value}


def _map_address(point: Point | None) -> str | None:
    if point is None:
        return None
    where = f"mlat={point.lat:.6f}&mlon={point.long:.6f}&zoom=18"
    return f"https://www.openstreetmap.org/?{where}"


def _text(content: _Content) -> str:
    lines = [f"{name}: {value}" for name, value in content.facts.items()]
    asked = ["", "Answers", *(_answer_line(*each) for each in content.answers.items())]
    description = [content.description, ""] if content.description else []
    return "\n".join(
        [
            *(ABOVE, NOT_SEEN, "", content.opening, ""),
            *description,
            *lines,
            *(asked if content.answers else []),
            "",
        ]
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
