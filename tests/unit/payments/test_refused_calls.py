"""What GOV.UK Pay refuses or puts off: a key that it does not know, an account that cannot take
cards, too many requests, a payment that is not settled, another amount."""

import json
from collections.abc import Mapping, Sequence

import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.time import utc_now
from chalicelib.net.reply import Reply
from chalicelib.payments.govuk_pay import GovUkPay
from chalicelib.payments.ports import NewPayment, Ports, Providers
from chalicelib.payments.provider_api import MOST_WAITS, NOT_TAKING_CARDS, ProviderApi
from chalicelib.payments.usecases import check, check_due, pay, refund
from infra.local.pay.model import StoredPayment
from infra.local.pay.service import PayService
from tests.support.fakes_payments import PaymentsWorld
from tests.support.http_client import InProcessClient, path_of
from tests.support.payment_stories import PRICE, REQUEST, new_money
from tests.unit.payments.test_usecases import refund_request

ORIGIN = "https://pay.example"
CARD_PAGES = f"{ORIGIN}/card/"
PER_SECOND = 15


class PayHere(InProcessClient):
    """The stand-in. The next calls get the replies of `faults`; it takes 15 requests a second of
    `now_s`, unless `is_unlimited`."""

    origin = ORIGIN

    def __init__(self) -> None:
        self.faults: list[tuple[int, str]] = []
        self.now_s = 0.0
        self.is_unlimited = True
        self.waits: list[float] = []
        self._times: list[float] = []
        self.service = PayService(ORIGIN, lambda: "key", CARD_PAGES, utc_now, lambda *_: None)

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self.faults:
            status, code = self.faults.pop(0)
            return Reply(status, {}, json.dumps({"code": code}).encode())
        if not self.is_unlimited and self._is_too_many():
            return Reply(429, {}, b'{"code": "P0900"}')
        found = self.service.answer(method, path_of(url), headers, body)
        return Reply(found.status, {}, json.dumps(found.body).encode())

    def _is_too_many(self) -> bool:
        recent = [each for each in self._times if self.now_s - 1 < each <= self.now_s]
        if len(recent) >= PER_SECOND:
            return True
        self._times.append(self.now_s)
        return False

    @property
    def payment(self) -> StoredPayment:
        return [*self.service.payments.values()][-1]

    def pay(self, next_url: str) -> None:
        self.service.pay(next_url.removeprefix(CARD_PAGES), "4444333322221111")

    def adapter(self, chance: float = 0.5) -> GovUkPay:
        def wait(seconds: float) -> None:
            self.waits.append(seconds)
            self.now_s += seconds

        api = ProviderApi(lambda: self, ORIGIN, lambda: "key", wait, lambda: chance)
        return GovUkPay(api, lambda _: "https://council.example/back", lambda: "secret")


@pytest.fixture
def here() -> PayHere:
    return PayHere()


@pytest.fixture
def money() -> PaymentsWorld:
    return new_money()


def ports_of(money: PaymentsWorld, here: PayHere) -> Ports:
    return replace(
        money.ports(),
        providers=Providers("govuk_pay", lambda: {"govuk_pay": here.adapter()}),
    )


@pytest.mark.parametrize("fault", [(401, ""), (403, ""), (400, "P0199"), (422, "P0199")])
def test_account_that_cannot_take_cards_is_neither_the_amount_nor_a_matter_of_minutes(
    fault: tuple[int, str], here: PayHere, money: PaymentsWorld
) -> None:
    here.faults = [fault]
    with pytest.raises(UpstreamFailed) as refused:
        pay(REQUEST, "en", ports_of(money, here))
    assert refused.value.detail == NOT_TAKING_CARDS


def test_sixty_payers_at_once_all_get_a_card_page(here: PayHere) -> None:
    here.is_unlimited = False
    new = NewPayment(
        payment_id="p", reference="R", amount_pence=PRICE, description="Bulky", language="en"
    )
    for number in range(60):
        # Each payer begins at the same moment, and waits for times of their own.
        here.now_s = 0.0
        assert here.adapter(chance=number / 60).create(new).next_url
    assert max(here.waits) <= MOST_WAITS * 1.5


def test_refund_of_a_payment_that_is_not_settled_is_made_when_it_is(
    here: PayHere, money: PaymentsWorld
) -> None:
    ports = ports_of(money, here)
    here.pay(pay(REQUEST, "en", ports).next_url)
    here.payment.is_settling = True
    charge = refund(refund_request(PRICE), ports)
    assert [each.state for each in charge.refunds] == ["asked"]
    assert check(REQUEST, ports).refunds[0].state == "asked"
    here.payment.is_settling = False
    at = check(REQUEST, ports).check_at
    assert check(REQUEST, ports).refunds[0].state == "submitted" and at
    here.service.settle_refunds()
    money.clock.now = at
    assert check_due(ports) == {}
    assert sum(each.amount_pence for each in money.entries()) == 0


def test_surcharge_of_a_corporate_card_is_an_entry_of_its_own(
    here: PayHere, money: PaymentsWorld
) -> None:
    ports = ports_of(money, here)
    page = pay(REQUEST, "en", ports)
    here.payment.surcharge = 250
    here.pay(page.next_url)
    check(REQUEST, ports)
    assert booked(money) == [("payment", PRICE), ("surcharge", 250)]
    movements = here.adapter().list_movements(
        here.payment.created_at.replace(hour=0), here.payment.created_at.replace(year=2100)
    )
    ledger = {each.entry_id: each.amount_pence for each in money.entries()}
    assert {each.entry_id: each.amount_pence for each in movements} == ledger


def test_payment_of_another_amount_names_both(here: PayHere, money: PaymentsWorld) -> None:
    ports = ports_of(money, here)
    pay(REQUEST, "en", ports)
    here.payment.amount = 4_100
    with pytest.raises(UpstreamFailed, match="has £41 for this payment, and the price is £42"):
        check(REQUEST, ports)


def booked(money: PaymentsWorld) -> Sequence[tuple[str, int]]:
    return sorted((each.entry_id.split(":")[0], each.amount_pence) for each in money.entries())
