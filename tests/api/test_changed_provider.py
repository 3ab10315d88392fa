"""A council changes its payment provider: what was paid at the former one is asked for and refunded
there, as long as its key is kept."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.payments import charges, payments_ports, reconciling_ports
from chalicelib.payments.model import Charge
from infra.ledger import name_provider
from infra.local.pay.notifications import signature
from tests.api.conftest import Api
from tests.api.test_payments import begun, notify, run, seen
from tests.conftest import ROOT
from tests.support.composition import replace_built
from tests.support.paying import GOOD_CARD, InProcessPay

GUIDE = (ROOT / "docs" / "DEPLOY.md").read_text(encoding="utf-8")
GOVUK_PAY = "govuk_pay_"
Deploy = Callable[[str], None]


class FixedSecret:
    """A secret with this value."""

    def __init__(self, value: dict[str, str]) -> None:
        self._value = json.dumps(value)

    def current(self) -> str:
        return self._value


def documented_secrets() -> list[dict[str, str]]:
    """The secret before the change and after it, as the guide says them."""
    section = GUIDE.partition("#### Change the provider\n")[2].partition("\n#")[0]
    return [json.loads(each) for each in re.findall(r"--secret-string '(\{.*\})'", section)]


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The secret of the deployment."""
    found: dict[str, str] = json.loads(container.secret("payments").current())
    return found


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch, pay: InProcessPay, before: dict[str, str]) -> Deploy:
    """Deploys with Stripe. The secret is as the guide says: while payments of the former provider
    are "open", or when they are "over"."""

    def deploy(step: str) -> None:
        entries = documented_secrets()[("open", "over").index(step)]
        values = {
            name: before[name.removeprefix(GOVUK_PAY)] if name.startswith(GOVUK_PAY) else name
            for name in entries
        }
        settings = replace(container.settings(), payments_provider="stripe")
        replace_built(monkeypatch, container.settings, settings)
        replace_built(monkeypatch, container.secret, FixedSecret(values), "payments")
        for builder in (payments_ports, reconciling_ports):
            monkeypatch.delitem(container.BUILT, (builder,), raising=False)

    return deploy


def refund(api: Api, payment: dict[str, Any]) -> Any:
    body = {"amount_pence": 1_000, "reason": "Cancelled"}
    path = f"/api/payments/{payment['payment_id']}/refunds"
    return api.post(path, body, key="refund", token=api.token("officer"))


def stored(request_id: str) -> Charge:
    found = charges().get(request_id)
    assert found
    return found


def test_payment_that_was_begun_before_the_change_is_checked_and_refunded_where_it_was_made(
    api: Api, pay: InProcessPay, request_id: str, deploy: Deploy
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    [message] = pay.messages()
    secret = pay.signing_secret
    deploy("open")
    assert notify(api, message, signature(message, secret)) == 200
    assert seen(api, first)["state"] == "success"
    answer = refund(api, first)
    assert (answer.status_code, answer.json_body["refunded_pence"]) == (201, 1_000)
    assert pay.refunded_pence == 1_000


def test_open_payment_keeps_its_page_after_the_change(
    api: Api, pay: InProcessPay, request_id: str, deploy: Deploy
) -> None:
    first = begun(api, request_id)
    deploy("open")
    assert begun(api, request_id) == first
    page = api.get(f"/forms/payments/{first['payment_id']}")
    policy = page.headers["Content-Security-Policy"]
    assert "payments.service.gov.uk" in policy and "checkout.stripe.com" in policy


def test_officer_is_told_when_the_provider_of_a_payment_is_no_longer_set_up(
    api: Api, pay: InProcessPay, request_id: str, deploy: Deploy
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    assert seen(api, first)["state"] == "success"
    asked = len(pay.requests)
    deploy("over")
    answer = refund(api, first)
    assert answer.status_code == 503
    assert "made at GOV.UK Pay, which is no longer set up" in answer.json_body["detail"]
    assert (pay.refunded_pence, len(pay.requests)) == (0, asked)


def test_payment_without_a_provider_is_one_of_the_provider_that_is_set_up(
    api: Api, pay: InProcessPay, request_id: str, deploy: Deploy
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    forget_provider(request_id)
    assert seen(api, first)["state"] == "success"
    assert stored(request_id).payments[0].provider is None
    for count in (1, 0):
        assert run(name_provider).output.endswith(f"{count} charges now name govuk_pay.\n")
    assert stored(request_id).payments[0].provider == "govuk_pay"
    deploy("open")
    assert refund(api, first).status_code == 201


def forget_provider(request_id: str) -> None:
    """Stores the charge as it was before payments had a provider."""
    charge = stored(request_id)
    unnamed = tuple(replace(each, provider=None) for each in charge.payments)
    charges().save(replace(charge, payments=unnamed))


def test_guide_keeps_the_former_key_until_it_is_over() -> None:
    during, after = documented_secrets()
    names = {"api_key", "signing_secret"}
    assert during.keys() == {f"{who}_{each}" for who in ("govuk_pay", "stripe") for each in names}
    assert after.keys() == {f"stripe_{each}" for each in names}
