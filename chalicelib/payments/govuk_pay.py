"""The Provider port on GOV.UK Pay.

Source: GOV.UK Pay's API reference and its OpenAPI file, version 1.0.3.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from chalicelib.errors import Conflict, NoReply, UpstreamFailed
from chalicelib.net.http_client import HttpClient
from chalicelib.net.reply import Reply
from chalicelib.payments.ledger import entry_id
from chalicelib.payments.model import PaymentState, RefundState
from chalicelib.payments.ports import (
    NewPayment,
    ProviderPayment,
    ProviderRefund,
    RefundRefused,
    Taken,
)
from chalicelib.texts import Text

TIMEOUT_S = 10
MOST_BYTES = 2_000_000
PAGE_SIZE = 500
MOST_PAGES = 200
LONGEST_DESCRIPTION = 255
LANGUAGES = ("en", "cy")
"""The languages of the card page. Others get English."""
_NOT_BY_CARD = Text("We cannot take this amount by card. Contact us to pay in another way.")
_FAILED = Text("The payment provider did not answer. Try again in a few minutes.")


T = TypeVar("T")
Found = TypeVar("Found")


class _State(Struct):
    status: PaymentState
    code: str | None = None


class _Link(Struct):
    href: str


class _Links(Struct):
    next_url: _Link | None = None


class _RefundSummary(Struct):
    amount_available: int = 0


class _Payment(Struct):
    payment_id: str
    amount: int
    state: _State
    created_date: datetime
    reference: str = ""
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


class _Page(Struct, Generic[Found]):
    results: list[Found]
    links: _NextPage = msgspec.field(name="_links", default_factory=_NextPage)


class _EmbeddedRefunds(Struct):
    refunds: list[_Refund]


class _Refunds(Struct):
    embedded: _EmbeddedRefunds = msgspec.field(name="_embedded")


class GovUkPay(Struct, frozen=True):
    """`url` is the origin of the API, `api_key` the council's key, `return_url` the page that the
    payer comes back to."""

    client: Callable[[], HttpClient]
    url: str
    api_key: Callable[[], str]
    return_url: Callable[[str], str]

    def create(self, new: NewPayment) -> ProviderPayment:
        body: dict[str, Any] = {
            "amount": new.amount_pence,
            "reference": new.reference,
            "description": new.description[:LONGEST_DESCRIPTION],
            "return_url": self.return_url(new.payment_id),
            "language": new.language if new.language in LANGUAGES else "en",
        }
        if new.is_by_phone:
            body["moto"] = True
        reply = self._post("/v1/payments", body)
        if reply.status in (400, 422):
            raise Conflict(_NOT_BY_CARD)
        return _payment(_decoded(reply, (201,), _Payment))

    def get(self, provider_id: str) -> ProviderPayment:
        path = f"/v1/payments/{provider_id}"
        found = _decoded(self._get(path), (200,), _Payment)
        if found.state.status != "success":
            return _payment(found)
        # After the payment, so that the list has every refund that the payment counts.
        listed = _decoded(self._get(f"{path}/refunds"), (200,), _Refunds)
        return _payment(found, tuple(_refund(each) for each in listed.embedded.refunds))

    def refund(
        self, provider_id: str, amount_pence: int, *, available_pence: int
    ) -> ProviderRefund:
        body = {"amount": amount_pence, "refund_amount_available": available_pence}
        reply = self._post(f"/v1/payments/{provider_id}/refunds", body)
        if reply.status == 412:
            raise RefundRefused
        return _refund(_decoded(reply, (200, 202), _Refund))

    def taken(self, since: datetime, until: datetime) -> Sequence[Taken]:
        payments = self._search("payments", since, until, _FoundPayments)
        refunds = self._search("refunds", since, until, _FoundRefunds)
        references: dict[str, str] = {}
        for each in refunds:
            if each.status == "success" and each.payment_id not in references:
                references[each.payment_id] = self._reference(each.payment_id)
        return [
            *(_taken_payment(each) for each in payments if each.state.status == "success"),
            *(
                _taken_refund(each, references[each.payment_id])
                for each in refunds
                if each.status == "success"
            ),
        ]

    def _search(
        self, what: str, since: datetime, until: datetime, kind: type["_Page[Found]"]
    ) -> Sequence[Found]:
        """All pages of a search."""
        found: list[Found] = []
        for number in range(1, MOST_PAGES + 1):
            query = {"from_date": _moment(since), "to_date": _moment(until)}
            asked = urlencode(query | {"page": number, "display_size": PAGE_SIZE})
            page = _decoded(self._get(f"/v1/{what}?{asked}"), (200,), kind)
            found += page.results
            if page.links.next_page is None:
                return found
        raise UpstreamFailed(_FAILED)

    def _reference(self, provider_id: str) -> str:
        return _decoded(self._get(f"/v1/payments/{provider_id}"), (200,), _Payment).reference

    def _get(self, path: str) -> Reply:
        return self.client().get(
            self.url + path, self._headers(), most_bytes=MOST_BYTES, timeout_s=TIMEOUT_S
        )

    def _post(self, path: str, body: Mapping[str, Any]) -> Reply:
        reply = self.client().post(
            self.url + path,
            msgspec.json.encode(body),
            {**self._headers(), "Content-Type": "application/json"},
            most_bytes=MOST_BYTES,
            timeout_s=TIMEOUT_S,
        )
        if reply.status >= 500:
            raise NoReply(_FAILED)
        return reply

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key()}", "Accept": "application/json"}


_FoundPayments = _Page[_Payment]
_FoundRefunds = _Page[_Refund]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _decoded(reply: Reply, statuses: Collection[int], kind: type[T]) -> T:
    """The content of a reply. Raises UpstreamFailed for a status that says that nothing was done,
    NoReply for content that cannot be read."""
    if reply.status not in statuses:
        raise UpstreamFailed(_FAILED)
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.DecodeError as error:
        raise NoReply(_FAILED) from error


def _payment(found: _Payment, refunds: tuple[ProviderRefund, ...] = ()) -> ProviderPayment:
    next_url = found.links.next_url
    return ProviderPayment(
        provider_id=found.payment_id,
        amount_pence=found.amount,
        state=found.state.status,
        created_at=found.created_date,
        failure=found.state.code,
        next_url=next_url.href if next_url else None,
        refundable_pence=found.refund_summary.amount_available,
        refunds=refunds,
    )


def _taken_payment(found: _Payment) -> Taken:
    return Taken(
        entry_id=entry_id("payment", found.payment_id),
        amount_pence=found.amount,
        reference=found.reference,
    )


def _taken_refund(found: _Refund, reference: str) -> Taken:
    return Taken(
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
