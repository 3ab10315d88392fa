"""Our adapter and our stand-in for GOV.UK Pay, with each request and response held against GOV.UK
Pay's OpenAPI file."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.errors import Conflict, NoReply, UpstreamFailed
from chalicelib.net.reply import Reply
from chalicelib.payments import govuk_pay
from chalicelib.payments.govuk_pay import GovUkPay
from chalicelib.payments.ports import NewPayment, RefundRefused
from infra.local.pay.service import PayService
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.http_client import AnsweredHere, path_of
from tests.support.openapi_file import OpenApiFile

ORIGIN = "https://pay.example"
KEY = "api_test_key"
GOOD_CARD = "4444333322221111"


class CheckedClient(AnsweredHere):
    """Carries requests to the stand-in, and checks both ways. `reply` replaces the next reply."""

    def __init__(self, service: PayService, spec: OpenApiFile) -> None:
        self.reply: Reply | None = None
        self._service = service
        self._spec = spec

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path = path_of(url)
        if method == "POST":
            self._spec.check_request(method, path, json.loads(body))
        answer = self._service.answer(method, path, headers, body)
        self._spec.check_response(method, path.partition("?")[0], answer.status, answer.body)
        replaced, self.reply = self.reply, None
        return replaced or Reply(answer.status, {}, json.dumps(answer.body).encode())


class Pay:
    """The adapter, what it talks to, and the clock of both."""

    def __init__(self, spec: OpenApiFile) -> None:
        self.clock = Clock()
        self.service = PayService(ORIGIN, lambda: KEY, f"{ORIGIN}/card/", self.clock)
        self.client = CheckedClient(self.service, spec)
        self.adapter = self.with_key(KEY)

    def with_key(self, key: str) -> GovUkPay:
        return GovUkPay(
            client=lambda: self.client,
            url=ORIGIN,
            api_key=lambda: key,
            return_url=lambda payment_id: f"https://council.example/pay/return/{payment_id}",
        )

    def created(self, pence: int = 4_200) -> str:
        """Returns: the provider's id."""
        return self.adapter.create(new_payment(pence)).provider_id

    def paid(self) -> str:
        provider_id = self.created()
        self.service.pay(self.service.payments[provider_id].token, GOOD_CARD)
        return provider_id


def new_payment(pence: int = 4_200) -> NewPayment:
    return NewPayment(
        payment_id="unguessable",
        reference="ABC123",
        amount_pence=pence,
        description="Bulky collection",
        language="cy",
    )


@pytest.fixture
def pay(shared_data: Path) -> Pay:
    return Pay(OpenApiFile(shared_data / "pay" / "govuk_pay_publicapi_spec.json"))


def test_a_created_payment_has_a_card_page_and_comes_back_to_its_own_address(pay: Pay) -> None:
    created = pay.adapter.create(new_payment())
    stored = pay.service.payments[created.provider_id]
    assert created.next_url == f"{ORIGIN}/card/{stored.token}"
    assert (created.state, created.amount_pence) == ("created", 4_200)
    assert (stored.language, stored.reference) == ("cy", "ABC123")
    assert stored.return_url == "https://council.example/pay/return/unguessable"


@pytest.mark.parametrize(
    ("card", "state", "code"),
    [
        (GOOD_CARD, "success", None),
        ("4000000000000002", "failed", "P0010"),
        ("4000000000000119", "error", "P0050"),
    ],
)
def test_a_card_ends_a_payment(pay: Pay, card: str, state: str, code: str | None) -> None:
    provider_id = pay.created()
    pay.service.pay(pay.service.payments[provider_id].token, card)
    seen = pay.adapter.get(provider_id)
    assert (seen.state, seen.failure, seen.next_url) == (state, code, None)


def test_a_payer_can_cancel(pay: Pay) -> None:
    provider_id = pay.created()
    pay.service.cancel(pay.service.payments[provider_id].token)
    assert pay.adapter.get(provider_id).failure == "P0030"


def test_a_payment_expires_90_minutes_after_it_was_created(pay: Pay) -> None:
    provider_id = pay.created()
    pay.clock.now = NOON + timedelta(minutes=90, seconds=-1)
    assert pay.adapter.get(provider_id).state == "created"
    pay.clock.now = NOON + timedelta(minutes=90)
    assert pay.adapter.get(provider_id).failure == "P0020"


def test_a_refund_is_submitted_and_then_successful(pay: Pay) -> None:
    provider_id = pay.paid()
    refund = pay.adapter.refund(provider_id, 1_000, available_pence=4_200)
    seen = pay.adapter.get(provider_id)
    assert seen.refunds == (refund,)
    assert (refund.state, seen.refundable_pence) == ("submitted", 3_200)
    pay.service.settle_refunds()
    assert [each.state for each in pay.adapter.get(provider_id).refunds] == ["success"]


def test_a_refund_that_names_another_available_amount_is_refused(pay: Pay) -> None:
    provider_id = pay.paid()
    pay.adapter.refund(provider_id, 1_000, available_pence=4_200)
    with pytest.raises(RefundRefused):
        pay.adapter.refund(provider_id, 1_000, available_pence=4_200)


def test_an_amount_below_the_providers_limit_creates_nothing(pay: Pay) -> None:
    with pytest.raises(Conflict):
        pay.created(29)
    assert pay.service.payments == {}


def test_a_wrong_key_creates_nothing(pay: Pay) -> None:
    with pytest.raises(UpstreamFailed):
        pay.with_key("another").create(new_payment())
    assert pay.service.payments == {}


def test_payments_and_refunds_between_two_moments_are_listed_over_all_pages(
    pay: Pay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(govuk_pay, "PAGE_SIZE", 2)
    paid = [pay.paid() for _ in range(5)]
    pay.created()
    refund = pay.adapter.refund(paid[0], 1_000, available_pence=4_200)
    submitted = pay.adapter.refund(paid[1], 500, available_pence=4_200)
    pay.service.settle_refunds()
    pay.service.payments[paid[1]].refunds[0].status = "submitted"
    assert submitted.state == "submitted"
    taken = pay.adapter.taken(NOON, NOON + timedelta(hours=1))
    assert {each.entry_id: each.amount_pence for each in taken} == {
        **{f"payment:{each}": 4_200 for each in paid},
        f"refund:{refund.provider_id}": -1_000,
    }
    assert {each.reference for each in taken} == {"ABC123"}
    assert pay.adapter.taken(NOON - timedelta(hours=1), NOON) == []


@pytest.mark.parametrize("reply", [Reply(502, {}, b""), Reply(201, {}, b"<html>")])
def test_an_unreadable_reply_may_have_created_a_payment(pay: Pay, reply: Reply) -> None:
    pay.client.reply = reply
    with pytest.raises(NoReply):
        pay.created()
    assert len(pay.service.payments) == 1


def test_too_many_requests_create_nothing(pay: Pay) -> None:
    pay.client.reply = Reply(429, {}, b'{"code": "P0900"}')
    with pytest.raises(UpstreamFailed) as refused:
        pay.created()
    assert not isinstance(refused.value, NoReply)
