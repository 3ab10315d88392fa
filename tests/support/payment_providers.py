"""The two payment providers behind their adapters: GOV.UK Pay's stand-in, and Stripe's."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from chalicelib.kernel.time import utc_now
from chalicelib.net.internet import Internet
from chalicelib.net.reply import Reply
from chalicelib.net.safe_http_client import SafeHttpClient
from chalicelib.payments.govuk_pay import GovUkPay
from chalicelib.payments.ports import NewPayment, Provider
from chalicelib.payments.provider_api import ProviderApi
from chalicelib.payments.stripe import Stripe
from infra.local.pay.service import PayService
from tests.support.fakes import Clock
from tests.support.http_client import InProcessClient
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


def return_url(new: NewPayment) -> str:
    return f"https://council.example/{new.language}/pay/return/{new.payment_id}"


class ProviderUnderTest(Protocol):
    """A provider, and what payers and banks do there."""

    def adapter(self, key: str = KEY) -> Provider: ...

    def now(self) -> datetime: ...

    def pay(self, provider_id: str, card: str) -> None: ...

    def expire(self, provider_id: str) -> None: ...

    def settle_refunds(self) -> None: ...


class LocalGovUkPay:
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


class LocalStripe:
    """localstripe as a process of its own, whose clock began with that of the tests."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.client = SafeHttpClient(Internet(), {origin})

    def adapter(self, key: str = KEY) -> Stripe:
        api = ProviderApi(lambda: self.client, self.origin, lambda: key)
        return Stripe(api, return_url, lambda: SIGNING_SECRET, utc_now)

    def now(self) -> datetime:
        return utc_now()

    def pay(self, provider_id: str, card: str) -> None:
        self._ask(f"/v1/checkout/sessions/{provider_id}/_pay", {"number": card})

    def expire(self, provider_id: str) -> None:
        self._ask(f"/v1/checkout/sessions/{provider_id}/expire", {})

    def settle_refunds(self) -> None:
        """Refunds are settled at once."""

    def send_notifications_to(self, url: str) -> None:
        self._ask("/_config/webhooks/ours", {"url": url, "secret": SIGNING_SECRET})

    def status(self, provider_id: str) -> str:
        """The provider's record of a session."""
        reply = self.client.get(
            f"{self.origin}/v1/checkout/sessions/{provider_id}",
            {"Authorization": f"Bearer {KEY}"},
            most_bytes=10_000,
            timeout_s=5,
        )
        return str(msgspec.json.decode(reply.body)["status"])

    def _ask(self, path: str, fields: dict[str, str]) -> None:
        self.client.post(
            self.origin + path,
            urlencode(fields).encode(),
            {
                "Authorization": f"Bearer {KEY}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            most_bytes=10_000,
            timeout_s=5,
        )


@contextmanager
def running_stripe() -> Iterator[LocalStripe]:
    """Stripe's stand-in until the end of the block."""
    command = [sys.executable, "-m", "tests.support.local_stripe", utc_now().isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield LocalStripe(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


class FixedReplyClient(InProcessClient):
    """Answers everything with one reply."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def answered(self, *_: object) -> Reply:
        return self._reply
