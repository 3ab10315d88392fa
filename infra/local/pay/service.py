"""The stand-in's API for payments and refunds, and what a payer does at its pages.

It keeps payments in memory. A payment ends 90 minutes after it was created unless somebody pays it,
and a refund must name the amount that is available.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from infra.local.pay.model import BEING_TAKEN, EXPIRES, OUTCOMES, StoredPayment, StoredRefund
from infra.local.pay.views import Views

SMALLEST_PENCE = 30
LARGEST_PENCE = 10_000_000
Event = Callable[[str, StoredPayment], None]
"""Hears the name of an event, such as card_payment_succeeded, and its payment."""


class Answer(NamedTuple):
    """A response; `body` is JSON."""

    status: int
    body: Mapping[str, Any]


class RefusedRequest(Exception):
    """The request breaks a rule of the API."""

    def __init__(self, status: int, code: str, description: str, field: str | None = None) -> None:
        super().__init__(description)
        body = {"code": code, "description": description} | ({"field": field} if field else {})
        self.answer = Answer(status, body)


class PayService:
    """The stand-in. `origin` is its address, `card_page` the beginning of a card page's; `tell`
    hears what happens to payments. While `has_pending_refunds`, what is paid does not settle, so
    that its refunds are pending; `surcharge` pence are taken on top of each payment."""

    def __init__(
        self,
        origin: str,
        api_key: Callable[[], str],
        card_page: str,
        now: Callable[[], datetime],
        tell: Event = lambda _event, _payment: None,
    ) -> None:
        self.payments: dict[str, StoredPayment] = {}
        self.views = Views(origin, card_page)
        self.has_pending_refunds = False
        self.surcharge = 0
        self._api_key = api_key
        self._now = now
        self._tell = tell

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers a request to the API; the headers' names are in lower case."""
        if headers.get("authorization") != f"Bearer {self._api_key()}":
            return Answer(HTTPStatus.UNAUTHORIZED, {})
        asked = urlsplit(path)
        try:
            return self._route(
                method, asked.path.split("/")[2:], dict(parse_qsl(asked.query)), body
            )
        except RefusedRequest as error:
            return error.answer

    def _route(
        self, method: str, parts: list[str], query: Mapping[str, str], body: bytes
    ) -> Answer:
        match method, parts:
            case "POST", ["payments"]:
                return self._create_payment(_read(body))
            case "GET", ["payments" | "refunds" as what]:
                return self._search(what, query)
            case "GET", ["payments", payment_id]:
                return Answer(HTTPStatus.OK, self.views.payment(self.get_payment(payment_id)))
            case "GET", ["payments", payment_id, "refunds"]:
                return Answer(HTTPStatus.OK, self.views.refunds(self.get_payment(payment_id)))
            case "POST", ["payments", payment_id, "cancel"]:
                return self._cancel_payment(self.get_payment(payment_id))
            case "POST", ["payments", payment_id, "refunds"]:
                return self._refund_payment(self.get_payment(payment_id), _read(body))
            case _:
                raise RefusedRequest(HTTPStatus.NOT_FOUND, "P0200", "Not found")

    def enter_card(self, token: str, card_number: str) -> StoredPayment:
        """The payer enters a card, which is not charged yet. Raises KeyError."""
        payment = self.of_token(token)
        payment.outcome = OUTCOMES.get(card_number, ("failed", "P0010"))
        return payment

    def confirm(self, token: str) -> StoredPayment:
        """The payer confirms the payment. Raises KeyError."""
        payment = self.of_token(token)
        if payment.outcome and not payment.is_ended:
            payment.end(*payment.outcome)
            is_paid = payment.status == "success"
            if is_paid:
                payment.is_settling = self.has_pending_refunds
                payment.surcharge = self.surcharge or payment.surcharge
            self._tell("card_payment_succeeded" if is_paid else "card_payment_failed", payment)
        return payment

    def pay(self, token: str, card_number: str) -> str:
        """The payer enters a card and confirms. Returns: where the browser goes then."""
        self.enter_card(token, card_number)
        return self.confirm(token).return_url

    def cancel(self, token: str) -> str:
        """The payer cancels. Returns: where the browser goes then."""
        payment = self.of_token(token)
        if not payment.is_ended:
            payment.end("failed", "P0030")
            self._tell("card_payment_failed", payment)
        return payment.return_url

    def open(self, token: str) -> StoredPayment:
        """The payer opens the card page. Raises KeyError."""
        payment = self.of_token(token)
        if payment.status == "created":
            payment.status = "started"
        return payment

    def settle_payments(self) -> None:
        """All payments settle: they can be refunded."""
        for payment in self.payments.values():
            payment.is_settling = False

    def settle_refunds(self) -> None:
        """All submitted refunds reach the payers."""
        for payment in self.payments.values():
            for refund in payment.refunds:
                if refund.status == "submitted":
                    refund.status = "success"
                    self._tell("card_payment_refunded", payment)

    def expire(self) -> None:
        """Ends all payments that are not finished."""
        for payment in self.payments.values():
            payment.end("failed", "P0020")

    def has_page(self, token: str) -> bool:
        """True if a payment has the card page of that token."""
        return any(each.token == token for each in self.payments.values())

    def of_token(self, token: str) -> StoredPayment:
        """The payment of a card page. Raises KeyError."""
        by_token = {each.token: each.payment_id for each in self.payments.values()}
        return self.get_payment(by_token[token])

    def get_payment(self, payment_id: str) -> StoredPayment:
        """The payment as it is now. Raises RefusedRequest."""
        payment = self.payments.get(payment_id)
        if payment is None:
            raise RefusedRequest(HTTPStatus.NOT_FOUND, "P0200", "Not found")
        if payment.created_at + EXPIRES <= self._now():
            payment.end("failed", "P0020")
        return payment

    def _create_payment(self, sent: Mapping[str, Any]) -> Answer:
        _check_new(sent)
        payment = StoredPayment(
            payment_id=token_hex(13),
            token=token_hex(16),
            amount=sent["amount"],
            reference=sent["reference"],
            description=sent["description"],
            return_url=sent["return_url"],
            language=sent.get("language", "en"),
            moto=sent.get("moto", False),
            created_at=self._now(),
        )
        self.payments[payment.payment_id] = payment
        return Answer(HTTPStatus.CREATED, self.views.payment(payment))

    def _cancel_payment(self, payment: StoredPayment) -> Answer:
        if payment.is_ended:
            failed = "Cancellation of payment failed"
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, "P0501", failed)
        if payment.status in BEING_TAKEN:
            busy = "Cancel charge error - conflict"
            raise RefusedRequest(HTTPStatus.CONFLICT, "P0502", busy)
        payment.end("cancelled", "P0040")
        return Answer(HTTPStatus.NO_CONTENT, {})

    def _refund_payment(self, payment: StoredPayment, sent: Mapping[str, Any]) -> Answer:
        if sent.get("refund_amount_available") != payment.available:
            differs = "The value of refund_amount_available does not match"
            raise RefusedRequest(HTTPStatus.PRECONDITION_FAILED, "P0604", differs)
        if payment.is_settling or not 0 < sent["amount"] <= payment.available:
            raise RefusedRequest(
                HTTPStatus.BAD_REQUEST, "P0603", "The refund is too large", "amount"
            )
        refund = StoredRefund(
            refund_id=token_hex(13), amount=sent["amount"], created_at=self._now()
        )
        payment.refunds.append(refund)
        return Answer(HTTPStatus.ACCEPTED, self.views.refund(payment, refund))

    def _search(self, what: str, query: Mapping[str, str]) -> Answer:
        since, until = (
            datetime.fromisoformat(query[name]) if name in query else None
            for name in ("from_date", "to_date")
        )

        def is_asked_for(at: datetime) -> bool:
            return (since is None or since <= at) and (until is None or at < until)

        known = [self.get_payment(each) for each in self.payments]
        if what == "payments":
            found = [self.views.payment(each) for each in known if is_asked_for(each.created_at)]
        else:
            found = [
                self.views.refund(payment, each)
                for payment in known
                for each in payment.refunds
                if is_asked_for(each.created_at)
            ]
        number, size = int(query.get("page", 1)), int(query.get("display_size", 500))
        return Answer(HTTPStatus.OK, self.views.page(found, number, size, f"/v1/{what}"))


def _check_new(sent: Mapping[str, Any]) -> None:
    """Raises RefusedRequest for a new payment that breaks a rule."""
    for name in ("amount", "reference", "description", "return_url"):
        if name not in sent:
            missing = f"Missing mandatory attribute: {name}"
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, "P0101", missing, name)
    if not SMALLEST_PENCE <= sent["amount"] <= LARGEST_PENCE:
        limits = f"Must be between {SMALLEST_PENCE} and {LARGEST_PENCE}"
        raise RefusedRequest(HTTPStatus.UNPROCESSABLE_ENTITY, "P0102", limits, "amount")


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        sent: Mapping[str, Any] = json.loads(body)
    except ValueError as error:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "P0100", "Cannot read the body") from error
    return sent
