"""Builds the council's payment provider."""

from typing import Literal

from chalicelib.bootstrap import container
from chalicelib.errors import ConfigurationError
from chalicelib.payments.ports import Provider

RETURN_PATH = "/forms/payments/"


GOVUK_PAY = "https://publicapi.payments.service.gov.uk"
GOVUK_PAY_PAGES = "https://*.payments.service.gov.uk"


def provider() -> Provider:
    from chalicelib.payments.govuk_pay import GovUkPay
    from chalicelib.payments.provider_api import ProviderApi

    url = container.settings().payments_url or GOVUK_PAY
    api = ProviderApi(client=container.outside, url=url, api_key=lambda: _given("api_key"))
    return GovUkPay(api, _return_url, signing_secret)


def card_pages() -> str:
    """Where the provider's card pages are, as a Content-Security-Policy says it."""
    return container.settings().payments_url or GOVUK_PAY_PAGES


def signing_secret() -> str:
    """The secret that the provider signs its notifications with. Raises UpstreamFailed,
    ConfigurationError."""
    return _given("signing_secret")


def _return_url(payment_id: str) -> str:
    return f"{container.settings().site_url}{RETURN_PATH}{payment_id}"


def _given(name: Literal["api_key", "signing_secret"]) -> str:
    found = container.given(name, "payments")
    if found is None:
        raise ConfigurationError(f"The secret of PAYMENTS_SECRET_ARN has no {name}.")
    return found
