"""The Provider port on Stripe: a Checkout Session takes the card, its PaymentIntent is the payment.

Source: Stripe's API reference, version 2025-03-31.basil. ADR 83.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct, field

from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.payments.ledger import entry_id
from chalicelib.payments.model import EXPIRES, PaymentState, RefundState
from chalicelib.payments.notifications import is_signed_by_stripe
from chalicelib.payments.ports import (
    MoneyMovement,
    NewPayment,
    ProviderPayment,
    ProviderRefund,
    RefundRefused,
)
from chalicelib.payments.provider_api import (
    FAILED,
    NOT_BY_CARD,
    ProviderApi,
    account_refused,
    decode_reply,
    require_status,
)
from chalicelib.texts import Text

VERSION = {"Stripe-Version": "2025-03-31.basil"}
SIGNATURE = "stripe-signature"
FORM = {**VERSION, "Content-Type": "application/x-www-form-urlencoded"}
REFERENCE = "reference"
PAGE_SIZE = 100
MOST_PAGES = 1_000
LONGEST_DESCRIPTION = 255
REFUSED = (400, 402, 404)
"""The statuses with which the provider refuses a refund."""
NOT_CANCELLED = (400, 404)
"""The statuses with which the provider does not end a session: it has ended."""
AMOUNT_REFUSED = ("amount_too_small", "amount_too_large")
"""The codes with which the provider refuses an amount."""
REFUND_STATES: Mapping[str, RefundState] = {
    "pending": "submitted",
    "requires_action": "submitted",
    "succeeded": "success",
    "failed": "error",
    "canceled": "error",
}
_NOT_BY_PHONE = Text("A card cannot be taken on the telephone. Record a receipt instead.")

Item = TypeVar("Item")


class _Intent(Struct):
    id: str
    amount: int
    status: str
    created: int
    metadata: dict[str, str] = {}


class _Session(Struct):
    id: str
    amount_total: int
    status: str
    payment_status: str
    created: int
    client_reference_id: str | None = None
    url: str | None = None
    payment_intent: _Intent | None = None


class _Refund(Struct):
    id: str
    amount: int
    status: str
    created: int


class _RefundWithPayment(_Refund):
    payment_intent: _Intent | None = None


class _Error(Struct):
    code: str = ""


class _ErrorReply(Struct):
    error: _Error


class _Page(Struct, Generic[Item]):
    data: list[Item]
    has_more: bool = False


class _EventObject(Struct):
    client_reference_id: str | None = None
    metadata: dict[str, str] = {}


class _EventData(Struct):
    about: _EventObject = field(name="object")


class _Event(Struct):
    data: _EventData


class Stripe(Struct, frozen=True):
    """`return_url` is the page that the payer comes back to, `signing_secret` that of the
    notifications."""

    api: ProviderApi
    return_url: Callable[[NewPayment], str]
    signing_secret: Callable[[], str]
    now: Callable[[], datetime]

    def create(self, new: NewPayment) -> ProviderPayment:
        if new.is_by_phone:
            self.require_phone()
        reply = self.api.post("/v1/checkout/sessions", _form(self._session_fields(new)), FORM)
        if reply.status == 400:
            raise Conflict(NOT_BY_CARD) if _is_about_amount(reply.body) else account_refused()
        return _payment(decode_reply(reply, (200,), _Session))

    def get(self, provider_id: str) -> ProviderPayment:
        asked = urlencode({"expand[]": "payment_intent"})
        reply = self.api.get(f"/v1/checkout/sessions/{provider_id}?{asked}", VERSION)
        found = decode_reply(reply, (200,), _Session)
        if found.payment_intent is None or _state(found) != "success":
            return _payment(found)
        # After the payment, so that the list has every refund that was made before.
        query = {"payment_intent": found.payment_intent.id}
        return _payment(
            found, tuple(map(_refund, self._list_all("refunds", query, _Page[_Refund])))
        )

    def require_phone(self) -> None:
        raise Conflict(_NOT_BY_PHONE)

    def cancel(self, provider_id: str) -> None:
        reply = self.api.post(f"/v1/checkout/sessions/{provider_id}/expire", b"", FORM)
        require_status(reply, (200, *NOT_CANCELLED))

    def refund(self, paid: ProviderPayment, amount_pence: int, refund_id: str) -> ProviderRefund:
        body = {"payment_intent": paid.money_id, "amount": f"{amount_pence}"}
        reply = self.api.post("/v1/refunds", _form(body), {**FORM, "Idempotency-Key": refund_id})
        if reply.status in REFUSED:
            raise RefundRefused
        return _refund(decode_reply(reply, (200,), _Refund))

    def notified_reference(self, headers: Mapping[str, str], body: bytes) -> str | None:
        signature, secret = headers.get(SIGNATURE, ""), self.signing_secret()
        if not is_signed_by_stripe(body, signature, secret, self.now()):
            return None
        try:
            about = msgspec.json.decode(body, type=_Event).data.about
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        return about.client_reference_id or about.metadata.get(REFERENCE, "")

    def list_movements(self, since: datetime, until: datetime) -> Sequence[MoneyMovement]:
        query = {"created[gte]": _seconds(since), "created[lt]": _seconds(until)}
        intents = self._list_all("payment_intents", query, _Page[_Intent])
        expanded = query | {"expand[]": "data.payment_intent"}
        refunds = self._list_all("refunds", expanded, _Page[_RefundWithPayment])
        return [
            *(_payment_movement(each) for each in intents if each.status == "succeeded"),
            *(_refund_movement(each) for each in refunds if each.status == "succeeded"),
        ]

    def _session_fields(self, new: NewPayment) -> Mapping[str, str]:
        back = self.return_url(new)
        price = "line_items[0][price_data]"
        return {
            "mode": "payment",
            "payment_method_types[0]": "card",
            "line_items[0][quantity]": "1",
            f"{price}[currency]": "gbp",
            f"{price}[unit_amount]": f"{new.amount_pence}",
            f"{price}[product_data][name]": new.description[:LONGEST_DESCRIPTION],
            "client_reference_id": new.reference,
            f"payment_intent_data[metadata][{REFERENCE}]": new.reference,
            "success_url": back,
            "cancel_url": back,
            "expires_at": _seconds(self.now() + EXPIRES),
            "locale": "en-GB",
            "expand[]": "payment_intent",
        }

    def _list_all(
        self, what: str, query: Mapping[str, str], kind: type[_Page[Item]]
    ) -> Iterator[Item]:
        """All items of a list, page by page."""
        asked = {**query, "limit": f"{PAGE_SIZE}"}
        for _ in range(MOST_PAGES):
            page = decode_reply(
                self.api.get(f"/v1/{what}?{urlencode(asked)}", VERSION), (200,), kind
            )
            yield from page.data
            if not page.has_more:
                return
            asked["starting_after"] = page.data[-1].id  # type: ignore[attr-defined]
        raise UpstreamFailed(FAILED)


def _is_about_amount(body: bytes) -> bool:
    """True if the provider refuses the amount. We send nothing else of the payer's, so all other
    refusals are about the account."""
    try:
        return msgspec.json.decode(body, type=_ErrorReply).error.code in AMOUNT_REFUSED
    except msgspec.DecodeError:
        return False


def _form(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields).encode()


def _seconds(at: datetime) -> str:
    return f"{int(at.timestamp())}"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _state(found: _Session) -> PaymentState:
    """The state of a payment. A session stays open until it is paid, also after a card was
    declined."""
    match found.status, found.payment_status:
        case "open", _:
            return "created"
        case "expired", _:
            return "failed"
        case "complete", "paid":
            return "success"
        case _:
            return "submitted"


def _payment(found: _Session, refunds: tuple[ProviderRefund, ...] = ()) -> ProviderPayment:
    state, intent = _state(found), found.payment_intent
    refunded = sum(each.amount_pence for each in refunds if each.state != "error")
    return ProviderPayment(
        provider_id=found.id,
        money_id=intent.id if intent else found.id,
        reference=found.client_reference_id or "",
        amount_pence=found.amount_total,
        state=state,
        created_at=_moment(intent.created if intent else found.created),
        failure="expired" if state == "failed" else None,
        next_url=found.url if state == "created" else None,
        refundable_pence=found.amount_total - refunded if state == "success" else 0,
        refunds=refunds,
    )


def _refund(found: _Refund) -> ProviderRefund:
    return ProviderRefund(
        provider_id=found.id,
        amount_pence=found.amount,
        state=REFUND_STATES.get(found.status, "submitted"),
        created_at=_moment(found.created),
    )


def _payment_movement(found: _Intent) -> MoneyMovement:
    return MoneyMovement(
        entry_id=entry_id("payment", found.id),
        amount_pence=found.amount,
        reference=found.metadata.get(REFERENCE, ""),
    )


def _refund_movement(found: _RefundWithPayment) -> MoneyMovement:
    paid = found.payment_intent
    return MoneyMovement(
        entry_id=entry_id("refund", found.id),
        amount_pence=-found.amount,
        reference=paid.metadata.get(REFERENCE, "") if paid else "",
    )
