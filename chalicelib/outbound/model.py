"""Deliveries: the messages to other systems, each with a state from waiting to sent.

A Delivery is one message to one destination: a report forwarded to the responsible body
(`open311`, `mailbox`), an update to that body that its work has changed (`update`, `mailbox`) or
that the problem is not fixed (`update`), or one change, or one entry of the ledger, sent to a
Receiver (`webhook`). Its id is derived from its
subject, so a repeated event finds the delivery that it created.

    waiting ──claimed──▶ sending ──▶ sent
       ▲                  │   │
       └──tried again─────┘   └────▶ failed ──an officer──▶ waiting, or kept (handled by hand)
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from chalicelib.kernel.delivery_retry import LeasedDelivery
from chalicelib.kernel.ids import derived_id
from chalicelib.reports.published import WorkDetails
from chalicelib.reports.states import State as ReportState

Kind = Literal["open311", "mailbox", "update", "webhook"]
State = Literal["waiting", "sending", "sent", "failed", "kept"]
CaseEvent = Literal["case.opened", "case.changed", "case.gone"]
DeliveryEvent = (
    Literal["forwarded", "reopened", "submitted", "changed", "gone", "ledger.entry"] | CaseEvent
)

TOKEN = "token:"
"""The prefix of an external_id that is still a token; the id is requested later."""
UPDATE = "update:"
"""The prefix of an external_id that names an update, not a report."""
WEBHOOKS_KEPT_FOR = timedelta(days=30)
"""How long webhook deliveries are stored and can be replayed."""


class Delivery(LeasedDelivery, frozen=True, kw_only=True):
    """One message to one destination.

    `destination` is the destination's code, or the receiver's id; `occurred_at` is the time of the
    event behind the delivery. If `is_unclear`, the sender looks for the message at the destination
    before it sends it again. `external_id` is its id at the destination, `sent_at` the time when it
    was first sent; `version` is 0 until it is stored. `report_version` is that of the report when
    the delivery was created, 0 if nobody noted it. `message_id` and `body` are those of the webhook
    of a ledger's entry, which never changes; None for all others, made when they are sent.
    """

    delivery_id: str
    destination: str
    kind: Kind
    event: DeliveryEvent
    service_request_id: str
    occurred_at: datetime
    state: State = "waiting"
    external_id: str | None = None
    sent_at: datetime | None = None
    report_version: int = 0
    message_id: str | None = None
    body: str | None = None
    version: int = 0

    @property
    def their_reference(self) -> str | None:
        """The id at the destination; None while there is only a token."""
        is_token = self.external_id is not None and self.external_id.startswith(TOKEN)
        return None if is_token else self.external_id


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """The reporter's contact details: personal data, sent only to a destination that
    `passes_contact`."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is forwarded to another body. `page_url` is its public page, None if it is
    not public; `photo_urls` are public too."""

    service_request_id: str
    version: int
    state: ReportState
    service_code: str
    service_name: str
    title: str | None
    description: str
    work: WorkDetails
    requested_datetime: datetime
    page_url: str | None
    photo_urls: tuple[str, ...]
    contact: Contact | None

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"


class Reopening(msgspec.Struct, frozen=True, kw_only=True):
    """A resident's statement that the problem is not fixed; its photos are public."""

    text: str
    at: datetime
    photo_urls: tuple[str, ...] = ()


class Wake(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the sender: the waiting delivery and the request that caused it."""

    delivery_id: str
    request_id: str = ""


def id_of_forwarded(destination: str, service_request_id: str) -> str:
    """The id of the delivery that forwards a report."""
    return derived_id("forwarded", destination, service_request_id)


def mark_sent(delivery: Delivery, external_id: str | None, now: datetime) -> Delivery:
    """The delivery after the destination accepted it."""
    return replace(
        delivery,
        state="sent",
        external_id=external_id,
        sent_at=delivery.sent_at or now,
        lease_until=None,
        is_unclear=False,
        last_error=None,
        updated_at=now,
    )
