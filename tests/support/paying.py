"""The stand-in for GOV.UK Pay behind the API's own adapter, without a network."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.payment_provider import GOVUK_PAY, ORIGINS
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.prices import PriceLine
from chalicelib.errors import NoReply
from chalicelib.kernel.time import utc_now
from chalicelib.net.reply import Reply
from chalicelib.reports.orders import BookedSlot, Order
from infra.local.pay.model import StoredPayment
from infra.local.pay.notifications import Notifications
from infra.local.pay.service import PayService
from tests.support.composition import replace_built
from tests.support.http_client import InProcessClient, path_of

GOOD_CARD = "4444333322221111"
PENCE = 4_200
"""The price of a request where the sum does not matter."""
DECLINED_CARD = "4000000000000002"
ORIGIN = ORIGINS[GOVUK_PAY]
CARD_PAGES = f"{ORIGIN}/card/"


def give_order(service_request_id: str, pence: int, booking: BookedSlot | None = None) -> None:
    """Makes a stored report one that costs so much, a sixth of it VAT, for a slot that is held."""
    repository = reports_ports().repository
    report = repository.get(service_request_id)
    assert report
    line = PriceLine(text="Bulky collection", amount_pence=pence, vat_pence=pence // 6)
    order = Order(lines=(line,), amount_pence=pence, fund="BULKY", booking=booking)
    repository.save(replace(report, order=order))


class InProcessPay(InProcessClient):
    """The stand-in, with `is_down` to make it answer nothing."""

    origin = ORIGIN

    def __init__(self) -> None:
        self.is_down = False
        self.requests: list[str] = []
        self.signing_secret = str(container.secret_text("signing_secret", "payments"))
        key = container.secret_text("api_key", "payments")
        self.notifications = Notifications(utc_now)
        self.service = PayService(
            ORIGIN,
            lambda: str(key),
            CARD_PAGES,
            utc_now,
            lambda event, payment: self.notifications.add(
                event, self.service.views.payment(payment)
            ),
        )

    @property
    def payment(self) -> StoredPayment:
        """The last payment."""
        return list(self.service.payments.values())[-1]

    @property
    def refunded_pence(self) -> int:
        """The sum of the refunds of all payments."""
        return sum(each.amount for one in self.service.payments.values() for each in one.refunds)

    def enter(self, next_url: str, card: str) -> str:
        """The payer enters a card. Returns: where the browser goes then."""
        return self.service.pay(next_url.removeprefix(CARD_PAGES), card)

    def messages(self) -> list[bytes]:
        """The notifications that are to be sent."""
        return self.notifications.take_due()

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.requests.append(url)
        if self.is_down:
            raise NoReply("It does not answer.")
        status, content = self.service.answer(method, path_of(url), headers, body)
        return Reply(status, {}, msgspec.json.encode(content))


@contextmanager
def serve_payments(known: InProcessPay | None = None) -> Iterator[InProcessPay]:
    """A new stand-in, or a known one, in place of all that the process reaches outside."""
    found = known or InProcessPay()
    with pytest.MonkeyPatch.context() as patch:
        replace_built(patch, container.safe_http_client, found)
        yield found
