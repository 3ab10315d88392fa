"""A stand-in for GOV.UK Pay: its API for payments and refunds, and what a payer does at its pages.

It keeps payments in memory. A payment ends 90 minutes after it was created unless somebody pays it,
and a refund must name the amount that is available.

Source: GOV.UK Pay's API reference, "Testing your integration" for the card numbers, and "Error
codes".
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from secrets import token_hex
from typing import Any, NamedTuple

from msgspec import Struct, field

EXPIRES = timedelta(minutes=90)
PAYMENTS = "/v1/payments"
ENDS = ("success", "failed", "cancelled", "error")
SMALLEST_PENCE = 30
LARGEST_PENCE = 10_000_000
OUTCOMES: Mapping[str, tuple[str, str | None]] = {
    "4444333322221111": ("success", None),
    "4242424242424242": ("success", None),
    "4000000000000002": ("failed", "P0010"),
    "4000000000000127": ("failed", "P0010"),
    "4000000000000069": ("failed", "P0010"),
    "4000000000000119": ("error", "P0050"),
}
"""The state of a payment after each card number of the documentation, and its code."""
MESSAGES = {
    "P0010": "Payment method rejected",
    "P0020": "Payment expired",
    "P0030": "Payment was cancelled by the user",
    "P0050": "Payment provider returned an error",
}


class Answer(NamedTuple):
    """A response; `body` is JSON."""

    status: int
    body: Mapping[str, Any]


class Refused(Exception):
    """The request breaks a rule of the API."""

    def __init__(self, status: int, code: str, description: str, field: str | None = None) -> None:
        super().__init__(description)
        body = {"code": code, "description": description} | ({"field": field} if field else {})
        self.answer = Answer(status, body)


class StoredRefund(Struct, kw_only=True):
    """A refund; `status` is submitted, success or error."""

    refund_id: str
    amount: int
    created_at: datetime
    status: str = "submitted"


class StoredPayment(Struct, kw_only=True):
    """A payment. `token` opens its card page."""

    payment_id: str
    token: str
    amount: int
    reference: str
    description: str
    return_url: str
    language: str
    created_at: datetime
    status: str = "created"
    code: str | None = None
    refunds: list[StoredRefund] = field(default_factory=list)

    @property
    def available(self) -> int:
        """The pence that can still be refunded."""
        if self.status != "success":
            return 0
        return self.amount - sum(each.amount for each in self.refunds if each.status != "error")


class PayService:
    """The stand-in. `origin` is its address; `card_page` makes the address of a card page from its
    token."""

    def __init__(
        self,
        origin: str,
        api_key: str,
        card_page: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self.payments: dict[str, StoredPayment] = {}
        self._origin = origin
        self._api_key = api_key
        self._card_page = card_page
        self._now = now

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers a request to the API; the headers' names are in lower case."""
        if headers.get("authorization") != f"Bearer {self._api_key}":
            return Answer(HTTPStatus.UNAUTHORIZED, {})
        try:
            return self._route(method, path.removeprefix(PAYMENTS).split("/")[1:], body)
        except Refused as error:
            return error.answer

    def _route(self, method: str, parts: list[str], body: bytes) -> Answer:
        match method, parts:
            case "POST", []:
                return self._created(_read(body))
            case "GET", [payment_id]:
                return Answer(HTTPStatus.OK, self._shown(self._found(payment_id)))
            case "GET", [payment_id, "refunds"]:
                return Answer(HTTPStatus.OK, self._refunds(self._found(payment_id)))
            case "POST", [payment_id, "refunds"]:
                return self._refunded(self._found(payment_id), _read(body))
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, "P0200", "Not found")

    def pay(self, token: str, card_number: str) -> str:
        """The payer enters a card. Returns: where the browser goes then."""
        payment = self._opened(token)
        if payment.status not in ENDS:
            payment.status, payment.code = OUTCOMES.get(card_number, ("failed", "P0010"))
        return payment.return_url

    def cancel(self, token: str) -> str:
        """The payer cancels. Returns: where the browser goes then."""
        payment = self._opened(token)
        if payment.status not in ENDS:
            payment.status, payment.code = "failed", "P0030"
        return payment.return_url

    def open(self, token: str) -> StoredPayment:
        """The payer opens the card page. Raises KeyError."""
        payment = self._opened(token)
        if payment.status == "created":
            payment.status = "started"
        return payment

    def settle_refunds(self) -> None:
        """All submitted refunds reach the payers."""
        for payment in self.payments.values():
            for refund in payment.refunds:
                refund.status = "success" if refund.status == "submitted" else refund.status

    def _opened(self, token: str) -> StoredPayment:
        by_token = {each.token: each.payment_id for each in self.payments.values()}
        return self._found(by_token[token])

    def _found(self, payment_id: str) -> StoredPayment:
        payment = self.payments.get(payment_id)
        if payment is None:
            raise Refused(HTTPStatus.NOT_FOUND, "P0200", "Not found")
        if payment.status not in ENDS and payment.created_at + EXPIRES <= self._now():
            payment.status, payment.code = "failed", "P0020"
        return payment

    def _created(self, sent: Mapping[str, Any]) -> Answer:
        for name in ("amount", "reference", "description", "return_url"):
            if name not in sent:
                missing = f"Missing mandatory attribute: {name}"
                raise Refused(HTTPStatus.BAD_REQUEST, "P0101", missing, name)
        if not SMALLEST_PENCE <= sent["amount"] <= LARGEST_PENCE:
            limits = f"Must be between {SMALLEST_PENCE} and {LARGEST_PENCE}"
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "P0102", limits, "amount")
        payment = StoredPayment(
            payment_id=token_hex(13),
            token=token_hex(16),
            amount=sent["amount"],
            reference=sent["reference"],
            description=sent["description"],
            return_url=sent["return_url"],
            language=sent.get("language", "en"),
            created_at=self._now(),
        )
        self.payments[payment.payment_id] = payment
        return Answer(HTTPStatus.CREATED, self._shown(payment))

    def _refunded(self, payment: StoredPayment, sent: Mapping[str, Any]) -> Answer:
        if sent.get("refund_amount_available") != payment.available:
            differs = "The value of refund_amount_available does not match"
            raise Refused(HTTPStatus.PRECONDITION_FAILED, "P0604", differs)
        if not 0 < sent["amount"] <= payment.available:
            raise Refused(HTTPStatus.BAD_REQUEST, "P0603", "The refund is too large", "amount")
        refund = StoredRefund(
            refund_id=token_hex(13), amount=sent["amount"], created_at=self._now()
        )
        payment.refunds.append(refund)
        return Answer(HTTPStatus.ACCEPTED, self._refund(payment, refund))

    def _shown(self, payment: StoredPayment) -> dict[str, Any]:
        is_ended = payment.status in ENDS
        submitted = sum(each.amount for each in payment.refunds if each.status != "error")
        state: dict[str, Any] = {"status": payment.status, "finished": is_ended}
        if payment.code:
            state |= {"code": payment.code, "message": MESSAGES[payment.code], "can_retry": False}
        links: dict[str, Any] = {"self": self._link(payment.payment_id)}
        if not is_ended:
            links["next_url"] = {"href": self._card_page(payment.token), "method": "GET"}
        return {
            "payment_id": payment.payment_id,
            "amount": payment.amount,
            "state": state,
            "reference": payment.reference,
            "description": payment.description,
            "return_url": payment.return_url,
            "language": payment.language,
            "payment_provider": "sandbox",
            "created_date": _moment(payment.created_at),
            "refund_summary": {
                "status": _refund_status(payment),
                "amount_available": payment.available,
                "amount_submitted": submitted,
            },
            "_links": links,
        }

    def _refunds(self, payment: StoredPayment) -> dict[str, Any]:
        return {
            "payment_id": payment.payment_id,
            "_links": {
                "self": self._link(f"{payment.payment_id}/refunds"),
                "payment": self._link(payment.payment_id),
            },
            "_embedded": {"refunds": [self._refund(payment, each) for each in payment.refunds]},
        }

    def _refund(self, payment: StoredPayment, refund: StoredRefund) -> dict[str, Any]:
        return {
            "refund_id": refund.refund_id,
            "amount": refund.amount,
            "status": refund.status,
            "created_date": _moment(refund.created_at),
            "_links": {
                "self": self._link(f"{payment.payment_id}/refunds/{refund.refund_id}"),
                "payment": self._link(payment.payment_id),
            },
        }

    def _link(self, rest: str) -> dict[str, str]:
        return {"href": f"{self._origin}{PAYMENTS}/{rest}", "method": "GET"}


def _refund_status(payment: StoredPayment) -> str:
    if payment.status != "success":
        return "unavailable" if payment.status in ENDS else "pending"
    return "available" if payment.available else "full"


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        sent: Mapping[str, Any] = json.loads(body)
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "P0100", "Cannot read the body") from error
    return sent


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
