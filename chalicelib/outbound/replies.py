"""Add a team's reply to one of our emails as a note on the case, visible to officers only.

An email to its reply address, which has a token, is added. It counts as the team's reply if it
comes from the mailbox of a team that received the report, and SES verified the sender. From any
other sender (a resident who replies to an alert, a colleague of the team, an impostor) it is added
as not verified. Of all other mail its head stays in the bucket for an operator: who wrote it, when
and about what, without its body, which can hold a card number in any encoding (ADR 108).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from chalicelib.catalogue.destinations import Destination, MailboxDestination
from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.outbound.email_parser import (
    MailRefused,
    masked_head,
    parse_recipient,
    parse_reply,
)
from chalicelib.outbound.model import id_of_forwarded
from chalicelib.outbound.ports import Deliveries

SETUP_NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION"
"""The key of the object that SES writes when a receipt rule gets a bucket.
Source: docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html, read 2026-11."""
REFUSED = "refused/"
"""Begins the keys of what stays of refused mail."""


class Inbox(Protocol):
    """The store of received mail. Every method raises UpstreamFailed."""

    def read(self, key: str) -> bytes | None:
        """The mail as received, at most MOST_BYTES + 1 of it; None if it is gone."""

    def store(self, key: str, mail: bytes) -> None:
        """Stores what stays of a mail, instead of any other of that key."""

    def discard(self, key: str) -> None:
        """Deletes the mail; does nothing if it is gone."""


class AddedReply(NamedTuple):
    """The report that a reply is about; `is_from_team` if it is a team's."""

    service_request_id: str
    is_from_team: bool


class Ports(Struct, frozen=True):
    """The dependencies of handling a reply. `add_note` adds a note to a report, once for each
    note_id: (service_request_id, note_id, sender, text, is_from_team); raises NotFound, Conflict
    (too many notes), UpstreamFailed. `is_token_valid` checks the token of a report; `is_from_team`
    tells whether an address is of a team that received the report."""

    inbox: Inbox
    add_note: Callable[[str, str, str, str, bool], None]
    is_token_valid: Callable[[str, str], bool]
    is_from_team: Callable[[str, str], bool]


def is_from(sender: str, allowed: Sequence[str]) -> bool:
    """True if the address or its domain is one of those allowed."""
    address = sender.lower()
    domain = address.rpartition("@")[2]
    return any(each.lower() == (address if "@" in each else domain) for each in allowed)


def is_from_team(
    service_request_id: str,
    address: str,
    *,
    destinations: Sequence[Destination],
    deliveries: Deliveries,
) -> bool:
    """True if the address is the mailbox of a team that received the report. Raises
    UpstreamFailed."""
    return any(
        is_from(address, (each.to, *each.answers_from))
        and _may_have_received(each.destination, service_request_id, deliveries)
        for each in destinations
        if isinstance(each, MailboxDestination)
    )


def _may_have_received(destination: str, service_request_id: str, deliveries: Deliveries) -> bool:
    delivery = deliveries.get(id_of_forwarded(destination, service_request_id))
    return delivery is not None and (delivery.sent_at is not None or delivery.is_unclear)


def add_reply(key: str, ports: Ports) -> AddedReply | None:
    """Add a reply to its case, once, and delete the mail.

    Returns: None if the mail is gone, so the reply was added before; for the notification of SES,
    which is deleted: CloudFormation deletes only empty buckets; and for what stays of refused mail.

    Raises: MailRefused (its headers stay in the bucket, masked), UpstreamFailed.
    """
    if key == SETUP_NOTIFICATION:
        ports.inbox.discard(key)
        return None
    raw = None if key.startswith(REFUSED) else ports.inbox.read(key)
    if raw is None:
        return None
    try:
        added = _add_note(key, raw, ports)
    except MailRefused:
        ports.inbox.store(REFUSED + key, masked_head(raw))
        ports.inbox.discard(key)
        raise
    ports.inbox.discard(key)
    return added


def _add_note(key: str, raw: bytes, ports: Ports) -> AddedReply:
    """Raises: MailRefused, UpstreamFailed."""
    service_request_id, token = parse_recipient(raw)
    if not ports.is_token_valid(service_request_id, token):
        raise MailRefused("wrong_token")
    reply = parse_reply(raw)
    note_id = derived_id("mail", key)
    is_from_team = reply.is_authentic and ports.is_from_team(service_request_id, reply.sender)
    try:
        ports.add_note(service_request_id, note_id, reply.sender, reply.text, is_from_team)
    except NotFound as error:
        raise MailRefused("no_report") from error
    except Conflict as error:
        raise MailRefused("too_many_notes") from error
    return AddedReply(service_request_id, is_from_team)
