"""Builds the slice of payments."""

from typing import TYPE_CHECKING, Literal

from chalicelib.bootstrap import container
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.signing import is_same
from chalicelib.kernel.time import utc_now
from chalicelib.payments import ports as payments
from chalicelib.payments import reconciling

if TYPE_CHECKING:
    from chalicelib.payments.dynamo import DynamoCharges, DynamoLedger
    from chalicelib.payments.govuk_pay import GovUkPay

GOVUK_PAY = "https://publicapi.payments.service.gov.uk"
GOVUK_PAY_PAGES = "https://*.payments.service.gov.uk"
RETURN_PATH = "/forms/payments/"
DIGITS = 32


@container.once
def payments_ports() -> payments.Ports:
    return payments.Ports(
        charges=charges(),
        provider=_provider(),
        book=ledger().book,
        on_paid=_nothing_to_settle,
        on_unpaid=_nothing_to_settle,
        payment_id=payment_id,
        now=utc_now,
    )


@container.once
def reconciling_ports() -> reconciling.ReconcilingPorts:
    return reconciling.ReconcilingPorts(
        payments=payments_ports(),
        of_day=ledger().of_day,
        keep=charges().keep_reconciliation,
        zone=container.council().zone,
    )


@container.once
def charges() -> "DynamoCharges":
    from chalicelib.payments.dynamo import DynamoCharges

    return DynamoCharges(container.table("charges"), utc_now)


@container.once
def ledger() -> "DynamoLedger":
    from chalicelib.payments.dynamo import DynamoLedger

    return DynamoLedger(container.table("ledger"), container.council().zone)


def card_pages() -> str:
    """Where the provider's card pages are, as a Content-Security-Policy says it."""
    return container.settings().payments_url or GOVUK_PAY_PAGES


def signing_secret() -> str:
    """The secret that the provider signs its notifications with. Raises UpstreamFailed,
    ConfigurationError."""
    return _given("signing_secret")


def payment_id(service_request_id: str, number: int) -> str:
    """The id of a request's payment with that number: it names the request and cannot be
    guessed."""
    digest = container.digest("payment", service_request_id, str(number))
    return f"{service_request_id}-{number}-{digest[:DIGITS]}"


def request_of(sent: str) -> str | None:
    """The request of a payment_id; None if we did not make that id."""
    service_request_id, _, rest = sent.partition("-")
    number = rest.partition("-")[0]
    if not number.isascii() or not number.isdecimal() or len(number) > DIGITS:
        return None
    is_ours = is_same(payment_id(service_request_id, int(number)), sent)
    return service_request_id if is_ours else None


def _provider() -> "GovUkPay":
    from chalicelib.payments.govuk_pay import GovUkPay

    settings = container.settings()
    return GovUkPay(
        client=container.outside,
        url=settings.payments_url or GOVUK_PAY,
        api_key=lambda: _given("api_key"),
        return_url=lambda payment_id: f"{settings.site_url}{RETURN_PATH}{payment_id}",
    )


def _given(name: Literal["api_key", "signing_secret"]) -> str:
    found = container.given(name, "payments")
    if found is None:
        raise ConfigurationError(f"The secret of PAYMENTS_SECRET_ARN has no {name}.")
    return found


def _nothing_to_settle(service_request_id: str) -> None:
    """No request has a price yet."""
