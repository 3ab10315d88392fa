"""Nothing that somebody typed becomes a header of an email, whichever email it is."""

import ast
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs
from msgspec.structs import fields, replace

from chalicelib.accounts.code_messages import CodeMessages
from chalicelib.accounts.model import Attempt, Destination
from chalicelib.alerts.message_senders import email_of as alert_email
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.aws.ses import serialise_email
from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.catalogue.theme import EmailLook, Theme
from chalicelib.errors import AddressRefused
from chalicelib.kernel.email import Attachment, Email
from chalicelib.kernel.site import Site
from chalicelib.outbound import mailbox
from infra.local.templates import messages
from tests.conftest import ROOT
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes_forwarding import WORK, answer, forwarded_case

INJECTED = "x\r\nReply-To: evil@example.com\r\nBcc: evil@example.com\r\n\r\n<a href=http://evil>"
BASE64 = b64encode(INJECTED.encode()).decode()
NASTY = (
    "=?utf-8?q?x=0AReply-To:_evil=40example.com=0A=0A=3Ca_href=3Dhttp://evil.example=3E?=",
    "hole=?utf-8?q?=0D=0ABcc:_evil=40example.com?=hole",
    f"=?UTF-8?B?{BASE64}?=",
    "=?iso-8859-1?q?a?= =?utf-8?q?=0ABcc:_evil=40example.com?=",
    "=\t?utf-8?q?=0ABcc:_evil=40example.com?=",
    "=\x00?utf-8?q?=0ABcc:_evil=40example.com?=",
    "=\u200b?utf-8?q?=0ABcc:_evil=40example.com?=",
    "==?utf-8?q?=0ABcc:_evil=40example.com?=",
    "é =?utf-8?q?=0ABcc:_evil=40example.com?= 坑",
    "\x85Bcc: evil@example.com\u2028Bcc: evil@example.com",
    INJECTED,
)
FROM = Address("Demo Council", "reports", "mail.example")
KNOWN = [
    *("from", "to", "subject", "date", "auto-submitted", "references", "reply-to"),
    *("list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-type"),
]
PLAIN = Email(to="ann@example.org", subject="A hole", text="Deep.", html="<p>Deep.", thread="1")


def of_a_mailbox(nasty: str) -> Iterator[Email]:
    report = forwarded_case(
        title=nasty,
        description=nasty,
        service_name=nasty,
        work=replace(WORK, address=nasty, answers=(answer(nasty, nasty),)),
    )
    to = MailboxDestination(
        destination="trees", name=nasty, to="trees@example.org", passes_contact=True
    )
    wording = mailbox.Wording(look_of(nasty), ZoneInfo("Europe/London"))
    for each in (report, replace(report, title=None)):
        yield mailbox.email_of(each, mailbox.Addressee(to, "replies+1@mail.example", wording))


def of_alerts(nasty: str) -> Iterator[Email]:
    """Alerts, questions, invitations to confirm and digests."""
    voice = MessageComposer(
        council=nasty,
        phone=nasty,
        site=Site("https://council.example"),
        zone=ZoneInfo("Europe/London"),
        reply_to="office@example.org",
        now=lambda: NOON,
    )
    for _, message in messages(voice):
        for subject in (message.subject, nasty, f"{message.subject}{nasty}"):
            yield alert_email(replace(message, subject=subject), "ann@example.org", look_of(nasty))


def look_of(nasty: str) -> EmailLook:
    return EmailLook(nasty, Theme(), "https://council.example")


def of_codes(nasty: str) -> Iterator[Email]:
    words = CodeMessages(look_of(nasty), structs.replace(council_named("demo"), name=nasty))
    for account in (None, "a" * 32):
        attempt = Attempt(
            attempt_id="1" * 32,
            destination=Destination("email", "ann@example.org"),
            created_at=NOON,
            expires_at=NOON,
            account_id=account,
        )
        yield words.email(attempt, "123456", "token")


EMAILS: dict[str, Callable[[str], Iterator[Email]]] = {
    "outbound/mailbox.py": of_a_mailbox,
    "alerts/message_senders.py": of_alerts,
    "accounts/code_messages.py": of_codes,
}
"""Every module that makes emails, and all that it makes."""


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def makes_emails(path: Path) -> bool:
    names = (
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )
    return "Email" in names


