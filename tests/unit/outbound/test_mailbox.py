"""A report goes to a team's mailbox: readable for people, and for programs."""

import json
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from chalicelib.aws.ses import serialise_email
from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.catalogue.theme import EmailLook, Theme
from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed
from chalicelib.georeport.reading import read_xml
from chalicelib.kernel.email import Email
from chalicelib.outbound.mailbox import MailboxSender, Wording
from chalicelib.outbound.model import Case
from chalicelib.outbound.senders import DeliveryRefused, SendResult
from tests.support.builders import NOON
from tests.support.fakes_forwarding import (
    COLLECTION,
    GROUPED,
    REFERENCE,
    WORK,
    MemoryPost,
    forwarded_case,
)
from tests.support.fakes_outbound import delivery

LOOK = EmailLook("Demo Council", Theme(), "https://council.example")
WORDING = Wording(LOOK, ZoneInfo("Europe/London"))


def not_asked(_: str, __: str) -> Case | None:
    raise AssertionError("It is not asked.")


FROM = Address("Demo Council", "reports", "mail.example")


def trees(**values: Any) -> MailboxDestination:
    return MailboxDestination(
        **{"destination": "trees", "name": "The tree team", "to": "trees@example.org", **values}
    )


def sent(report: Case | None = None, **values: Any) -> Email:
    """The email about a report."""
    post, known = MemoryPost(), report or forwarded_case()
    sender = MailboxSender(
        lambda _: known, not_asked, post.send, WORDING, lambda each: f"r+{each}@x.example"
    )
    assert sender.send(
        delivery(kind="mailbox", destination="trees"), trees(**values)
    ) == SendResult(None)
    (email,) = post.emails
    return email


def as_mail(email: Email) -> EmailMessage:
    return message_from_bytes(serialise_email(email, FROM, NOON), policy=policy.default)


def test_email_has_the_report_its_place_and_local_time() -> None:
    email = sent()
    assert email.to == "trees@example.org"
    assert email.subject == f"Pothole: Big hole [{GROUPED}]"
    for part in (
        "Demo Council is passing on a report to The tree team.",
        "A deep hole.",
        f"Reference: {GROUPED}",
        "Reported: 1 June 2026, 13:00",
        "Address: Low Petergate",
        "Place: 53.959000, -1.081500 (latitude, longitude)",
        f"Page: https://council.example/reports/{REFERENCE}",
        "kinds: round, wet",
    ):
        assert part in email.text
        assert part.partition(": ")[2] in email.html


def test_email_has_the_councils_logo_below_the_line_that_replies_end_above() -> None:
    html = sent().html
    assert html.index("reply above this line") < html.index(LOOK.logo_url)
    assert LOOK.theme.brand.ground in html


def test_reporter_is_named_only_if_the_destination_passes_contact() -> None:
    for email, named in ((sent(), False), (sent(passes_contact=True), True)):
        whole = email.text + email.html + str(email.attachments)
        for personal in ("Ann Other", "ann@example.org", "01904 960123"):
            assert (personal in whole) is named


def test_report_is_attached_in_open311s_xml_and_json() -> None:
    as_xml, as_json = sent().attachments
    assert (as_xml.name, as_json.name) == ("report.xml", "report.json")
    root, entries = read_xml(as_xml.body)
    assert root == "service_requests" and isinstance(entries, list)
    (of_json,) = json.loads(as_json.body)
    for entry in (entries[0], of_json):
        assert entry["service_request_id"] == REFERENCE
        assert entry["requested_datetime"] == "2026-06-01T12:00:00Z"
        assert entry["description"] == "A deep hole."
        assert entry["attributes"][1] == {"code": "kinds", "values": ["round", "wet"]}


def test_email_has_all_parts_and_a_reply_address() -> None:
    mail = as_mail(sent())
    assert str(mail["From"]) == "Demo Council <reports@mail.example>"
    assert str(mail["Reply-To"]) == f"r+{REFERENCE}@x.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"] == f"<{REFERENCE}@mail.example>"
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/xml", "application/json"]


def test_residents_text_becomes_no_header_or_markup() -> None:
    nasty = "x\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>"
    email = sent(
        forwarded_case(
            title=nasty, description=nasty, work=replace(WORK, address=nasty), page_url=None
        )
    )
    mail = as_mail(email)
    assert mail["Bcc"] is None and "\n" not in str(mail["Subject"])
    assert "<script>" not in email.html and "&lt;script&gt;" in email.html


def test_email_is_plain_ascii_in_short_lines_for_any_text() -> None:
    raw = serialise_email(
        sent(forwarded_case(title="Ünï – 坑洞 🕳️", description="é" * 4000 + "\n.\nend")), FROM, NOON
    )
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert part and "é" * 4000 + "\n.\nend" in part.get_content().replace("\r\n", "\n")


def test_failures_keep_their_kind() -> None:
    post = MemoryPost()
    sender = MailboxSender(
        lambda _: forwarded_case(), not_asked, post.send, WORDING, lambda each: each
    )
    for failure, raised in (
        (AddressRefused("no"), DeliveryRefused),
        (NoReply("lost"), NoReply),
        (UpstreamFailed("away"), UpstreamFailed),
    ):
        post.failure = failure
        with pytest.raises(raised):
            sender.send(delivery(), trees())


def test_nothing_is_sent_when_the_report_may_no_longer_be_passed_on() -> None:
    post = MemoryPost()
    sender = MailboxSender(lambda _: None, not_asked, post.send, WORDING, lambda each: each)
    with pytest.raises(DeliveryRefused, match="not_to_be_passed_on"):
        sender.send(delivery(), trees())
    assert post.emails == []


def change_mail(case: Case | None) -> Email:
    """The email that tells a team of a change of what it has."""
    post = MemoryPost()
    cases = {(REFERENCE, "trees"): case}
    sender = MailboxSender(
        lambda _: None,
        lambda *of: cases[of],
        post.send,
        WORDING,
        lambda each: f"r+{each}@x.example",
    )
    sender.send(delivery(kind="mailbox", destination="trees", event="case.changed"), trees())
    (email,) = post.emails
    return email


def test_email_about_a_change_has_all_present_details() -> None:
    email = change_mail(forwarded_case(work=COLLECTION))
    assert email.subject == f"Changed: Pothole: Big hole [{GROUPED}]"
    for said in (
        "The work has changed since we passed it on.",
        "Booked for: Monday 15 June 2026, Morning",
        "Items: 2 × Sofa, 1 × Fridge or freezer",
    ):
        assert said in email.text
    assert email.thread == REFERENCE and email.attachments


def test_team_is_told_not_to_do_what_was_cancelled() -> None:
    email = change_mail(forwarded_case(work=COLLECTION, state="cancelled"))
    assert email.subject == f"Cancelled: Pothole: Big hole [{GROUPED}]"
    for said in ("This was cancelled. Do not do this work.", "2 × Sofa", "Monday 15 June 2026"):
        assert said in email.text and said in email.html


def test_team_gets_only_the_reference_of_a_case_that_it_may_no_longer_have() -> None:
    email = change_mail(None)
    assert email.subject == f"Cancelled: [{GROUPED}]"
    assert email.text.splitlines()[3:] == [
        "We have taken this back. Do not do this work.",
        "",
        f"Reference: {GROUPED}",
    ]
    assert email.attachments == () and email.reply_to == f"r+{REFERENCE}@x.example"


def test_mailbox_cannot_be_looked_up() -> None:
    sender = MailboxSender(
        lambda _: forwarded_case(), not_asked, MemoryPost().send, WORDING, lambda each: each
    )
    assert sender.find(delivery(), trees()) is None
