"""Builds the council's payment provider."""

from typing import Literal

from chalicelib.bootstrap import container
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.languages import language
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import utc_now
from chalicelib.payments.ports import NewPayment, Provider

RETURN_PATH = "/forms/payments/"


GOVUK_PAY = "govuk_pay"
ORIGINS = {
    GOVUK_PAY: "https://publicapi.payments.service.gov.uk",
    "stripe": "https://api.stripe.com",
}
CARD_PAGES = {
    GOVUK_PAY: "https://*.payments.service.gov.uk",
    "stripe": "https://checkout.stripe.com",
}


def provider() -> Provider:
    """Raises ConfigurationError if the settings name a provider that is not known."""
    from chalicelib.payments.provider_api import ProviderApi

    settings = container.settings()
    api = ProviderApi(
        client=container.safe_http_client,
        url=settings.payments_url or ORIGINS[_name()],
        api_key=lambda: _provider_secret("api_key"),
    )
    if _name() == GOVUK_PAY:
        from chalicelib.payments.govuk_pay import GovUkPay

        return GovUkPay(api, _return_url, signing_secret)
    from chalicelib.payments.stripe import Stripe

    return Stripe(api, _return_url, signing_secret, utc_now)


def card_pages() -> str:
    """Where the provider's card pages are, as a Content-Security-Policy says it. Raises
    ConfigurationError."""
    return container.settings().payments_url or CARD_PAGES[_name()]


def signing_secret() -> str:
    """The secret that the provider signs its notifications with. Raises UpstreamFailed,
    ConfigurationError."""
    return _provider_secret("signing_secret")


def _name() -> str:
    found = container.settings().payments_provider or GOVUK_PAY
    if found not in ORIGINS:
        raise ConfigurationError(f"PAYMENTS_PROVIDER must be one of {', '.join(ORIGINS)}.")
    return found


def _return_url(new: NewPayment) -> str:
    """The page of the payment in the payer's language."""
    site = Site(container.settings().site_url, language(new.language))
    return site.page(f"{RETURN_PATH}{new.payment_id}")


def _provider_secret(name: Literal["api_key", "signing_secret"]) -> str:
    found = container.secret_text(name, "payments")
    if found is None:
        raise ConfigurationError(f"The secret of PAYMENTS_SECRET_ARN has no {name}.")
    return found
