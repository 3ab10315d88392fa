"""Deliveries: the messages to other systems, each with a state from waiting to sent.

A Delivery is one thing for one destination: a report passed on to the body that is responsible
(`open311`, `mailbox`), the word to that body that it is not mended (`update`), or one change told
to a Receiver (`webhook`). Its id is derived from its subject, so a repeated fact finds the
delivery that it made.

    waiting ──claimed──▶ sending ──▶ sent
       ▲                  │   │
       └──tried again─────┘   └────▶ failed ──an officer──▶ waiting, or kept (they deal with it)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.kernel.delivery_retry import Leased
from chalicelib.kernel.ids import derived_id

Kind = Literal["open311", "mailbox", "update", "webhook"]
State = Literal["waiting", "sending", "sent", "failed", "kept"]
DeliveryEvent = Literal["forwarded", "reopened", "submitted", "changed", "gone"]

TOKEN = "token:"
"""What an external_id begins with that is a token yet, for which an id is asked later."""
UPDATE = "update:"
"""What an external_id begins with that is no report's but an update's."""
WEBHOOKS_KEPT_FOR = timedelta(days=30)
"""How long the log of a webhook's delivery is kept, and can be replayed from."""


@dataclass(frozen=True, kw_only=True)
class Delivery(Leased):
    """One thing for one destination. `destination` is its code, or the receiver's id; this came
    about at `occurred_at`.

    What `is_unclear` is looked for there before it is sent again. `external_id` is what it is
    called there, `sent_at` when it was sent for the first time, `version` 0 until it is stored.
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
    version: int = 0

    @property
    def their_reference(self) -> str | None:
        """What it is called there, None as long as there is but a token for that."""
        is_token = self.external_id is not None and self.external_id.startswith(TOKEN)
        return None if is_token else self.external_id


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The reporter: personal data, given to a destination only if it `passes_contact`."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A report as it is passed on to another body. `page_url` is its public page, None where it
    is not public; `photo_urls` are public too. `lat`, `long` in WGS84 degrees."""

    service_request_id: str
    service_code: str
    service_name: str
    title: str | None
    description: str
    lat: float
    long: float
    address: str | None
    attributes: Mapping[str, tuple[str, ...]]
    requested_datetime: datetime
    page_url: str | None
    photo_urls: tuple[str, ...]
    contact: Contact | None


@dataclass(frozen=True, kw_only=True)
class Reopening:
    """A resident's statement that the problem is not mended; its photos are public."""

    text: str
    at: datetime
    photo_urls: tuple[str, ...] = ()


class Wake(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the sender: the delivery that waits, and the request that caused it."""

    delivery_id: str
    request_id: str = ""


def id_of_forwarded(destination: str, service_request_id: str) -> str:
    """The id of the delivery that passes a report on."""
    return derived_id("forwarded", destination, service_request_id)


def arrived(delivery: Delivery, external_id: str | None, now: datetime) -> Delivery:
    """The delivery after the destination took it."""
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
