"""Deliveries: what goes from here to other systems, each with its way from waiting to sent.

A Delivery is one thing for one destination: a report passed on to the body that is responsible
(`open311`, `mailbox`), or one change told to a Receiver (`webhook`). Its id is derived from what
it is about, so a repeated fact meets the delivery that it made.

    waiting ──claimed──▶ sending ──▶ sent
       ▲                  │   │
       └──tried again─────┘   └────▶ failed ──an officer──▶ waiting, or kept (she deals with it)

Source of the back-off: Amazon Builders' Library, "Timeouts, retries, and backoff with jitter".
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import msgspec

Kind = Literal["open311", "mailbox", "webhook"]
State = Literal["waiting", "sending", "sent", "failed", "kept"]
What = Literal["forwarded", "submitted", "changed", "gone"]

LONGEST_WAITS_S = (30, 120, 480, 1_800, 7_200, 21_600, 43_200)
"""The longest wait after each try. Their sum is under 21 hours: eight tries in a day."""
MOST_TRIES = len(LONGEST_WAITS_S) + 1
MOST_ASKED_FOR_S = 3_600
"""What a destination may ask for at most with Retry-After."""
TOKEN = "token:"
"""What an external_id begins with that is a token yet, for which an id is asked later."""
LEASE = timedelta(seconds=90)
"""How long a sender has a delivery for itself: longer than its function may run."""
WEBHOOKS_KEPT_FOR = timedelta(days=30)
"""How long the log of a webhook's delivery is kept, and can be replayed from."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One thing for one destination. `destination` is its code, or the receiver's id; this came
    about at `occurred_at`.

    `is_unclear`: it may have arrived, so look there before it is sent again. `last_error` is a
    code, nothing that another system wrote. `external_id` is what it is called there,
    `sent_at` when it was sent for the first time, `version` 0 until it is stored.
    """

    delivery_id: str
    destination: str
    kind: Kind
    what: What
    service_request_id: str
    occurred_at: datetime
    updated_at: datetime
    state: State = "waiting"
    tries: int = 0
    next_try_at: datetime
    lease_until: datetime | None = None
    is_unclear: bool = False
    last_error: str | None = None
    external_id: str | None = None
    sent_at: datetime | None = None
    version: int = 0

    @property
    def due_at(self) -> datetime:
        """When it is to be sent, its sender is given up, or it ended."""
        match self.state:
            case "waiting":
                return self.next_try_at
            case "sending":
                return self.lease_until or self.updated_at
            case _:
                return self.updated_at

    @property
    def their_reference(self) -> str | None:
        """What it is called there, None as long as there is but a token for that."""
        is_token = self.external_id is not None and self.external_id.startswith(TOKEN)
        return None if is_token else self.external_id


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who reported: personal data, given to a destination only where that `passes_contact`."""

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
class Subject:
    """What is decided by whether a report goes anywhere, and where. One that `is_from_partner`
    came through our own Open311 server."""

    service_request_id: str
    service_code: str
    ward_code: str | None
    is_public: bool
    may_be_passed_on: bool
    is_from_partner: bool


class Wake(msgspec.Struct, frozen=True, kw_only=True):
    """A message to whoever sends: which delivery waits, and the request that asked for that."""

    delivery_id: str
    request_id: str = ""


def derived_id(*parts: str) -> str:
    """The id of the delivery that is about this: 32 hexadecimal digits. It is no secret."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(framed).hexdigest()[:32]


def claimed(delivery: Delivery, now: datetime) -> Delivery | None:
    """The delivery in the hands of one sender; None while it is not its time, or another's.

    One whose sender did not come back may have arrived.
    """
    if delivery.state == "waiting" and delivery.next_try_at <= now:
        is_unclear = delivery.is_unclear
    elif delivery.state == "sending" and delivery.lease_until and delivery.lease_until <= now:
        is_unclear = True
    else:
        return None
    return replace(
        delivery,
        state="sending",
        tries=delivery.tries + 1,
        lease_until=now + LEASE,
        is_unclear=is_unclear,
        updated_at=now,
    )


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


def put_off(
    delivery: Delivery, code: str, now: datetime, *, chance: float, asked_for_s: int = 0
) -> Delivery:
    """The delivery after a try that did not succeed: it waits, or has failed after the last one.

    `chance` from 0 to 1 is the share of the longest wait (full jitter).
    """
    if delivery.tries >= MOST_TRIES:
        return refused(delivery, code, now)
    wait_s = max(chance * LONGEST_WAITS_S[delivery.tries - 1], min(asked_for_s, MOST_ASKED_FOR_S))
    return replace(
        delivery,
        state="waiting",
        last_error=code,
        lease_until=None,
        next_try_at=now + timedelta(seconds=wait_s),
        updated_at=now,
    )


def refused(delivery: Delivery, code: str, now: datetime) -> Delivery:
    """The delivery after it failed for good."""
    return replace(delivery, state="failed", last_error=code, lease_until=None, updated_at=now)
