"""Payment providers behind their adapters."""

from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.net.reply import Reply
from chalicelib.payments.govuk_pay import GovUkPay
from chalicelib.payments.ports import NewPayment, Provider
from chalicelib.payments.provider_api import ProviderApi
from infra.local.pay.service import PayService
from tests.support.fakes import Clock
from tests.support.http_client import AnsweredHere
from tests.support.openapi_file import OpenApiFile
from tests.support.pay_client import CheckedClient

ORIGIN = "https://pay.example"
KEY = "sk_test_12345"
SIGNING_SECRET = "whsec_secret"
GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"


def new_payment(pence: int = 4_200, reference: str = "ABC123") -> NewPayment:
    return NewPayment(
        payment_id="unguessable",
        reference=reference,
        amount_pence=pence,
        description="Bulky collection",
        language="cy",
    )


def return_url(payment_id: str) -> str:
    return f"https://council.example/pay/return/{payment_id}"


class AtProvider(Protocol):
    """A provider, and what payers and banks do there."""

    def adapter(self, key: str = KEY) -> Provider: ...

    def now(self) -> datetime: ...

    def pay(self, provider_id: str, card: str) -> None: ...

    def expire(self, provider_id: str) -> None: ...

    def settle_refunds(self) -> None: ...


class GovUkPayHere:
    """GOV.UK Pay's stand-in, with each request and reply held against its OpenAPI file."""

    def __init__(self, spec: OpenApiFile) -> None:
        self.clock = Clock()
        self.service = PayService(ORIGIN, lambda: KEY, f"{ORIGIN}/card/", self.clock)
        self.client = CheckedClient(self.service, spec)

    def adapter(self, key: str = KEY) -> GovUkPay:
        api = ProviderApi(lambda: self.client, ORIGIN, lambda: key)
        return GovUkPay(api, return_url, lambda: SIGNING_SECRET)

    def now(self) -> datetime:
        return self.clock()

    def pay(self, provider_id: str, card: str) -> None:
        self.service.pay(self.service.payments[provider_id].token, card)

    def expire(self, provider_id: str) -> None:
        self.clock.now += timedelta(minutes=90)

    def settle_refunds(self) -> None:
        self.service.settle_refunds()


class Unreadable(AnsweredHere):
    """Answers everything with one reply."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def answered(self, *_: object) -> Reply:
        return self._reply
