"""Builds the council's payment providers: the one that takes new payments, and former ones.

The secret's entries name their provider (`stripe_api_key`). Entries without a name (`api_key`) are
those of the provider that takes new payments.
"""

from collections.abc import Mapping
from functools import partial
from typing import Literal

from chalicelib.bootstrap import container
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.languages import language
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import utc_now
from chalicelib.payments.ports import NewPayment, Provider, Providers

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
Entry = Literal["api_key", "signing_secret"]


def providers() -> Providers:
    """Raises ConfigurationError if the settings name a provider that is not known."""
    return Providers(_current(), _by_name)


def card_pages() -> str:
    """Where the providers' card pages are, as a Content-Security-Policy says it. Raises
    ConfigurationError, UpstreamFailed."""
    settings = container.settings()
    own = {_current(): settings.payments_url} if settings.payments_url else {}
    return " ".join({**CARD_PAGES, **own}[each] for each in _names())


def signing_secret() -> str:
    """The secret that the provider of new payments signs its notifications with. Raises
    UpstreamFailed, ConfigurationError."""
    return _require_entry(_current(), "signing_secret")


def _by_name() -> Mapping[str, Provider]:
    """The providers that are set up. Raises ConfigurationError, UpstreamFailed."""
    return {each: _provider(each) for each in _names()}


def _names() -> list[str]:
    """The provider of new payments, then the others that have a key."""
    former = [each for each in ORIGINS if each != _current() and _entry(each, "api_key")]
    return [_current(), *former]


def _provider(name: str) -> Provider:
    from chalicelib.payments.provider_api import ProviderApi

    own_url = container.settings().payments_url if name == _current() else ""
    api = ProviderApi(
        client=container.safe_http_client,
        url=own_url or ORIGINS[name],
        api_key=partial(_require_entry, name, "api_key"),
    )
    signed_with = partial(_require_entry, name, "signing_secret")
    if name == GOVUK_PAY:
        from chalicelib.payments.govuk_pay import GovUkPay

        return GovUkPay(api, _return_url, signed_with)
    from chalicelib.payments.stripe import Stripe

    return Stripe(api, _return_url, signed_with, utc_now)


def _current() -> str:
    found = container.settings().payments_provider or GOVUK_PAY
    if found not in ORIGINS:
        raise ConfigurationError(f"PAYMENTS_PROVIDER must be one of {', '.join(ORIGINS)}.")
    return found


def _return_url(new: NewPayment) -> str:
    """The page of the payment in the payer's language."""
    site = Site(container.settings().site_url, language(new.language))
    return site.page(f"{RETURN_PATH}{new.payment_id}")


def _require_entry(provider: str, entry: Entry) -> str:
    found = _entry(provider, entry)
    if found is None:
        name = f"{provider}_{entry}"
        raise ConfigurationError(f"The secret of PAYMENTS_SECRET_ARN has no {name}.")
    return found


def _entry(provider: str, entry: Entry) -> str | None:
    named = container.secret_text(f"{provider}_{entry}", "payments")
    if named is None and provider == _current():
        return container.secret_text(entry, "payments")
    return named
