"""What payments rely on at every provider: GOV.UK Pay and Stripe, each behind its adapter."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, NoReply, UpstreamFailed
from chalicelib.kernel.time import utc_now
from chalicelib.net.reply import Reply
from chalicelib.payments import govuk_pay, stripe
from chalicelib.payments.govuk_pay import GovUkPay
from chalicelib.payments.ports import MoneyMovement, Provider, RefundRefused
from chalicelib.payments.provider_api import NOT_TAKING_CARDS, ProviderApi
from chalicelib.payments.stripe import Stripe
from tests.support.log_lines import capture_lines, decode_lines
from tests.support.openapi_file import OpenApiFile
from tests.support.payment_providers import (
    DECLINED_CARD,
    GOOD_CARD,
    ORIGIN,
    SIGNING_SECRET,
    FixedReplyClient,
    LocalGovUkPay,
    LocalStripe,
    ProviderUnderTest,
    new_payment,
    return_url,
    running_stripe,
)

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def stripe_here() -> Iterator[LocalStripe]:
    with running_stripe() as found:
        yield found


@pytest.fixture
def govuk_pay_here(shared_data: Path) -> LocalGovUkPay:
    return LocalGovUkPay(OpenApiFile(shared_data / "pay" / "govuk_pay_publicapi_spec.json"))


@pytest.fixture(params=["govuk_pay", "stripe"])
def there(request: pytest.FixtureRequest) -> ProviderUnderTest:
    found: ProviderUnderTest = request.getfixturevalue(f"{request.param}_here")
    return found


@pytest.fixture
def provider(there: ProviderUnderTest) -> Provider:
    return there.adapter()


def paid(there: ProviderUnderTest, reference: str = "ABC123") -> str:
    """Returns: the provider's id."""
    provider_id = there.adapter().create(new_payment(reference=reference)).provider_id
    there.pay(provider_id, GOOD_CARD)
    return provider_id


def test_a_created_payment_has_a_card_page_until_it_is_paid(
    there: ProviderUnderTest, provider: Provider
) -> None:
    created = provider.create(new_payment())
    assert (created.state, created.amount_pence, created.refundable_pence) == ("created", 4_200, 0)
    assert provider.get(created.provider_id).next_url == created.next_url
    there.pay(created.provider_id, GOOD_CARD)
    seen = provider.get(created.provider_id)
    assert (seen.state, seen.next_url, seen.refundable_pence) == ("success", None, 4_200)
    assert abs(seen.created_at - there.now()) < HOUR


def taken_lately(there: ProviderUnderTest) -> Sequence[MoneyMovement]:
    """All money of the last hour; other tests share the provider."""
    return there.adapter().list_movements(there.now() - HOUR, there.now() + HOUR)


def test_a_declined_card_takes_nothing(there: ProviderUnderTest, provider: Provider) -> None:
    before = taken_lately(there)
    provider_id = provider.create(new_payment()).provider_id
    there.pay(provider_id, DECLINED_CARD)
    seen = provider.get(provider_id)
    assert seen.state != "success" and seen.refundable_pence == 0
    assert seen.next_url or seen.failure == "declined"
    assert taken_lately(there) == before


def test_an_expired_payment_has_failed(there: ProviderUnderTest, provider: Provider) -> None:
    provider_id = provider.create(new_payment()).provider_id
    there.expire(provider_id)
    seen = provider.get(provider_id)
    assert (seen.state, seen.failure, seen.next_url) == ("failed", "expired", None)


def test_a_cancelled_payment_can_no_longer_be_paid(
    there: ProviderUnderTest, provider: Provider
) -> None:
    provider_id = provider.create(new_payment()).provider_id
    provider.cancel(provider_id)
    seen = provider.get(provider_id)
    assert seen.state in ("cancelled", "failed") and seen.next_url is None
    there.pay(provider_id, GOOD_CARD)
    assert provider.get(provider_id).refundable_pence == 0


def test_a_paid_or_ended_payment_stays_as_it_is_when_it_is_cancelled(
    there: ProviderUnderTest, provider: Provider
) -> None:
    ended = provider.create(new_payment()).provider_id
    provider.cancel(ended)
    for provider_id in (paid(there), ended):
        before = provider.get(provider_id)
        provider.cancel(provider_id)
        assert provider.get(provider_id) == before


@pytest.mark.parametrize("which", [0, 1])
def test_a_cancellation_that_was_not_heard_is_an_error(which: int) -> None:
    for status, kind in ((429, UpstreamFailed), (401, UpstreamFailed), (500, NoReply)):
        client = FixedReplyClient(Reply(status, {}, b"{}"))
        api = ProviderApi(lambda client=client: client, ORIGIN, lambda: "key", lambda _: None)  # type: ignore[misc]
        with pytest.raises(kind):
            adapters(api)[which].cancel("p1")