def test_every_module_that_makes_emails_is_covered() -> None:
    code = ROOT / "chalicelib"
    making = filter(makes_emails, code.rglob("*.py"))
    assert {path.relative_to(code).as_posix() for path in making} == set(EMAILS)


def test_emails_are_serialised_in_one_module_only() -> None:
    code = ROOT / "chalicelib"
    made = {
        path.relative_to(code).as_posix()
        for path in code.rglob("*.py")
        if "EmailMessage(" in (text := path.read_text(encoding="utf-8"))
        or "client.send_email" in text
    }
    assert made == {"aws/ses.py"}


@pytest.mark.parametrize("module", EMAILS)
@pytest.mark.parametrize("nasty", NASTY)
def test_email_has_only_its_own_headers_when_its_text_tries_to_add_some(
    nasty: str, module: str
) -> None:
    for email in EMAILS[module](nasty):
        raw = serialise_email(email, FROM, NOON)
        mail = read(raw)
        assert [name.lower() for name in mail] == [each for each in KNOWN if each in mail]
        addresses = [mail["Reply-To"].addresses] if email.reply_to else []
        assert [each.addr_spec for (each,) in addresses] == [email.reply_to][: len(addresses)]
        assert not any(mark in str(value) for value in mail.values() for mark in "\r\n\x00\x85")
        assert b"\r\n\r\n<a href" not in raw.partition(b"Content-Type")[0]
        assert mail.get_body(("plain",)) is not None


@pytest.mark.parametrize("nasty", NASTY)
def test_email_is_refused_or_has_only_its_own_headers_for_any_fields(
    nasty: str,
) -> None:
    for each in fields(Email):
        values: dict[str, Any] = {
            "attachments": (Attachment(nasty, "text/xml", b"<x/>"),),
            "headers": (("List-Unsubscribe", nasty),),
        }
        email = replace(PLAIN, **{each.name: values.get(each.name, nasty)})
        try:
            mail = read(serialise_email(email, FROM, NOON))
        except AddressRefused:
            assert each.name in ("to", "reply_to", "attachments")
            continue
        names = [name.lower() for part in mail.walk() for name in part]
        assert not {"bcc"} & set(names) and names.count("reply-to") == (each.name == "reply_to")


@pytest.mark.parametrize("nasty", NASTY)
def test_name_of_the_sender_starts_no_header(nasty: str) -> None:
    if "\r" in nasty:
        with pytest.raises(ValueError, match="CR or LF"):
            Address(nasty, "reports", "mail.example")
        return
    mail = read(serialise_email(PLAIN, Address(nasty, "reports", "mail.example"), NOON))
    assert mail["Bcc"] is None and mail["Reply-To"] is None
    assert mail["From"].addresses[0].addr_spec == "reports@mail.example"


@pytest.mark.parametrize(
    "to",
    [
        "=?utf-8?q?ann=40example.org=0ABcc:_evil=40example.com?=@x.example",
        "ann@example.org, evil@example.com",
        "Ann <ann@example.org>",
        "ann@example.org\r\nBcc: evil@example.com",
        "ann(evil)@example.org",
    ],
)
def test_email_is_refused_when_its_address_would_be_read_as_another(to: str) -> None:
    for email in (replace(PLAIN, to=to), replace(PLAIN, reply_to=to)):
        with pytest.raises(AddressRefused):
            serialise_email(email, FROM, NOON)


def test_encoded_words_of_a_header_have_75_characters_at_most() -> None:
    long = replace(PLAIN, subject="Mae eich archeb â’r cyngor wedi’i chadarnhau " * 8)
    raw = serialise_email(long, Address("Cyngor â’r Fro " * 9, "reports", "mail.example"), NOON)
    words = re.findall(rb"=\?utf-8\?\S*\?=", raw)
    assert len(words) > 5
    assert max(map(len, words)) <= 75


def test_odd_looking_subject_is_unchanged() -> None:
    for subject in ("a = b?", "50% =", "why=", "Ünï – 坑洞 🕳️", "x" * 300, "é" * 300):
        assert (
            read(serialise_email(replace(PLAIN, subject=subject), FROM, NOON))["Subject"] == subject
        )
    odd = read(serialise_email(replace(PLAIN, subject="=?utf-8?q?caf=C3=A9?="), FROM, NOON))
    assert odd["Subject"] == "= ?utf-8?q?caf=C3=A9?="
