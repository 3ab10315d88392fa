"""Settings: every value that differs between deployments, read from the environment once.

The only module that reads os.environ. docs/ARCHITECTURE.md lists each setting.
"""

import os
from collections.abc import Iterable, Mapping

from msgspec import Struct

from chalicelib.errors import ConfigurationError
from chalicelib.kernel.queue import LONGEST_DELAY_S

ALERTS_WAIT_S = 600
"""How long an alert waits for further changes of its report, unless the settings say otherwise."""
METRICS_NAMESPACE = "Ginnel"
"""Where metrics are, unless the settings say otherwise; on AWS, each stack has its own."""
MAILS_A_SECOND, MAILS_A_DAY = "14", "50000"
"""What SES sends for an account that left its sandbox, unless the settings say otherwise."""


class Settings(Struct, frozen=True, kw_only=True):
    """One deployment's values; a field `reports_table` is the variable `REPORTS_TABLE`."""

    council: str
    reports_table: str
    partners_table: str
    accounts_table: str
    audit_table: str
    outbound_table: str
    alerts_table: str
    jobs_table: str
    figures_table: str
    bookings_table: str
    charges_table: str
    ledger_table: str
    publish_queue_url: str
    open_data_queue_url: str
    codes_queue_url: str
    fetch_queue_url: str
    outbound_queue_url: str
    send_queue_url: str
    match_queue_url: str
    alerts_queue_url: str
    receipts_queue_url: str
    open_queue_url: str
    follow_queue_url: str
    crews_queue_url: str
    rounds_queue_url: str
    figures_queue_url: str
    orders_queue_url: str
    unread_queue_url: str
    published_bucket: str
    uploads_bucket: str
    photos_bucket: str
    mail_bucket: str
    crews_bucket: str
    sources_bucket: str
    site_url: str
    id_secret_arn: str
    link_secret_arn: str
    token_secret_arn: str
    code_secret_arn: str
    alert_secret_arn: str
    push_secret_arn: str
    origin_secret_arn: str
    destinations_secret_arn: str
    identity_secret_arn: str
    payments_secret_arn: str
    payments_provider: str
    payments_url: str
    uploads_endpoint: str
    distribution_id: str
    outside_allowed: str
    mail_domain: str
    mail_receipts: str
    texts_from: str
    alerts_wait_s: str
    mails_a_second: str
    mails_a_day: str
    checked_version: str

    def wait_before_alerts_s(self) -> int:
        """How many seconds an alert waits for further changes of its report. Raises
        ConfigurationError."""
        given = self.alerts_wait_s or str(ALERTS_WAIT_S)
        if not given.isascii() or not given.isdecimal() or int(given) > LONGEST_DELAY_S:
            raise ConfigurationError(f"ALERTS_WAIT_S must be a number up to {LONGEST_DELAY_S}.")
        return int(given)

    def mail_quota(self) -> tuple[int, int]:
        """How many emails the provider sends for this account, a second and a day. Raises
        ConfigurationError."""
        given = self.mails_a_second or MAILS_A_SECOND, self.mails_a_day or MAILS_A_DAY
        numbers = [int(each) if each.isascii() and each.isdecimal() else 0 for each in given]
        if not all(numbers):
            raise ConfigurationError("MAILS_A_SECOND and MAILS_A_DAY must be numbers from 1.")
        return numbers[0], numbers[1]


EVERYWHERE = ("council", "site_url")
"""What every function needs."""
OPTIONAL = (
    "origin_secret_arn",
    "destinations_secret_arn",
    "identity_secret_arn",
    "payments_secret_arn",
    "payments_provider",
    "payments_url",
    "uploads_endpoint",
    "distribution_id",
    "outside_allowed",
    "mail_domain",
    "mail_receipts",
    "texts_from",
    "alerts_wait_s",
    "mails_a_second",
    "mails_a_day",
    "checked_version",
)

FOR_ANOTHER_PROGRAM = ("LD_LIBRARY_PATH", "PYTHONPATH")
"""Lambda's Python finds its own library by the first, and code by the second."""


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings. Those that are not set are empty: on AWS, a function has the names of
    what its policy lets it use, and no others.

    Raises ConfigurationError if COUNCIL or SITE_URL is missing or does not hold.
    """
    values = _values(environ)
    site_url = values["site_url"]
    faults = _not_set(values, EVERYWHERE)
    if site_url and not site_url.startswith(("http://", "https://")):
        faults.append("SITE_URL must begin with https:// (or http:// on this machine)")
    if faults:
        raise ConfigurationError("; ".join(faults) + ".")
    return Settings(**values | {"site_url": site_url.rstrip("/")})


def check(environ: Mapping[str, str] = os.environ) -> None:
    """For an operator's command, which may use all of a deployment.

    Raises ConfigurationError that names every variable that is missing.
    """
    values = _values(environ)
    if faults := _not_set(values, [name for name in values if name not in OPTIONAL]):
        raise ConfigurationError("; ".join(faults) + ".")


def _values(environ: Mapping[str, str]) -> dict[str, str]:
    names = Settings.__struct_fields__
    return {name: environ.get(name.upper(), "").strip() for name in names}


def _not_set(values: Mapping[str, str], needed: Iterable[str]) -> list[str]:
    return [f"{name.upper()} is not set" for name in needed if not values[name]]


def metrics_namespace(environ: Mapping[str, str] = os.environ) -> str:
    """CloudWatch's namespace for the metrics of this deployment."""
    return environ.get("METRICS_NAMESPACE", "").strip() or METRICS_NAMESPACE


def starts_on_lambda(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is a function of AWS Lambda."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in environ


def for_another_program(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a program that we start: what it needs to run, and none of our
    credentials, settings or names of secrets."""
    return {name: environ[name] for name in FOR_ANOTHER_PROGRAM if name in environ}
