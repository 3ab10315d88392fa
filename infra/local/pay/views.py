"""Payments and refunds as the API shows them."""

from datetime import UTC, datetime
from typing import Any

from infra.local.pay.model import MESSAGES, StoredPayment, StoredRefund

PAYMENTS = "/v1/payments"
PublicView = dict[str, Any]


class Views:
    """`origin` is the address of the API, and `card_page` the beginning of a card page's."""

    def __init__(self, origin: str, card_page: str) -> None:
        self._origin = origin
        self._card_page = card_page

    def payment(self, payment: StoredPayment) -> PublicView:
        """A payment, with the address of its card page until it has ended."""
        links: PublicView = {
            "self": self._link(f"{PAYMENTS}/{payment.payment_id}"),
            "refunds": self._link(f"{PAYMENTS}/{payment.payment_id}/refunds"),
        }
        if not payment.is_ended:
            links["next_url"] = {"href": self._card_page + payment.token, "method": "GET"}
        return {
            "payment_id": payment.payment_id,
            "amount": payment.amount,
            **({"total_amount": payment.amount + payment.surcharge} if payment.surcharge else {}),
            "state": _state(payment),
            "reference": payment.reference,
            "description": payment.description,
            "return_url": payment.return_url,
            "language": payment.language,
            "moto": payment.moto,
            "payment_provider": "sandbox",
            "created_date": moment(payment.created_at),
            "refund_summary": _refund_summary(payment),
            "_links": links,
        }

    def refund(self, payment: StoredPayment, refund: StoredRefund) -> PublicView:
        """A refund of the payment."""
        own = f"{PAYMENTS}/{payment.payment_id}"
        return {
            "refund_id": refund.refund_id,
            "payment_id": payment.payment_id,
            "amount": refund.amount,
            "status": refund.status,
            "created_date": moment(refund.created_at),
            "_links": {
                "self": self._link(f"{own}/refunds/{refund.refund_id}"),
                "payment": self._link(own),
            },
        }

    def refunds(self, payment: StoredPayment) -> PublicView:
        """All refunds of the payment."""
        own = f"{PAYMENTS}/{payment.payment_id}"
        return {
            "payment_id": payment.payment_id,
            "_links": {"self": self._link(f"{own}/refunds"), "payment": self._link(own)},
            "_embedded": {"refunds": [self.refund(payment, each) for each in payment.refunds]},
        }

    def page(self, found: list[PublicView], number: int, size: int, path: str) -> PublicView:
        """A page of what a search found."""
        results = found[(number - 1) * size : number * size]
        links = {"self": self._link(path)}
        if number * size < len(found):
            links["next_page"] = self._link(f"{path}?page={number + 1}")
        return {
            "total": len(found),
            "count": len(results),
            "page": number,
            "results": results,
            "_links": links,
        }

    def _link(self, path: str) -> dict[str, str]:
        return {"href": f"{self._origin}{path}", "method": "GET"}


def moment(at: datetime) -> str:
    """A moment as the API writes it."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def _state(payment: StoredPayment) -> PublicView:
    state: PublicView = {"status": payment.status, "finished": payment.is_ended}
    if payment.code:
        message = MESSAGES[payment.code]
        state |= {"code": payment.code, "message": message, "can_retry": False}
    return state


def _refund_summary(payment: StoredPayment) -> PublicView:
    submitted = sum(each.amount for each in payment.refunds if each.status != "error")
    return {
        "status": _refund_status(payment),
        "amount_available": payment.available,
        "amount_submitted": submitted,
    }


def _refund_status(payment: StoredPayment) -> str:
    if payment.is_settling:
        return "pending"
    if payment.status != "success":
        return "unavailable" if payment.is_ended else "pending"
    return "available" if payment.available else "full"