def test_govuk_pay_does_not_cancel_a_payment_whose_money_is_being_taken(
    govuk_pay_here: LocalGovUkPay,
) -> None:
    adapter = govuk_pay_here.adapter()
    provider_id = adapter.create(new_payment()).provider_id
    govuk_pay_here.service.payments[provider_id].status = "submitted"
    adapter.cancel(provider_id)
    assert adapter.get(provider_id).state == "submitted"


def test_a_refund_arrives_and_leaves_the_rest(there: ProviderUnderTest, provider: Provider) -> None:
    provider_id = paid(there)
    made = provider.refund(provider.get(provider_id), 1_000, "r1")
    there.settle_refunds()
    seen = provider.get(provider_id)
    [refund] = seen.refunds
    assert (refund.provider_id, refund.amount_pence, refund.state) == (
        made.provider_id,
        1_000,
        "success",
    )
    assert seen.refundable_pence == 3_200


def test_the_same_refund_twice_is_made_once(there: ProviderUnderTest, provider: Provider) -> None:
    provider_id = paid(there)
    seen = provider.get(provider_id)
    provider.refund(seen, 1_000, f"once {provider_id}")
    with suppress(RefundRefused):
        provider.refund(seen, 1_000, f"once {provider_id}")
    assert provider.get(provider_id).refundable_pence == 3_200


def test_a_refund_of_more_than_is_left_is_refused(
    there: ProviderUnderTest, provider: Provider
) -> None:
    provider_id = paid(there)
    seen = provider.get(provider_id)
    provider.refund(seen, 4_000, f"most {provider_id}")
    with pytest.raises(RefundRefused):
        provider.refund(seen, 201, f"more {provider_id}")


def test_an_amount_below_the_providers_limit_is_not_taken(provider: Provider) -> None:
    with pytest.raises(Conflict):
        provider.create(new_payment(29))


def test_a_wrong_key_creates_nothing(there: ProviderUnderTest) -> None:
    with pytest.raises(UpstreamFailed):
        there.adapter("another").create(new_payment())


