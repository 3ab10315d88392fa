"""The payment provider that the settings of a deployment name."""

import pytest

from chalicelib.bootstrap import container
from chalicelib.bootstrap.payment_provider import card_pages, providers
from chalicelib.errors import ConfigurationError
from chalicelib.payments.govuk_pay import GovUkPay
from chalicelib.payments.stripe import Stripe
from chalicelib.settings import Settings
from tests.support.composition import replace_built


def choose(patch: pytest.MonkeyPatch, name: str) -> None:
    """The settings name that provider, and nothing else."""
    values = dict.fromkeys(Settings.__struct_fields__, "")
    replace_built(patch, container.settings, Settings(**values | {"payments_provider": name}))


@pytest.mark.parametrize(
    ("name", "kind", "origin", "pages"),
    [
        (
            "",
            GovUkPay,
            "https://publicapi.payments.service.gov.uk",
            "https://*.payments.service.gov.uk",
        ),
        ("stripe", Stripe, "https://api.stripe.com", "https://checkout.stripe.com"),
    ],
)
def test_settings_choose_the_provider_and_its_card_pages(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: type, origin: str, pages: str
) -> None:
    choose(monkeypatch, name)
    found = providers().find_current()
    assert isinstance(found, GovUkPay | Stripe) and isinstance(found, kind)
    assert (found.api.url, card_pages()) == (origin, pages)


def test_a_provider_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, "paypal")
    with pytest.raises(ConfigurationError, match="govuk_pay, stripe"):
        providers()
