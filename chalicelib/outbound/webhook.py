"""The sender of webhooks, signed as Standard Webhooks says, so that receivers can verify them with
an existing library.

The body holds the report as it is at the time of sending, so a late or repeated delivery never
shows data that has been withdrawn since. An entry of the ledger never changes: it is sent as it was
stored with the delivery, under its own id.
Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, read 2026-11.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, get_args

import msgspec
from msgspec import Struct
from standardwebhooks import Webhook

from chalicelib.errors import AddressRefused, NotNow
from chalicelib.kernel.delivery_retry import retry_after_s
from chalicelib.kernel.fields import copy_fields
from chalicelib.net.http_client import HttpClient
from chalicelib.net.reply import Reply
from chalicelib.outbound.model import Case, CaseEvent, Delivery
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import DeliveryRefused, SendResult
from chalicelib.reports.published import WorkDetails
from chalicelib.reports.states import State, Status, status_of

TIMEOUT_S = 10
MOST_BYTES = 1_000
"""The largest response that is read: only its status is used."""
RETRIED = frozenset((408, 409, 425, 429))
"""The 4xx statuses after which a later try may succeed. All others are final."""


class CaseView(Struct, frozen=True, kw_only=True):
    """A case as receivers of its service get it: without the sender's contact details."""

    service_request_id: str
    version: int
    state: State
    status: Status
    service_code: str
    service_name: str
    title: str | None
    description: str
    requested_datetime: datetime
    work: WorkDetails


class WebhookSender:
    """Sends webhooks to receivers. `public` returns the report as the public may see it, or None
    if it is not public, and `current_case` the case, or None if no other body may know it."""

    def __init__(
        self,
        public: Callable[[str], Any | None],
        current_case: Callable[[str], Case | None],
        http_client: Callable[[], HttpClient],
        now: Callable[[], datetime],
    ) -> None:
        self._public = public
        self._current_case = current_case
        self._http_client = http_client
        self._now = now

    def send(self, delivery: Delivery, destination: Receiver) -> SendResult:
        body = delivery.body.encode() if delivery.body else self._body(delivery, destination)
        message_id = delivery.message_id or delivery.delivery_id
        headers = signed_headers(message_id, body, destination.secret, self._now())
        try:
            reply = self._http_client().post(
                destination.url, body, headers, most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S
            )
        except AddressRefused as error:
            raise DeliveryRefused("address_refused") from error
        return check_accepted(reply)

    def find(self, delivery: Delivery, destination: Receiver) -> None:
        """Always None, so the webhook is sent again: the receiver recognises its id."""

    def _body(self, delivery: Delivery, receiver: Receiver) -> bytes:
        is_of_case = delivery.event in get_args(CaseEvent)
        content = self._case_content(delivery, receiver) if is_of_case else self._content(delivery)
        return msgspec.json.encode(
            {"id": delivery.delivery_id, "occurred_at": delivery.occurred_at, **content}
        )

    def _content(self, delivery: Delivery) -> Mapping[str, Any]:
        report = self._public(delivery.service_request_id)
        event = delivery.event
        if report is None:
            event = "gone"
        elif event == "gone":
            event = "changed"
        return {"kind": f"report.{event}", "report": report or _id_of(delivery)}

    def _case_content(self, delivery: Delivery, receiver: Receiver) -> Mapping[str, Any]:
        case = self._current_case(delivery.service_request_id)
        if case is None or case.service_code not in receiver.case_services:
            return {"kind": "case.gone", "case": _id_of(delivery)}
        kind = "case.changed" if delivery.event == "case.gone" else delivery.event
        view = copy_fields(CaseView, case, status=status_of(case.state))
        return {"kind": kind, "case": view}


def _id_of(delivery: Delivery) -> Mapping[str, str]:
    return {"service_request_id": delivery.service_request_id}


def signed_headers(message_id: str, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers of a webhook, with its signature. `now` is in UTC."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


def check_accepted(reply: Reply) -> SendResult:
    """Check that the status of a response is 2xx.

    Raises: NotNow if a later try may succeed, DeliveryRefused for all other statuses.
    """
    if 200 <= reply.status < 300:
        return SendResult()
    code = f"http_{reply.status}"
    if reply.status >= 500 or reply.status in RETRIED:
        raise NotNow(code, retry_after_s(reply.headers))
    raise DeliveryRefused(code)