def test_money_between_two_moments_is_listed_over_all_pages(
    there: ProviderUnderTest, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(govuk_pay, "PAGE_SIZE", 2)
    monkeypatch.setattr(stripe, "PAGE_SIZE", 2)
    many = [paid(there, "LISTED") for _ in range(5)]
    provider.create(new_payment(reference="LISTED"))
    refund = provider.refund(provider.get(many[0]), 1_000, f"listed {many[0]}")
    there.settle_refunds()
    now = there.now()
    listed = provider.list_movements(now - HOUR, now + HOUR)
    assert {each.entry_id: each.amount_pence for each in listed if each.reference == "LISTED"} == {
        **{f"payment:{provider.get(each).money_id}": 4_200 for each in many},
        f"refund:{refund.provider_id}": -1_000,
    }
    assert provider.list_movements(now - 2 * HOUR, now - HOUR) == []


def adapters(api: ProviderApi) -> list[Provider]:
    return [
        GovUkPay(api, return_url, lambda: SIGNING_SECRET),
        Stripe(api, return_url, lambda: SIGNING_SECRET, utc_now),
    ]


@pytest.mark.parametrize("status", [502, 200, 201])
@pytest.mark.parametrize("which", [0, 1])
def test_an_unreadable_reply_may_have_created_a_payment(which: int, status: int) -> None:
    api = ProviderApi(lambda: FixedReplyClient(Reply(status, {}, b"<html>")), ORIGIN, lambda: "key")
    with pytest.raises(UpstreamFailed) as failed:
        adapters(api)[which].create(new_payment())
    is_its_success = status == (201, 200)[which]
    assert isinstance(failed.value, NoReply) == (status == 502 or is_its_success)


ACCOUNT_REFUSED: Sequence[tuple[int, int, bytes]] = (
    *((which, status, b"{}") for which in (0, 1) for status in (401, 403)),
    (0, 400, b'{"code": "P0199"}'),
    (0, 422, b'{"code": "P0199"}'),
    (1, 400, b'{"error": {"code": "testmode_charges_only"}}'),
    (1, 400, b'{"error": {"type": "invalid_request_error"}}'),
)


@pytest.mark.parametrize(("which", "status", "body"), ACCOUNT_REFUSED)
def test_refused_key_or_account_raises_an_alarm_and_is_not_the_payers_amount(
    which: int, status: int, body: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    api = ProviderApi(lambda: FixedReplyClient(Reply(status, {}, body)), ORIGIN, lambda: "key")
    with capture_lines() as lines, pytest.raises(UpstreamFailed) as refused:
        adapters(api)[which].create(new_payment())
    assert refused.value.detail == NOT_TAKING_CARDS
    assert measured(lines) == [("payments", 1)]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("status", [401, 403])
def test_refused_key_is_no_failed_refund(which: int, status: int, there: ProviderUnderTest) -> None:
    seen = there.adapter().get(paid(there))
    api = ProviderApi(lambda: FixedReplyClient(Reply(status, {}, b"{}")), ORIGIN, lambda: "key")
    with capture_lines() as lines, pytest.raises(UpstreamFailed):
        adapters(api)[which].refund(seen, 1, "r1")
    assert measured(lines) == [("payments", 1)]


def test_amount_that_stripe_does_not_take_raises_no_alarm() -> None:
    for code in ("amount_too_small", "amount_too_large"):
        body = json.dumps({"error": {"code": code}}).encode()
        client = FixedReplyClient(Reply(400, {}, body))
        api = ProviderApi(lambda client=client: client, ORIGIN, lambda: "key")  # type: ignore[misc]
        with capture_lines() as lines, pytest.raises(Conflict):
            adapters(api)[1].create(new_payment())
        assert measured(lines) == []


def measured(lines: Any) -> list[tuple[str, int]]:
    """The refusals that an alarm counts."""
    return [
        (each["function"], each["account_refusals"])
        for each in decode_lines(lines)
        if "account_refusals" in each and "_aws" in each
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_too_many_requests_refund_nothing_and_are_not_for_good(
    which: int, there: ProviderUnderTest
) -> None:
    seen = there.adapter().get(paid(there))
    api = ProviderApi(lambda: FixedReplyClient(Reply(429, {}, b"{}")), ORIGIN, lambda: "key")
    with pytest.raises(UpstreamFailed) as refused:
        adapters(api)[which].refund(seen, 1, "r1")
    assert not isinstance(refused.value, NoReply)


def test_govuk_pay_shows_the_card_page_in_welsh_and_says_who_cancelled(
    govuk_pay_here: LocalGovUkPay,
) -> None:
    adapter = govuk_pay_here.adapter()
    provider_id = adapter.create(new_payment()).provider_id
    stored = govuk_pay_here.service.payments[provider_id]
    assert (stored.language, stored.reference) == ("cy", "ABC123")
    assert stored.return_url == return_url(new_payment())
    govuk_pay_here.service.cancel(stored.token)
    assert adapter.get(provider_id).failure == "cancelled"


def test_stripe_takes_no_card_on_the_telephone(stripe_here: LocalStripe) -> None:
    adapter = stripe_here.adapter()
    with pytest.raises(Conflict, match="telephone"):
        adapter.create(replace(new_payment(), is_by_phone=True))
    with pytest.raises(Conflict, match="telephone"):
        adapter.require_phone()


def test_govuk_pay_names_the_payment_of_a_signed_notification(
    govuk_pay_here: LocalGovUkPay,
) -> None:
    body = json.dumps({"resource": {"reference": "ABC123"}}).encode()
    signed = hmac.new(SIGNING_SECRET.encode(), body, hashlib.sha256).hexdigest()
    adapter = govuk_pay_here.adapter()
    assert adapter.notified_reference({"pay-signature": signed}, body) == "ABC123"
    assert adapter.notified_reference({"pay-signature": signed}, body + b" ") is None
    assert adapter.notified_reference({}, body) is None


def test_stripe_notifies_of_a_paid_session_with_a_signature_that_holds_for_minutes(
    stripe_here: LocalStripe,
) -> None:
    [(signature, body)] = notifications(stripe_here)
    adapter = stripe_here.adapter()
    assert adapter.notified_reference({"stripe-signature": signature}, body) == "NOTIFIED"
    rotated = f"{signature},v1={'0' * 64},v0=x"
    assert adapter.notified_reference({"stripe-signature": rotated}, body) == "NOTIFIED"
    moment, _, rest = signature.partition(",")
    later = f"t={int(moment[2:]) + 1},{rest}"
    for wrong in ("", rest, later, f"t=é,{rest}", f"t={'9' * 40},{rest}", moment):
        assert adapter.notified_reference({"stripe-signature": wrong}, body) is None, wrong
    at = utc_now()
    for minutes, is_taken in ((-6, False), (-4, True), (4, True), (6, False)):
        moved = Stripe(
            adapter.api,
            return_url,
            lambda: SIGNING_SECRET,
            lambda minutes=minutes: at + timedelta(minutes=minutes),  # type: ignore[misc]
        )
        found = moved.notified_reference({"stripe-signature": signature}, body)
        assert (found is not None) == is_taken, minutes


def notifications(there: LocalStripe) -> list[tuple[str, bytes]]:
    """The signatures and bodies of what is posted when somebody pays, of sessions alone."""
    heard: list[tuple[str, bytes]] = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["Stripe-Signature"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Hears) as server:
        server.timeout = 5
        there.send_notifications_to(f"http://127.0.0.1:{server.server_port}/")
        paid(there, "NOTIFIED")
        for _ in ("payment_intent.succeeded", "checkout.session.completed"):
            server.handle_request()
    return [each for each in heard if b"checkout.session.completed" in each[1]]


def test_govuk_pay_refuses_for_good_to_refund_a_payment_that_it_does_not_know(
    govuk_pay_here: LocalGovUkPay,
) -> None:
    adapter = govuk_pay_here.adapter()
    unknown = replace(adapter.get(paid(govuk_pay_here)), provider_id="nobody-has-this")
    with pytest.raises(RefundRefused):
        adapter.refund(unknown, 1_000, "r1")
