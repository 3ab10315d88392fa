"""The Provider port on GOV.UK Pay.

Source: GOV.UK Pay's API reference and its OpenAPI file, version 1.0.3.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.payments.ledger import entry_id
from chalicelib.payments.model import Failure, PaymentState, RefundState
from chalicelib.payments.notifications import is_signed_by_govuk_pay
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

SIGNATURE = "pay-signature"
ACCEPT = {"Accept": "application/json"}
JSON = {**ACCEPT, "Content-Type": "application/json"}
PAGE_SIZE = 500
MOST_PAGES = 200
LONGEST_DESCRIPTION = 255
LANGUAGES = ("en", "cy")
"""The languages of the card page. Others get English."""
ACCOUNT_NOT_SET_UP = "P0199"
REFUSED = (400, 404, 409, 412, 422)
"""The statuses with which the provider refuses a refund."""
NOT_CANCELLED = (400, 404, 409)
"""The statuses with which the provider does not cancel a payment: it has ended, or its money is
being taken."""
FAILURES: Mapping[str, Failure] = {"P0010": "declined", "P0020": "expired", "P0030": "cancelled"}


Item = TypeVar("Item")


class _State(Struct):
    status: PaymentState
    code: str | None = None


class _Link(Struct):
    href: str


class _Links(Struct):
    next_url: _Link | None = None


class _RefundSummary(Struct):
    status: str = ""
    amount_available: int = 0


class _Payment(Struct):
    payment_id: str
    amount: int
    state: _State
    created_date: datetime
    reference: str = ""
    total_amount: int | None = None
    links: _Links = msgspec.field(name="_links", default_factory=_Links)
    refund_summary: _RefundSummary = msgspec.field(default_factory=_RefundSummary)


class _Refund(Struct):
    refund_id: str
    amount: int
    status: RefundState
    created_date: datetime
    payment_id: str = ""


class _NextPage(Struct):
    next_page: _Link | None = None


class _Page(Struct, Generic[Item]):
    results: list[Item]
    links: _NextPage = msgspec.field(name="_links", default_factory=_NextPage)


class _EmbeddedRefunds(Struct):
    refunds: list[_Refund]


class _Refunds(Struct):
    embedded: _EmbeddedRefunds = msgspec.field(name="_embedded")


class _Resource(Struct):
    reference: str = ""


class _Error(Struct):
    code: str = ""


class _Notification(Struct):
    resource: _Resource


class GovUkPay(Struct, frozen=True):
    """`return_url` is the page that the payer comes back to, `signing_secret` that of the
    notifications."""

    api: ProviderApi
    return_url: Callable[[NewPayment], str]
    signing_secret: Callable[[], str]

    def create(self, new: NewPayment) -> ProviderPayment:
        body: dict[str, Any] = {
            "amount": new.amount_pence,
            "reference": new.reference,
            "description": new.description[:LONGEST_DESCRIPTION],
            "return_url": self.return_url(new),
            "language": new.language if new.language in LANGUAGES else "en",
        }
        if new.is_by_phone:
            body["moto"] = True
        reply = self.api.post("/v1/payments", msgspec.json.encode(body), JSON)
        if reply.status in (400, 422):
            if _code(reply.body) == ACCOUNT_NOT_SET_UP:
                raise account_refused()
            raise Conflict(NOT_BY_CARD)
        return _payment(decode_reply(reply, (201,), _Payment))

    def get(self, provider_id: str) -> ProviderPayment:
        path = f"/v1/payments/{provider_id}"
        found = decode_reply(self.api.get(path, ACCEPT), (200,), _Payment)
        if found.state.status != "success":
            return _payment(found)
        # After the payment, so that the list has every refund that the payment counts.
        listed = decode_reply(self.api.get(f"{path}/refunds", ACCEPT), (200,), _Refunds)
        return _payment(found, tuple(_refund(each) for each in listed.embedded.refunds))

    def require_phone(self) -> None:
        """GOV.UK Pay takes cards on the telephone."""

    def cancel(self, provider_id: str) -> None:
        reply = self.api.post(f"/v1/payments/{provider_id}/cancel", b"", JSON)
        require_status(reply, (204, *NOT_CANCELLED))

    def refund(self, paid: ProviderPayment, amount_pence: int, refund_id: str) -> ProviderRefund:
        body = {"amount": amount_pence, "refund_amount_available": paid.refundable_pence}
        path = f"/v1/payments/{paid.provider_id}/refunds"
        reply = self.api.post(path, msgspec.json.encode(body), JSON)
        if reply.status in REFUSED:
            if _code(reply.body) == ACCOUNT_NOT_SET_UP:
                raise account_refused()
            raise RefundRefused
        return _refund(decode_reply(reply, (200, 202), _Refund))

    def notified_reference(self, headers: Mapping[str, str], body: bytes) -> str | None:
        if not is_signed_by_govuk_pay(body, headers.get(SIGNATURE, ""), self.signing_secret()):
            return None
        try:
            return msgspec.json.decode(body, type=_Notification).resource.reference
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""

    def list_movements(self, since: datetime, until: datetime) -> Sequence[MoneyMovement]:
        payments = self._search("payments", since, until, _FoundPayments)
        refunds = self._search("refunds", since, until, _FoundRefunds)
        references: dict[str, str] = {}
        for each in refunds:
            if each.status == "success" and each.payment_id not in references:
                references[each.payment_id] = self._reference(each.payment_id)
        return [
            *(
                movement
                for each in payments
                if each.state.status == "success"
                for movement in _payment_movements(each)
            ),
            *(
                _refund_movement(each, references[each.payment_id])
                for each in refunds
                if each.status == "success"
            ),
        ]

    def _search(
        self, what: str, since: datetime, until: datetime, kind: type["_Page[Item]"]
    ) -> Sequence[Item]:
        """All pages of a search."""
        found: list[Item] = []
        for number in range(1, MOST_PAGES + 1):
            query = {"from_date": _moment(since), "to_date": _moment(until)}
            asked = urlencode(query | {"page": number, "display_size": PAGE_SIZE})
            page = decode_reply(self.api.get(f"/v1/{what}?{asked}", ACCEPT), (200,), kind)
            found += page.results
            if page.links.next_page is None:
                return found
        raise UpstreamFailed(FAILED)

    def _reference(self, provider_id: str) -> str:
        return decode_reply(
            self.api.get(f"/v1/payments/{provider_id}", ACCEPT), (200,), _Payment
        ).reference


_FoundPayments = _Page[_Payment]
_FoundRefunds = _Page[_Refund]


def _code(body: bytes) -> str:
    """The code of an error's reply; empty if it has none."""
    try:
        return msgspec.json.decode(body, type=_Error).code
    except msgspec.DecodeError:
        return ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _payment(found: _Payment, refunds: tuple[ProviderRefund, ...] = ()) -> ProviderPayment:
    next_url = found.links.next_url
    return ProviderPayment(
        provider_id=found.payment_id,
        money_id=found.payment_id,
        reference=found.reference,
        amount_pence=found.amount,
        state=found.state.status,
        created_at=found.created_date,
        failure=FAILURES.get(found.state.code or ""),
        next_url=next_url.href if next_url else None,
        refundable_pence=found.refund_summary.amount_available,
        is_settling=found.state.status == "success" and found.refund_summary.status == "pending",
        surcharge_pence=_surcharge_pence(found),
        refunds=refunds,
    )


def _surcharge_pence(found: _Payment) -> int:
    return max(0, (found.total_amount or 0) - found.amount)


def _payment_movements(found: _Payment) -> Iterator[MoneyMovement]:
    """The payment, and the surcharge of a corporate card."""
    income = MoneyMovement(
        entry_id=entry_id("payment", found.payment_id),
        amount_pence=found.amount,
        reference=found.reference,
    )
    yield income
    if surcharge := _surcharge_pence(found):
        taken = entry_id("surcharge", found.payment_id)
        yield replace(income, entry_id=taken, amount_pence=surcharge)


def _refund_movement(found: _Refund, reference: str) -> MoneyMovement:
    return MoneyMovement(
        entry_id=entry_id("refund", found.refund_id),
        amount_pence=-found.amount,
        reference=reference,
    )


def _refund(found: _Refund) -> ProviderRefund:
    return ProviderRefund(
        provider_id=found.refund_id,
        amount_pence=found.amount,
        state=found.status,
        created_at=found.created_date,
    )
