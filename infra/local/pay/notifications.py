"""The stand-in's notifications, signed as GOV.UK Pay signs them, and what may go wrong with
them."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Literal, NamedTuple

from infra.local.pay.views import PublicView, moment

SIGNATURE = "Pay-Signature"
REPEATS = 5
LATE_BY = timedelta(minutes=5)
Fault = Literal["late", "lost", "doubled", "out_of_order"]


class Message(NamedTuple):
    """A notification that waits to be sent."""

    at: datetime
    body: bytes


class Notifications:
    """Keeps notifications until they are sent. `fault` is what goes wrong with the next ones."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.fault: Fault | None = None
        self.waiting: list[Message] = []
        self._now = now

    def add(self, event: str, shown: PublicView) -> None:
        """An event of a payment, which is sent as the fault says."""
        at, body = self._now(), json.dumps(_message(event, shown, self._now())).encode()
        match self.fault:
            case "lost":
                return
            case "late":
                self.waiting.append(Message(at + LATE_BY, body))
            case "doubled":
                self.waiting += [Message(at, body)] * REPEATS
            case "out_of_order":
                self.waiting.insert(0, Message(at, body))
            case None:
                self.waiting.append(Message(at, body))

    def take_due(self) -> list[bytes]:
        """The bodies that are to be sent now, which no longer wait."""
        now = self._now()
        due = [each.body for each in self.waiting if each.at <= now]
        self.waiting = [each for each in self.waiting if each.at > now]
        return due


def signature(body: bytes, secret: str) -> str:
    """The signature of a notification's body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _message(event: str, shown: PublicView, at: datetime) -> dict[str, Any]:
    return {
        "webhook_message_id": token_hex(13),
        "api_version": 1,
        "created_date": moment(at),
        "resource_id": shown["payment_id"],
        "resource_type": "payment",
        "event_type": event,
        "resource": shown,
    }
